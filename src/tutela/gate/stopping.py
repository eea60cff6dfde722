"""What a person's standing was told to stop is told again to a database that was restored.

Every change of a standing goes through ``actions.change_standing``, so what it stops is noted here
and nowhere else: a block that was set or lifted, a refusal, an authority or an agreement that
ended. Where consents end otherwise than by a withdrawal, whoever ends them says so
(``note_consents``). What a change begins (a consent, an agreement, an authority) is not repeated:
that would rest on papers which the restored database does not have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela.core.ids import new_id
from tutela.gate.entries import BlockLifted
from tutela.gate.standing import Block, Standing
from tutela.vault import actions as vault
from tutela.vault.ending_lines import Line
from tutela.vault.endings import STOPPED


def note(operator: UUID, subject: UUID, before: Standing, after: Standing) -> None:
    """Keep what the change stops beyond the reach of a backup, in the caller's transaction."""
    if not after.destroyed and (said := stopped(before, after)):
        vault.note_ending(operator, subject, STOPPED, said, id=new_id())


def note_consents(operator: UUID, subject: UUID, purposes: Collection[str]) -> None:
    """The same for consents that ended otherwise than by a withdrawal."""
    if purposes:
        said = {"consents": sorted(purposes)}
        vault.note_ending(operator, subject, STOPPED, said, id=new_id())


def stopped(before: Standing, after: Standing) -> dict[str, Any]:
    """What of the standing stops, or goes on after a stop; slugs, identifiers and moments."""
    said: dict[str, Any] = {}
    if after.refused and not before.refused:
        said["refused"] = True
    if before.blocks != after.blocks:
        old, new = before.to_json()["blocks"], after.to_json()["blocks"]
        said["blocked"] = [each for each in new if each not in old]
        said["lifted"] = [each for each in old if each not in new]
    for name in ("mandates", "contracts"):
        said |= _ended(name, getattr(before, name), getattr(after, name))
    return {name: each for name, each in said.items() if each}


def _ended(name: str, before: Collection[Any], after: Collection[Any]) -> dict[str, Any]:
    """By reference, when what was there ends now; empty for what is gone altogether."""
    left = {each.reference: each.until for each in after}
    ended = {
        each.reference: left.get(each.reference)
        for each in before
        if each.reference not in left or left[each.reference] != each.until
    }
    return {name: {ref: until.isoformat() if until else "" for ref, until in ended.items()}}


def of_entry(kind: str, entry: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The same where only the entry of a block that was set or lifted by hand is at hand."""
    data = entry.get("data", {})
    if kind == BlockLifted.kind:
        return {"lifted": [{"id": data["block"]}]}
    block = Block(
        data["ground"],
        at,
        datetime.fromisoformat(data["until"]) if data.get("until") else None,
        entry.get("clause", ""),
        UUID(data["record"]) if data.get("record") else None,
        frozenset(data.get("fields", ())),
        UUID(data["block"]),
    )
    return {"blocked": Standing(blocks=(block,)).to_json()["blocks"]}


def again(standing: Standing, line: Line) -> Standing:
    """The older standing, stopped again. A consent younger than the line stays."""
    said, state = line.content, standing.to_json()
    state["refused"] = standing.refused or bool(said.get("refused"))
    lifted = list(said.get("lifted", ()))
    ids = {each["id"] for each in lifted if "id" in each}
    blocks = [each for each in state["blocks"] if each not in lifted and each.get("id") not in ids]
    blocks += [each for each in said.get("blocked", ()) if each not in blocks]
    state["blocks"] = blocks
    for name in ("mandates", "contracts"):
        ends = dict(said.get(name, {}))
        state[name] = [
            each | {"until": ends.get(each["reference"], each["until"])}
            for each in state[name]
            if ends.get(each["reference"]) != ""
        ]
    over = set(said.get("consents", ()))
    state["consents"] = {
        slug: each
        for slug, each in state["consents"].items()
        if slug not in over or datetime.fromisoformat(each["given_at"]) > line.at
    }
    return Standing.from_json(state)
