"""Processors that are told to destroy what they were handed, in a scenario."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tutela.core.errors import TutelaError
from tutela.obligations.rules import last_moment
from tutela.processors import actions as processors
from tutela.processors import sending
from tutela.processors.actions import CommandRow
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import OFFICER, CannotRehearse, Result, World


@verb("processor", needs=("recipient", "act"), takes=("of", "outcome", "how", "reference"))
def processor(world: World, said: dict[str, Any]) -> str:
    """Something happens with the latest order to a ``recipient`` about a person (``of``): ``act``
    is told (staff have told it by hand), answers (the processor opens its link) or proven (staff
    have a proof in hand: ``how`` is its kind, ``reference`` its number or date). ``outcome`` is
    destroyed (the default) or nothing-held."""
    recipient, act = str(said["recipient"]), str(said["act"])
    outcome = str(said.get("outcome") or "destroyed")
    what = f"{recipient}: {act}"
    if act not in _ACTS:
        raise CannotRehearse(f"“{act}” is no such act; use {', '.join(_ACTS)}.")
    with world.scope():
        row = _latest(world, said)
        try:
            _ACTS[act](world, row, outcome, said)
        except TutelaError as error:
            world.result = Result("refused", type(error).__name__, message=str(error))
            return f"{what}; refused: {error}"
    world.result = Result("accepted")
    return what


def _told(world: World, row: CommandRow, _outcome: str, _said: dict[str, Any]) -> None:
    processors.told_by_hand(world.operator_id, row.id, by=OFFICER)


def _answers(world: World, row: CommandRow, outcome: str, _said: dict[str, Any]) -> None:
    processors.answer_by_link(world.operator_id, sending.token_of(row.id), outcome)


def _proven(world: World, row: CommandRow, outcome: str, said: dict[str, Any]) -> None:
    how, reference = str(said.get("how") or "letter"), str(said.get("reference") or "")
    processors.acknowledge(
        world.operator_id, row.id, outcome, how=how, reference=reference, by=OFFICER
    )


_ACTS = {"told": _told, "answers": _answers, "proven": _proven}


def _of(world: World, said: dict[str, Any]) -> list[CommandRow]:
    subject = world.subject(said["of"]) if said.get("of") else None
    return [
        each
        for each in processors.commands(world.operator_id)
        if said.get("recipient") in {None, each.recipient} and subject in {None, each.subject_id}
    ]


def _latest(world: World, said: dict[str, Any]) -> CommandRow:
    found = sorted(_of(world, said), key=lambda each: each.opened_at)
    if not found:
        raise CannotRehearse(f"“{said['recipient']}” was never told to destroy anything.")
    return found[-1]


@expectation(
    "processor", takes=("recipient", "of", "state", "fields", "due", "reminders", "clause", "count")
)
def a_processor(world: World, said: dict[str, Any]) -> Answer:
    """A ``recipient`` was told to destroy its copy ``of`` a person: the order stands in a ``state``
    (to-tell, failing, awaited, overdue, done), names exactly these ``fields``, is ``due`` on a
    day, on a ``clause``, after so many ``reminders``; ``count`` of such orders (0 for none)."""
    with world.scope():
        rows = _of(world, said)
    found = [each for each in rows if _fits(world, each, said)]
    wanted = said.get("count")
    holds = bool(found) if wanted is None else len(found) == int(wanted)
    shown = "; ".join(
        f"{each.recipient} {each.state}, {', '.join(each.fields)}, {each.reminders} reminders"
        for each in rows
    )
    return Answer(holds, f"processor {said}", shown or "none")


def _fits(world: World, row: CommandRow, said: dict[str, Any]) -> bool:
    due = row.due_at
    return all(
        (
            "state" not in said or row.state == said["state"],
            "fields" not in said or sorted(row.fields) == sorted(said["fields"]),
            "reminders" not in said or row.reminders == int(said["reminders"]),
            "clause" not in said or said["clause"] in {row.clause, row.clause.partition("(")[0]},
            "due" not in said
            or (due is not None and _last_day(world, due) == world.day(said["due"])),
        )
    )


def _last_day(world: World, due: datetime) -> date:
    return last_moment(due).astimezone(world.zone).date()
