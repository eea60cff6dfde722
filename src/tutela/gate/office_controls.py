"""Do the operator's own people keep to their roles, decisions and acknowledgements?"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled, worst
from tutela.core.vocabulary import ActorKind
from tutela.gate import access
from tutela.gate.controls import (
    PERMITTED,
    Decided,
    decided,
    judged,
    refusals,
    refused_figure,
)
from tutela.gate.matrix import allowed
from tutela.journal import actions as journal
from tutela.policy.model import NeedsDecision
from tutela.web.plurals import plural


@control(
    "access.roles",
    how=_(
        "Every permitted use must be one that the table of roles allows to whoever acted; people "
        "act on their own data only, and what a role may not do is refused and counted. Roles are "
        "looked over as often as the policy says."
    ),
)
def access_roles(question: Question) -> Answer:
    """152-FZ article 19(2)(8), GDPR article 32(4); 001 5.5.8, 004 7.1, 7.5."""
    kept = judged(
        question, lambda each: each.action in allowed(each.policy, each.actor, each.purpose)
    )
    if question.policy.access.review_every is None:
        return kept
    holders = access.holders(question.operator_id, question.policy)
    late = sum(each.overdue(question.now) for each in holders)
    confirmed = sum(each.confirmed_at is not None for each in holders)
    figures = list(kept.figures)
    if confirmed:
        words = plural("%(count)d role confirmed", "%(count)d roles confirmed")
        figures.append(Figure(words, confirmed, ("access.confirmed",)))
    if late:
        words = plural("%(count)d role to look over", "%(count)d roles to look over")
        figures.append(Figure(words, late))
    state = worst([kept.state, ClauseState.AT_RISK]) if late else kept.state
    return replace(kept, state=state, figures=tuple(figures))


def _in_role(each: Decided) -> bool:
    return each.action in allowed(each.policy, each.actor, each.purpose)


@control(
    "decision.approval",
    how=_(
        "Every use that the policy reserves to decisions of authorised representatives must refer "
        "to one that was taken by somebody else than whoever acted; a use without one is refused "
        "and counted."
    ),
)
def decision_approval(question: Question) -> Answer:
    """002 Безопасность/p2. A policy that reserves nothing has nothing to judge."""
    about = [each for each in decided(question) if each.permitted and _reserved(each)]
    total = sum(each.times for each in about)
    wrong = sum(each.times for each in about if not each.approval)
    refused = refusals(decided(question), question.control)
    taken = journal.count(question.operator_id, ("decision.taken",))
    figures = []
    if taken:
        words = plural("%(count)d decision taken", "%(count)d decisions taken")
        figures.append(Figure(words, taken, ("decision.taken", "decision.ended")))
    if total:
        words = plural("%(count)d use by decision", "%(count)d uses by decision")
        figures.append(Figure(words, total, (PERMITTED,)))
    if refused:
        figures.append(refused_figure(refused))
    if wrong:
        words = plural("%(count)d without a decision", "%(count)d without a decision")
        figures.append(Figure(words, wrong, (PERMITTED,)))
    return Answer(settled(total + refused + taken, wrong), tuple(figures))


def _reserved(each: Decided) -> bool:
    def covers(rule: NeedsDecision) -> bool:
        return each.action in rule.operations and (
            not rule.purposes or each.purpose in rule.purposes
        )

    own = each.actor.kind in {ActorKind.SUBJECT, ActorKind.REPRESENTATIVE}
    return not own and any(covers(rule) for rule in each.policy.decisions.values())


@control(
    "org.training",
    how=_(
        "Members of staff must have acknowledged the policy before they reach personal data; who "
        "has not is refused and counted. Training beside it is not looked at yet."
    ),
)
def org_training(question: Question) -> Answer:
    """000 7/b1, 152-FZ article 18.1(1)(6). Judged where the policy asks for acknowledgements;
    the clauses about courses and their results wait for a register of training."""
    policy = question.policy
    mine = any(
        each.clause == question.clause and each.declaration.startswith("access.acknowledgement")
        for each in policy.bindings
    )
    if not policy.access.acknowledgement or not mine:
        return Answer(ClauseState.NOT_BUILT)
    people = {each.user_id for each in access.holders(question.operator_id, policy) if each.active}
    done = access.acknowledged(question.operator_id, policy, people)
    refused = refusals(decided(question), question.control)
    figures = []
    if done:
        words = plural("%(count)d person has acknowledged", "%(count)d people have acknowledged")
        figures.append(Figure(words, len(done), ("access.acknowledged",)))
    if people - done:
        words = plural("%(count)d person has not yet", "%(count)d people have not yet")
        figures.append(Figure(words, len(people - done)))
    if refused:
        figures.append(refused_figure(refused))
    state = settled(len(people) + refused, at_risk=len(people - done))
    return Answer(state, tuple(figures))
