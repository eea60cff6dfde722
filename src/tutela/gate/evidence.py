"""May what the journal says of a destroyed person be removed?

While anything is held about a person, the entries prove that it is held lawfully (GDPR articles
5(2), 7(1); 152-FZ article 9(3)). After the destruction they prove that it was done, for as long as
somebody may claim otherwise; then they have no purpose left (152-FZ article 5(7), GDPR article
5(1)(e)). The policy names that term under ``access.journal``; where it does not, the term is an
assumption that the page of assumptions shows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.db.scope import transaction_id
from tutela.gate import actions as gate
from tutela.gate.cases import Decision, Operation
from tutela.gate.reasons import CONTROLS, Reason
from tutela.gate.rules import LAW
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.office import evidence_term
from tutela.policy.terms import compute

RULE = "evidence-is-over"
_CONTROL = CONTROLS[Reason.EVIDENCE]


def over_before(policy: Policy, now: datetime) -> datetime:
    """Destructions and entries before this moment are needed as evidence no longer."""
    return now - (compute(evidence_term(policy), now, policy.calendar).at - now)


def decide(operator_id: UUID, subject: UUID, now: datetime) -> Permit | gate.Refusal:
    """The permit to remove the entries about a destroyed person, or the refusal.

    Either is journalled; the permission names nobody, because an entry about the person would be
    one more that has to go when its own term is over.
    """
    policy = policies.in_force(operator_id)
    operation = Operation(
        operator=operator_id,
        subject=subject,
        action=Action.DESTRUCTION,
        purpose=LawPurpose.RETENTION,
        fields=frozenset(),
        actor=SYSTEM,
    )
    clause = next(iter(policy.access.clauses), "") if policy.access.journal else ""
    clause = clause or policy.clause_of(_CONTROL)
    gone_at = identity.destroyed_at(operator_id, subject)
    destroyed = gate.standing(operator_id, subject).destroyed
    if not destroyed or gone_at is None or gone_at >= over_before(policy, now):
        refusal = gate.Refusal(Reason.EVIDENCE, clause, RULE, operation)
        gate.remember(refusal)
        return refusal
    decision = Decision(permitted=True, rule=RULE, basis=LAW, clause=clause)
    permit = gate.permit_of(operation, decision, frozenset(), transaction_id())
    said = gate.permitted_entry(policy, replace(operation, subject=None), decision)
    journal.append(operator_id, said)
    return permit
