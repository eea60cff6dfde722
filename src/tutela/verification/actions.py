"""What this room offers: verifying somebody by copies of papers that only a few may see.

The caller has opened ``operator_scope``. The copies are fields of the restricted class
(``identity-document``), which the gate's matrix leaves to the officer and whoever the policy makes
alike (002 “Сбор” B6). With the decision the copies are destroyed, by an act; what stays is that
somebody was verified and when.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.vocabulary import Action, Actor
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import letters
from tutela.requests.attaching import served
from tutela.requests.intake import Intake, oneself
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.verification.entries import (
    CopyLooked,
    VerificationAsked,
    VerificationDecided,
    VerificationProposed,
)
from tutela.verification.errors import AlreadyDecided, SecondPersonNeeded, UnknownCase
from tutela.verification.models import Case
from tutela.verification.wording import OUTCOMES, VERIFIED

KIND = "verification"
TWO_PEOPLE = "verify-person"
"""The act of four eyes by which a policy has two people decide."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One verification; ``fields`` are the copies that are still there."""

    id: UUID
    subject_id: UUID
    point: str
    asked_at: datetime
    proposed: str
    proposed_by: str
    outcome: str
    decided_at: datetime | None
    purged_at: datetime | None
    fields: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return not self.outcome

    @property
    def verified(self) -> bool:
        return self.outcome == VERIFIED


def asked(form: Intake, subject: UUID) -> None:
    """A form of the kind verification was taken in."""
    Case.objects.create(
        operator_id=form.operator_id,
        subject_id=subject,
        id=form.record,
        point=form.point.slug,
        asked_at=clock.now(),
    )
    said = VerificationAsked(
        subject=subject,
        actor=form.sender or oneself(subject),
        purpose=form.point.purposes[0],
        clause=form.policy.clause_of("identity.docs"),
        policy_version=form.policy.number,
        automated=False,
        case=form.record,
    )
    journal.append(form.operator_id, said)


def cases(operator_id: UUID, *, subject: UUID | None = None) -> list[CaseRow]:
    """What waits first, then what was decided, each the latest first."""
    rows = Case.objects.filter(operator_id=operator_id)
    if subject is not None:
        rows = rows.filter(subject_id=subject)
    found = [_row(operator_id, each) for each in rows.order_by("-asked_at")[:200]]
    return sorted(found, key=lambda each: not each.open)


def case(operator_id: UUID, case_id: UUID) -> CaseRow:
    return _row(operator_id, _find(operator_id, case_id))


def is_verified(operator_id: UUID, subject: UUID) -> bool:
    """Whether the last decision about a person was yes."""
    last = Case.objects.filter(
        operator_id=operator_id, subject_id=subject, decided_at__isnull=False
    ).order_by("-decided_at")
    return any(each.outcome == VERIFIED for each in last[:1])


def needs_two(policy: Policy) -> bool:
    return TWO_PEOPLE in policy.four_eyes


def look(operator_id: UUID, case_id: UUID, field: str, actor: Actor) -> FileResponse:
    """A copy of a paper, for whoever has to decide; each look is journalled. Raises ``Refused``
    for a role that the restricted class is closed to."""
    row = case(operator_id, case_id)
    if field not in row.fields:
        raise NotFound(_("This copy is no longer here."))
    policy = policies.in_force(operator_id)
    answer = served(
        operator_id,
        row.subject_id,
        row.id,
        field,
        actor=actor,
        purpose=_purpose(policy, row.point),
        reason=KIND,
    )
    said = CopyLooked(
        subject=row.subject_id,
        actor=actor,
        action=Action.EXTRACTION,
        purpose=_purpose(policy, row.point),
        clause=policy.clause_of("identity.docs"),
        policy_version=policy.number,
        automated=False,
        case=row.id,
        field=field,
    )
    journal.append(operator_id, said)
    return answer


