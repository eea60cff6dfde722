"""The strongest level of proof: what was destroyed is in no file of the database any more.

The tables are shared, so one run is about every operator, with an act for each of whom something
was destroyed. It may be killed at any time: how far it is stands in the home, and the next run
goes on from there, looking for what was destroyed before the first one began.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db import rawbytes
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention.entries import FilesScrubbed
from tutela.retention.models import Act, Scrub
from tutela.retention.wording import BEYOND, NOT_SCRUBBED, SCRUBBED, in_every_language
from tutela.vault import remnants

FORMAT = "tutela/raw-bytes/1"
Say = Callable[[str], None]


@dataclass(slots=True)
class State:
    """How far a run is: the tables that it has rewritten, each with the seconds it was locked, and
    the last act of each operator when it began."""

    id: UUID = field(default_factory=new_id)
    began_at: str = ""
    covers: dict[str, dict[str, Any]] = field(default_factory=dict)
    rewritten: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What a run came to. ``steps`` are those of ``wording.SCRUBBED`` with whether they were done;
    ``found`` is None where files could not be searched."""

    steps: dict[str, bool]
    locks: Mapping[str, float]
    found: rawbytes.Found | None
    values: int = 0
    acts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return bool(self.found and self.found.hits)


def scrub(say: Say, data: Path | None = None) -> Outcome:
    """Rewrite, clear, search, and state it; ``data`` are the files of a database that is not the
    embedded one. Where anything is found nothing is stated, and the next run looks again.

    Call it outside of any transaction. Each table is locked while it is rewritten, and only
    then. Raises ``ScrubBusy``.
    """
    with rawbytes.opened(data) as files:
        state = _resumed() or _begun()
        if not files.wait_for_older():
            say("A transaction from before goes on; what it sees may stay")
        for table in (each for each in remnants.tables() if each not in state.rewritten):
            say(f"Rewriting {table}; it is locked meanwhile")
            state.rewritten[table] = round(files.rewrite(table), 3)
            _keep(state)
        say("Clearing the samples of the planner and the write-ahead log")
        steps = {
            "rewritten": True,
            "statistics-rewritten": files.rewrite_statistics(),
            "log-removed": files.clear_log(),
        }
        marks = {each.id: _marks(each.id, state.id) for each in policies.operators()}
        every = {mark for some in marks.values() for mark in some}
        found = rawbytes.search(files.data, every, say) if files.data else None
        outcome = Outcome(
            {**steps, "files-searched": found is not None}, state.rewritten, found, len(every)
        )
        if not outcome.failed:
            for operator, looked_for in marks.items():
                _state(operator, state, outcome, len(looked_for), files.version)
        _path().unlink(missing_ok=True)
        return outcome


def _marks(operator: UUID, run: UUID) -> list[int]:
    with operator_scope(operator):
        return remnants.marks(operator, run)


def _begun() -> State:
    state = State(began_at=clock.now().isoformat())
    for each in policies.operators():
        with operator_scope(each.id):
            remnants.take(each.id, state.id)
            state.covers[str(each.id)] = _covered(each.id)
    _keep(state)
    return state


def _covered(operator: UUID) -> dict[str, Any]:
    """How many acts there are, and the last of them, whose number has no gap before it."""
    made = Act.objects.filter(operator_id=operator)
    last = made.order_by("-year", "-number").first()
    told = {"year": last.year, "number": last.number, "sha256": last.sha256} if last else None
    return {"acts": made.count(), "last": told}


def _state(operator: UUID, state: State, outcome: Outcome, looked_for: int, version: str) -> None:
    """The signed act, its entry and the end of the notes, in one transaction; nothing where
    nothing was destroyed or another run has stated it."""
    with operator_scope(operator):
        known = Scrub.objects.filter(operator_id=operator, id=state.id).exists()
        if known or not looked_for:
            return
        policy, now = policies.in_force(operator), clock.now()
        proven = outcome.found is not None
        entry = journal.append(
            operator, FilesScrubbed(act=state.id, looked_for=looked_for, proven=proven)
        )
        covers = {"values": looked_for, **state.covers.get(str(operator), {})}
        said = _document(policy, state, outcome, covers, now)
        signed = journal.sign_document(
            operator, {**said, "database": f"PostgreSQL {version}", "journal_entry": entry}
        )
        Scrub.objects.create(
            operator_id=operator,
            id=state.id,
            made_at=now,
            values=looked_for,
            proven=proven,
            envelope=signed,
        )
        if proven:
            remnants.forget(operator, state.id)
        outcome.acts.append(signed)


def _document(
    policy: Policy, state: State, outcome: Outcome, covers: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    operator, found = policy.operator, outcome.found
    return {
        "format": FORMAT,
        "id": state.id,
        "operator": {
            "slug": operator.slug,
            "brand": operator.brand,
            "legal_name": operator.legal_name,
        },
        "policy": {"version": policy.number, "dated": policy.dated, "digest": policy.digest},
        "began_at": state.began_at,
        "made_at": now,
        "covers": covers,
        "proven": found is not None,
        "steps": [
            {
                "step": step,
                "done": done,
                "how": in_every_language((SCRUBBED if done else NOT_SCRUBBED)[step]),
            }
            for step, done in outcome.steps.items()
        ],
        "tables": [
            {"table": table, "locked_ms": round(seconds * 1000)}
            for table, seconds in sorted(state.rewritten.items())
        ],
        "searched": {"files": found.files, "bytes": found.size, "found": 0} if found else None,
        "not_proven": [
            {"what": slug, "words": in_every_language(words)} for slug, words in BEYOND.items()
        ],
    }


def made(operator_id: UUID) -> list[Scrub]:
    """The acts of this kind, newest first; inside the operator's scope."""
    return list(Scrub.objects.filter(operator_id=operator_id).order_by("-made_at"))


def _path() -> Path:
    return Path(settings.TUTELA_HOME) / "scrub.json"


def _keep(state: State) -> None:
    """On the disk before the next table: what a kill leaves is the old content or the new."""
    path, content = _path(), json.dumps(asdict(state), default=str)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _resumed() -> State | None:
    """What a run that was killed has done; a file that cannot be read is begun anew."""
    try:
        said = json.loads(_path().read_text(encoding="utf-8"))
        return State(UUID(said["id"]), said["began_at"], said["covers"], said["rewritten"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
