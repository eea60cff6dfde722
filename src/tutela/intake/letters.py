"""Opening a sealed letter for a member of staff: by a permit, with a reason, journalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.intake import actions, checking, reading
from tutela.intake.errors import NotPossible
from tutela.intake.reading import Mail
from tutela.intake.taking import letter_point, original_field
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests.entries import IdentifiersRevealed
from tutela.requests.errors import Refused
from tutela.requests.wording import REVEAL_REASONS
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter as its reader sees it; ``field`` and ``record`` are where the original is."""

    sender: str
    subject: str
    text: str
    files: Sequence[checking.Checked]
    person: UUID
    record: UUID
    field: str


def opened(operator_id: UUID, mail: UUID, actor: Actor, reason: str) -> Opened:
    """The letter, after a reason was given. Raises ``Refused`` and ``NotPossible``."""
    taken, person, record, field = _original(operator_id, mail, actor, reason)
    return Opened(
        sender=taken.sender,
        subject=taken.subject,
        text=taken.text,
        files=checking.check(taken.parts),
        person=person,
        record=record,
        field=field,
    )


def file(operator_id: UUID, mail: UUID, number: int, actor: Actor, reason: str) -> vault.Clean:
    """One file of a letter, fit to be handed out."""
    taken, _person, _record, _field = _original(operator_id, mail, actor, reason)
    if not 0 <= number < min(len(taken.parts), checking.MOST):
        raise NotFound(_("The letter has no such file."))
    clean = checking.clean_of(taken.parts[number])
    if isinstance(clean, vault.UnfitFile):
        raise NotPossible(str(clean))
    return clean


def _original(
    operator_id: UUID, mail: UUID, actor: Actor, reason: str
) -> tuple[Mail, UUID, UUID, str]:
    if reason not in REVEAL_REASONS:
        raise NotFound(_("Choose one of the reasons in the list."))
    row = actions.get(operator_id, mail)
    policy = policies.in_force(operator_id)
    point = letter_point(policy)
    slug = original_field(policy, point) if point else ""
    holder = vault.holder_of(operator_id, row.record) if row.record else None
    if row.record is None or holder is None or not slug:
        raise NotPossible(_("The original of this letter is not kept here any more."))
    leave = gate.decide(
        Operation(
            operator=operator_id,
            subject=holder,
            action=Action.EXTRACTION,
            purpose=LawPurpose.OVERSIGHT,
            fields=frozenset({slug}),
            actor=actor,
            reason=reason,
            record=row.record,
        )
    )
    if not isinstance(leave, Permit):
        raise Refused(leave)
    content = vault.open_file(leave, row.record, slug).content
    content.seek(0)
    journal.append(
        operator_id,
        IdentifiersRevealed(
            subject=holder,
            actor=actor,
            action=Action.EXTRACTION,
            purpose=LawPurpose.OVERSIGHT,
            clause=leave.clause,
            reason=reason,
            automated=False,
            fields=(slug,),
        ),
    )
    return reading.read(content.read()), holder, row.record, slug
