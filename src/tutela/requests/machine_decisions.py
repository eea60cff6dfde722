"""The register of decisions that a machine made about a person alone (152-FZ article 16, GDPR
article 22; 001 1.3.4, 004 2.10/b7).

The operator’s programs register each of theirs; a decision with legal effect takes effect at once
only where a law or a written consent allows it, and otherwise waits until a person has looked at
it. Whoever objects gets it explained and looked at again: the result stands beside the decision.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.errors import NotFound, TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor
from tutela.db import swift
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.journal.entries import opaque
from tutela.journal.errors import UnsafeEntry
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.entries import MachineDecided, MachineDecisionReviewed
from tutela.requests.intake import permit
from tutela.requests.models import MachineDecision
from tutela.retention import actions as retention


class Result(StrEnum):
    """What the person who looked at it again found."""

    UPHELD = "upheld"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class NotReviewed(TutelaError):
    """The decision cannot be looked at in this way; the message says what can be done."""

    status = 409


@dataclass(frozen=True, slots=True)
class Made:
    """What a program tells of its decision: ``rule`` names the rule or model that made it,
    ``outcome`` what it decided, both as slugs; ``legal`` says that it has legal effect or
    touches the person as much."""

    purpose: str
    fields: Collection[str]
    rule: str
    outcome: str
    legal: bool = False


def well_named(word: str) -> bool:
    """Whether a rule or an outcome is named so that it can stand in the journal: a run of seven
    digits could be a telephone or a card."""
    try:
        opaque("word", word)
    except UnsafeEntry:
        return False
    return True


def register(operator_id: UUID, subject: UUID, made: Made, *, by: Actor) -> MachineDecision:
    """Register a decision. The gate is asked whether the data may be used so. Raises ``Refused``.

    ``takes_effect`` of the row is false where a person has to look at it first.
    """
    permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.USE,
            purpose=made.purpose,
            fields=frozenset(made.fields),
            actor=by,
        )
    )
    policy = policies.in_force(operator_id)
    row = MachineDecision.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        purpose=made.purpose,
        fields=sorted(set(made.fields)),
        rule=made.rule,
        outcome=made.outcome,
        legal=made.legal,
        takes_effect=not made.legal or may_stand(policy, operator_id, subject, made.purpose),
        policy_number=policy.number,
        made_by=by.id,
        made_at=clock.now(),
    )
    journal.append(
        operator_id,
        MachineDecided(
            subject=subject,
            actor=by,
            clause=policy.clause_of("request.object"),
            policy_version=policy.number,
            automated=True,
            decision_made=row.id,
            rule=row.rule,
            takes_effect=row.takes_effect,
        ),
    )
    return row


def may_stand(policy: Policy, operator_id: UUID, subject: UUID, purpose: str) -> bool:
    """Whether a law, or a written consent that stands, lets a machine decide alone."""
    if any(policy.bases[each].kind == "law" for each in policy.purposes[purpose].bases):
        return True
    if purpose not in consent.live(operator_id, subject):
        return False
    given = (
        each.mode
        for each in consent.history(operator_id, subject)
        if each.purpose == purpose and each.kind == consent.Kind.GIVEN
    )
    return next(given, "") == consent.Mode.SIGNED_FORM


def about(operator_id: UUID, subject: UUID) -> list[MachineDecision]:
    """The decisions about one person, oldest first."""
    where = "operator_id = %s AND subject_id = %s ORDER BY made_at, id"
    return swift.found(MachineDecision, where, (operator_id, subject))


def listing(operator_id: UUID) -> QuerySet[MachineDecision]:
    """All of them: what waits for a person first, then the newest."""
    rows = MachineDecision.objects.filter(operator_id=operator_id)
    return rows.order_by("takes_effect", "-made_at", "id")


def review(
    operator_id: UUID, decision: UUID, result: str, *, by: Actor, case: UUID | None = None
) -> None:
    """A person has looked at it (again): it stands, is changed, or is cancelled."""
    if result not in set(Result):
        raise NotReviewed(_("Choose what you found: it stands, is changed, or is cancelled."))
    rows = MachineDecision.objects.select_for_update()
    row = rows.filter(operator_id=operator_id, id=decision).first()
    if row is None:
        raise NotFound(_("There is no such decision. Choose one of those on the page."))
    if row.takes_effect and case is None:
        raise NotReviewed(
            _("It has taken effect: it is looked at again when its person objects to it.")
        )
    values = {
        "result": result,
        "reviewed_by": by.id,
        "reviewed_at": clock.now(),
        "case": case,
        "takes_effect": result != Result.CANCELLED,
    }
    MachineDecision.objects.filter(operator_id=operator_id, id=decision).update(**values)
    journal.append(
        operator_id,
        MachineDecisionReviewed(
            subject=row.subject_id,
            actor=by,
            automated=False,
            decision_made=row.id,
            rule=row.rule,
            found=result,
        ),
    )


def looked_at(operator_id: UUID, subject: UUID, case: UUID) -> bool:
    """Whether nothing registered about the person is left to look at for this objection: one of
    their decisions was looked at for it, or there is none."""
    known = about(operator_id, subject)
    return not known or any(each.case == case for each in known)


def erase(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """What was decided about somebody goes with the person: an outcome says something of them."""
    if records is None:
        MachineDecision.objects.filter(operator_id=operator_id, subject_id__in=people).delete()


retention.ERASERS.register("requests.machine-decisions", erase)
