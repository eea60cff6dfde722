"""Disks and papers in a scenario: the register of media."""

from __future__ import annotations

from typing import Any

from tutela.core.errors import TutelaError
from tutela.identity.staff import actions as staff
from tutela.journal import actions as journal
from tutela.media import actions as media
from tutela.media.actions import MediumRow
from tutela.policy import actions as policies
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import OFFICER, SECOND, CannotRehearse, Result, World

_HOLDER = "rehearsal-holder"


@verb("medium", needs=("act",), takes=("number", "kind", "way", "found"), short="act")
def medium(world: World, said: dict[str, Any]) -> str:
    """Something is done with a medium: ``act`` is add (of a ``kind``: disk, paper, ...; default
    disk), issue, return, destroy (in a ``way``: shredded, broken, ...; default shredded), each by
    its ``number`` (default 1), or check, at which the numbers ``found`` are in their place."""
    act = str(said["act"])
    run = _ACTS.get(act)
    if run is None:
        raise CannotRehearse(f"“{act}” is nothing done with a medium; use {', '.join(_ACTS)}.")
    with world.scope():
        try:
            run(world, said)
        except TutelaError as error:
            if isinstance(error, CannotRehearse):
                raise
            world.result = Result("refused", type(error).__name__, message=str(error))
            return f"medium: {act}; refused: {error}"
    world.result = Result("accepted")
    return f"medium {said.get('number', '')}: {act}"


def _numbered(world: World, said: dict[str, Any]) -> MediumRow:
    number = int(said.get("number") or 1)
    for each in media.media(world.operator_id):
        if each.number == number:
            return each
    raise CannotRehearse(f"The register has no medium {number}.")


def _add(world: World, said: dict[str, Any]) -> None:
    place = media.places(policies.in_force(world.operator_id))[0]
    kind = str(said.get("kind") or "disk")
    media.add(world.operator_id, kind, place.slug, "shelf 1", by=OFFICER)


def _issue(world: World, said: dict[str, Any]) -> None:
    known = [str(each.id) for each in staff.members(world.operator_id)]
    if not known:
        staff.invite(world.operator_id, _HOLDER, "clerk", by=SECOND)
        known = [str(each.id) for each in staff.members(world.operator_id)]
    media.issue(world.operator_id, _numbered(world, said).id, known[0], by=OFFICER)


def _return(world: World, said: dict[str, Any]) -> None:
    media.take_back(world.operator_id, _numbered(world, said).id, by=OFFICER)


def _destroy(world: World, said: dict[str, Any]) -> None:
    way = str(said.get("way") or "shredded")
    media.destroy(world.operator_id, _numbered(world, said).id, way, by=OFFICER)


def _check(world: World, said: dict[str, Any]) -> None:
    seen = {int(each) for each in said.get("found") or ()}
    there = media.media(world.operator_id)
    found = [str(each.id) for each in there if each.number in seen]
    media.check(world.operator_id, found, by=OFFICER)


_ACTS = {
    "add": _add,
    "issue": _issue,
    "return": _return,
    "destroy": _destroy,
    "check": _check,
}


@expectation("medium", needs=("state",), takes=("number",), short="state")
def a_medium(world: World, said: dict[str, Any]) -> Answer:
    """The register has the medium of a ``number`` (default 1) in a ``state`` (here, issued,
    missing, destroyed). The act of one that was destroyed is verified."""
    with world.scope():
        row = _numbered(world, said)
    signed = row.envelope is not None and journal.document_holds(world.operator_id, row.envelope)
    holds = row.state == said["state"] and signed is (row.state == "destroyed")
    act = "with an act that verifies" if signed else "without an act"
    return Answer(holds, f"medium {row.number} {said['state']}", f"{row.state}, {act}")
