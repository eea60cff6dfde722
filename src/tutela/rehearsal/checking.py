"""What an auditor can check in a scenario: the log, and what devices send."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Any

from tutela.core.errors import TutelaError
from tutela.core.vocabulary import SYSTEM
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import Result, World
from tutela.technical import actions as technical


@verb("device-sends", needs=("by", "items"))
def device_sends(world: World, said: dict[str, Any]) -> str:
    """The device of a visitor or a known person (``by``) sends ``items``: a field of the policy,
    or whatever it sends besides, to its text."""
    person = world.person(said["by"])
    items = {str(name): str(text) for name, text in said["items"].items()}
    with world.scope():
        try:
            kept = technical.keep(
                world.operator_id, person.subject, items, language=person.language, actor=SYSTEM
            )
        except TutelaError as error:
            fields = tuple(each.field for each in getattr(error, "problems", ()))
            world.result = Result("refused", type(error).__name__, "", fields, str(error))
            return f"the device of {person.name} sent {', '.join(items)}; refused: {error}"
    person.subject = kept.subject
    world.result = Result("accepted")
    return f"the device of {person.name} sent {', '.join(items)}; {kept.dropped} were dropped"


@expectation("log", takes=("holds", "removed"))
def log(world: World, said: dict[str, Any]) -> Answer:
    """The whole log, written to a file and verified offline, ``holds`` (default true); and from a
    file out of which the first entry of the kind ``removed`` was taken, an auditor finds that."""
    file = io.StringIO()
    journal.export_log(world.operator_id, file)
    text, kind = file.getvalue(), str(said.get("removed") or "")
    whole = _verified(world, text)
    lines = text.splitlines(keepends=True)
    gone = next((each for each in lines if kind and _is_of(each, kind)), None)
    found = gone is not None and not _verified(world, text.replace(gone, "", 1))
    holds = whole is bool(said.get("holds", True)) and (found or not kind)
    shown = f"{len(lines)} lines, {'verified' if whole else 'not verified'}"
    if kind:
        shown += f", a removed {kind} {'found' if found else 'not found'}"
    return Answer(holds, f"log {said}", shown)


def _is_of(line: str, kind: str) -> bool:
    content = json.loads(line)
    entry = content.get("entry") if isinstance(content, dict) else None
    return isinstance(entry, str) and json.loads(entry).get("kind") == kind


def _verified(world: World, text: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.jsonl")
        path.write_text(text, encoding="utf-8")
        return offline.verify_file(path, journal.public_keys(world.operator_id)).holds