def decide(operator_id: UUID, case_id: UUID, outcome: str, *, by: Actor) -> CaseRow:
    """Say how it ends. Where the policy asks for two people, the first word is a proposal and
    the same word of somebody else decides; another word of somebody else is a new proposal.

    With the decision the copies are destroyed and a letter is promised. Raises
    ``AlreadyDecided``, ``SecondPersonNeeded``, ``UnknownCase``.
    """
    if outcome not in OUTCOMES:
        raise NotFound(_("Choose one of the outcomes in the list."))
    row = _find(operator_id, case_id, lock=True)
    if row.outcome:
        raise AlreadyDecided(_("This has been decided already. Open it to see how."))
    policy = policies.in_force(operator_id)
    first = row.proposed_by
    if needs_two(policy) and (not first or row.proposed != outcome or first == by.id):
        if first == by.id and row.proposed == outcome:
            raise SecondPersonNeeded(_("You have said so already; somebody else has to agree."))
        return _propose(operator_id, policy, row, outcome, by)
    row.outcome, row.decided_by, row.decided_at = outcome, by.id, clock.now()
    row.save(update_fields=["outcome", "decided_by", "decided_at"])
    said = VerificationDecided(
        subject=row.subject_id,
        actor=by,
        purpose=_purpose(policy, row.point),
        clause=policy.clause_of("identity.docs"),
        policy_version=policy.number,
        automated=False,
        case=row.id,
        outcome=outcome,
        first=first if needs_two(policy) else by.id,
        second=by.id if needs_two(policy) else "",
    )
    journal.append(operator_id, said)
    _purge(operator_id, policy, row)
    language = identity.subject(operator_id, row.subject_id).language
    letters.queue(operator_id, row.subject_id, "verification-decided", language, about=row.id)
    return _row(operator_id, row)


def _propose(operator_id: UUID, policy: Policy, row: Case, outcome: str, by: Actor) -> CaseRow:
    row.proposed, row.proposed_by = outcome, by.id
    row.save(update_fields=["proposed", "proposed_by"])
    said = VerificationProposed(
        subject=row.subject_id,
        actor=by,
        purpose=_purpose(policy, row.point),
        clause=policy.clause_of("identity.docs"),
        policy_version=policy.number,
        automated=False,
        case=row.id,
        outcome=outcome,
    )
    journal.append(operator_id, said)
    return _row(operator_id, row)


def _purge(operator_id: UUID, policy: Policy, row: Case) -> None:
    """The copies have served their purpose (152-FZ article 5(7), GDPR article 5(1)(e))."""
    copies = _copies(operator_id, policy, row)
    if not copies:
        return
    retention.end_fields(
        operator_id,
        row.subject_id,
        row.id,
        copies,
        clause=policy.clause_of("identity.docs"),
        at=clock.now(),
    )
    row.purged_at = clock.now()
    row.save(update_fields=["purged_at"])


def _copies(operator_id: UUID, policy: Policy, row: Case) -> frozenset[str]:
    held = vault.holdings(operator_id, row.subject_id).get(row.id, frozenset())
    return frozenset(
        slug for slug in held if slug in policy.fields and policy.fields[slug].attached
    )


def _purpose(policy: Policy, point: str) -> str:
    declared = policy.points.get(point)
    return declared.purposes[0] if declared else ""


def _find(operator_id: UUID, case_id: UUID, *, lock: bool = False) -> Case:
    rows = Case.objects.filter(operator_id=operator_id, id=case_id)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise UnknownCase(_("There is no such verification. Open it from the list."))
    return row


def _row(operator_id: UUID, row: Case) -> CaseRow:
    policy = policies.in_force(operator_id)
    return CaseRow(
        *(row.id, row.subject_id, row.point, row.asked_at, row.proposed, row.proposed_by),
        outcome=row.outcome,
        decided_at=row.decided_at,
        purged_at=row.purged_at,
        fields=tuple(sorted(_copies(operator_id, policy, row))),
    )


def erase(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """That somebody was verified stays as long as anything of them; a case that was never decided
    goes with its papers."""
    mine = Case.objects.filter(operator_id=operator_id, subject_id__in=people)
    if records is None:
        mine.delete()
    else:
        mine.filter(id__in=records, outcome="").delete()
        mine.filter(id__in=records, purged_at__isnull=True).update(purged_at=clock.now())
