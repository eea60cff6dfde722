"""The request that a letter opens in the register of requests, and its end where it was none."""

from __future__ import annotations

from uuid import UUID

from tutela.core.vocabulary import SYSTEM, Actor
from tutela.intake.models import Message
from tutela.obligations import actions as obligations
from tutela.requests import cases, moving
from tutela.requests.kinds import BY_EVENT, ENDED, Kind, Proof


def begin(
    row: Message, person: UUID | None, event: str, actor: Actor = SYSTEM, *, known: bool = True
) -> UUID:
    """Open what ``event`` asks for, counted from the day on which the letter came.

    Where nobody was ``known`` by the sender's address, a request that needs a proof of who asks is
    about nobody until that is shown: it touches no data, its sender's letter included.
    """
    cause = row.cause or row.id
    kind = BY_EVENT.get(event)
    if not known and (kind is None or kind.proof is not Proof.NONE):
        person, cause = None, row.id
    if kind is None:
        obligations.open_for(row.operator_id, person, event, at=row.received_at, cause=cause)
        return cause
    return cases.open_case(
        row.operator_id,
        kind.slug,
        "mail",
        person,
        row.record,
        row.received_at,
        ground=_ground(kind, event),
        language=row.language,
        cause=cause,
        actor=actor,
    )


def rename(row: Message, event: str, actor: Actor) -> None:
    """The letter asks for something else than it was taken for."""
    for each in _standing(row):
        if each.event == row.event:
            obligations.cancel(row.operator_id, each.id, "asks-otherwise", actor=actor)
    kind = BY_EVENT.get(event)
    if kind is not None and is_open(row) and row.cause is not None:
        cases.name_kind(row.operator_id, row.cause, kind.slug, _ground(kind, event), by=actor)
    else:
        begin(row, row.subject_id, event, actor)


def end(row: Message, actor: Actor) -> None:
    """It was no request, or is another person's: what it opened and nobody has done falls away."""
    if is_open(row) and row.cause is not None:
        moving.take_back(row.operator_id, row.cause, by=actor)
        return
    for each in _standing(row):
        if each.event == row.event:
            obligations.cancel(row.operator_id, each.id, "asks-otherwise", actor=actor)


def is_open(row: Message) -> bool:
    try:
        found = cases.get(row.operator_id, row.cause or row.id)
    except cases.NoSuchCase:
        return False
    return found.state not in ENDED


def _standing(row: Message) -> list[obligations.ObligationRow]:
    if row.cause is None:
        return []
    return obligations.listing(row.operator_id, state=obligations.STANDING, cause=row.cause)


def _ground(kind: Kind, event: str) -> str:
    """The ground by which a kind has this event, where it is not its usual one."""
    if event == kind.event:
        return ""
    return next((ground for ground, of in kind.by_ground.items() if of == event), "")
