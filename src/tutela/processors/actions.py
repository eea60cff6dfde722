"""What this room offers: the commands to processors, and what becomes of them.

Everything runs inside ``operator_scope(operator_id)``. The commands themselves are made by the
destruction (``commanding``) and sent by the sweep (``sending``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.processors import parcels, sending
from tutela.processors.commanding import Handed, handed, told_of
from tutela.processors.entries import ProcessorAcknowledged, ProcessorTold
from tutela.processors.errors import UnknownCommand, WrongAnswer
from tutela.processors.models import Command
from tutela.processors.wording import BY_HAND, ENDED, State
from tutela.retention import elsewhere
from tutela.retention.elsewhere import FIGURES, Elsewhere

__all__ = [
    "CommandRow",
    "Handed",
    "acknowledge",
    "answer_by_link",
    "by_token",
    "command",
    "commands",
    "figures",
    "finding",
    "handed",
    "told_by_hand",
]

LINK = "link"
_REFERENCE = re.compile(r"[\w№#/.\- ]{1,40}")


@dataclass(frozen=True, slots=True)
class CommandRow:
    """What one processor was told, and where it stands; ``failure`` is why it could not be told."""

    id: UUID
    subject_id: UUID
    act: UUID
    recipient: str
    by: str
    fields: tuple[str, ...]
    purposes: tuple[str, ...]
    clause: str
    parcel: UUID | None
    opened_at: datetime
    due_at: datetime | None
    told_at: datetime | None
    attempts: int
    failure: str
    reminders: int
    overdue_at: datetime | None
    acknowledged_at: datetime | None
    outcome: str
    how: str
    reference: str

    @property
    def state(self) -> State:
        if self.acknowledged_at:
            return State.DONE
        if self.overdue_at:
            return State.OVERDUE
        if self.failure:
            return State.FAILING
        return State.AWAITED if self.told_at else State.TO_TELL


def _row(row: Command) -> CommandRow:
    values = {name: getattr(row, name) for name in CommandRow.__dataclass_fields__}
    return CommandRow(**values)


def commands(
    operator_id: UUID, *, open_only: bool = False, act: UUID | None = None, limit: int = 200
) -> list[CommandRow]:
    """The commands: those that wait first, the earliest term at the top, then those answered."""
    rows = Command.objects.filter(operator_id=operator_id)
    if open_only:
        rows = rows.filter(acknowledged_at=None)
    if act is not None:
        rows = rows.filter(act=act)
    waiting = F("acknowledged_at").desc(nulls_first=True)
    ordered = rows.order_by(waiting, F("due_at").asc(nulls_last=True), "id")
    return [_row(each) for each in ordered[:limit]]


def command(operator_id: UUID, command_id: UUID) -> CommandRow:
    return _row(_get(operator_id, command_id))


def _get(operator_id: UUID, command_id: UUID | None, *, lock: bool = False) -> Command:
    rows = Command.objects.select_for_update() if lock else Command.objects.all()
    found = rows.filter(operator_id=operator_id, id=command_id).first() if command_id else None
    if found is None:
        raise UnknownCommand(_("No processor was told by this number; copy the address again."))
    return found


def by_token(operator_id: UUID, token: str) -> CommandRow:
    """The command that an answer's address is about. Raises ``UnknownCommand``."""
    return command(operator_id, sending.read_token(token) or UUID(int=0))


def answer_by_link(operator_id: UUID, token: str, outcome: str) -> CommandRow:
    """The processor answers at its own address; a second answer changes nothing."""
    known = by_token(operator_id, token)
    return acknowledge(operator_id, known.id, outcome, how=LINK, by=SYSTEM)


def acknowledge(
    operator_id: UUID,
    command_id: UUID,
    outcome: str,
    *,
    how: str,
    by: Actor,
    reference: str = "",
) -> CommandRow:
    """The processor has destroyed its copy or held nothing; what found the person ends with it,
    and the last answer of those who were told together files the act (004 9.3(b))."""
    if outcome not in ENDED:
        raise WrongAnswer(_("Say whether the copy is destroyed or nothing of it was held."))
    if how != LINK and how not in BY_HAND:
        raise WrongAnswer(_("Choose what proves it."))
    if how != LINK and not _REFERENCE.fullmatch(reference.strip()):
        raise WrongAnswer(
            _("Write the number or date of the proof in up to 40 letters and digits, and no name.")
        )
    row = _get(operator_id, command_id, lock=True)
    if row.acknowledged_at is not None:
        return _row(row)
    now = clock.now()
    row.acknowledged_at, row.acknowledged_by, row.next_at = now, by.id, None
    row.outcome, row.how, row.reference = outcome, how, reference.strip()
    if row.parcel is not None:
        parcels.end(operator_id, row.parcel)
        row.parcel = None
    row.save(force_update=True)
    journal.append(
        operator_id,
        ProcessorAcknowledged(
            subject=row.subject_id,
            actor=by,
            automated=by == SYSTEM,
            clause=row.clause,
            policy_version=row.policy_version,
            command=row.id,
            recipient=row.recipient,
            outcome=outcome,
            how=how,
        ),
    )
    _certify_if_all(row, now)
    return _row(row)


def _certify_if_all(row: Command, now: datetime) -> None:
    """One act for all that were told together; who answers last waits for the others' rows."""
    gate.change_standing(row.operator_id, row.subject_id, lambda standing: standing)
    rows = list(
        Command.objects.filter(operator_id=row.operator_id, act=row.act).order_by("recipient")
    )
    if any(each.acknowledged_at is None for each in rows):
        return
    policy = policies.in_force(row.operator_id)
    told = [told_of(policy, each) for each in rows]
    elsewhere.certify(row.operator_id, row.act, told, now)


def told_by_hand(operator_id: UUID, command_id: UUID, *, by: Actor) -> CommandRow:
    """Staff have told the processor themselves."""
    row = _get(operator_id, command_id, lock=True)
    if row.acknowledged_at is not None or row.told_at is not None:
        return _row(row)
    row.told_at, row.told_by, row.failure = clock.now(), by.id, ""
    row.by, row.next_at = "hand", None if row.overdue_at else row.due_at
    row.save(force_update=True)
    journal.append(
        operator_id,
        ProcessorTold(
            subject=row.subject_id,
            actor=by,
            automated=False,
            clause=row.clause,
            policy_version=row.policy_version,
            command=row.id,
            recipient=row.recipient,
            by="hand",
            reminder=0,
        ),
    )
    return _row(row)


def finding(operator_id: UUID, command_id: UUID, *, by: Actor) -> Mapping[str, Sequence[str]]:
    """What the processor needs to find the person, opened for staff who tell it by hand: decided
    by the gate, with a reason, and journalled. Empty where nothing was sealed."""
    row = _get(operator_id, command_id)
    return parcels.unseal(operator_id, row.parcel, row.recipient, by) if row.parcel else {}


def figures(operator_id: UUID, now: datetime) -> Elsewhere:
    rows = Command.objects.filter(operator_id=operator_id)
    awaited = Q(acknowledged_at=None)
    late = awaited & Q(due_at__lte=now)
    counted = rows.aggregate(
        told=Count("id"), awaited=Count("id", filter=awaited), overdue=Count("id", filter=late)
    )
    whose = rows.filter(late).values_list("subject_id", flat=True).distinct()[:50]
    return Elsewhere(**counted, subjects=tuple(whose))


FIGURES.register("processors", figures)
