"""Does everything that was permitted obey the policy, and was what it forbids refused?

Every permit and every refusal is an entry. Their shapes (who, what, why, which fields) are
compared with the version of the policy under which each was decided; one permitted entry that
the policy does not allow breaks the clause, however it came about.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.core.vocabulary import Actor, ActorKind, LawPurpose
from tutela.gate import blocks
from tutela.gate.models import StandingRow
from tutela.gate.reasons import CONTROLS
from tutela.gate.rules import LAW, READING
from tutela.gate.standing import Block, Standing
from tutela.journal import actions as journal
from tutela.obligations import judging
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.parameters import NAMES
from tutela.web.plurals import plural

PERMITTED, REFUSED = "gate.permitted", "gate.refused"
STORE_REFUSED = "store.refused"
_NAMES = ("fields", "point", "recipient", "reason", "approved")


@dataclass(frozen=True, slots=True)
class Decided:
    """Entries of one shape: how often, under which version, and what was asked."""

    times: int
    permitted: bool
    policy: Policy
    action: str
    purpose: str
    basis: str
    actor: Actor
    fields: frozenset[str]
    point: str
    reason: str
    approval: bool

    @property
    def by_law(self) -> bool:
        return self.purpose in frozenset(LawPurpose)


def decided(question: Question) -> list[Decided]:
    """Every shape of permit and refusal in the journal of the operator."""
    return question.once("gate.decided", lambda: _decided(question))


def _decided(question: Question) -> list[Decided]:
    found = journal.shapes(question.operator_id, (PERMITTED, REFUSED), _NAMES)
    return [_read(question, shape, times) for shape, times in found]


def _read(question: Question, shape: journal.Shape, times: int) -> Decided:
    number = shape.policy_version
    policy = (
        question.policy
        if number in {None, question.policy.number}
        else policies.version(question.operator_id, number or 0)
    )
    return Decided(
        times=times,
        permitted=shape.kind == PERMITTED,
        policy=policy,
        action=shape.action,
        purpose=shape.purpose,
        basis=shape.basis,
        actor=Actor(ActorKind(shape.actor_kind), role=shape.actor_role),
        fields=frozenset(json.loads(shape.data["fields"] or "[]")),
        point=shape.data["point"] or "",
        reason=shape.data["reason"] or "",
        approval=shape.data["approved"] == "true",
    )


def judged(
    question: Question, obeys: Callable[[Decided], bool], *, about: Iterable[Decided] | None = None
) -> Answer:
    """Permits that do not obey the policy break the clause; refusals show that it is guarded."""
    every = decided(question)
    permits = [each for each in (every if about is None else about) if each.permitted]
    total = sum(each.times for each in permits)
    wrong = sum(each.times for each in permits if not obeys(each))
    refused = refusals(every, question.control)
    figures = [permitted_figure(total)] if total else []
    if refused:
        figures.append(refused_figure(refused))
    if wrong:
        words = plural("%(count)d outside of the policy", "%(count)d outside of the policy")
        figures.append(Figure(words, wrong, (PERMITTED,)))
    return Answer(settled(total + refused, wrong), tuple(figures))


def refusals(every: Iterable[Decided], control: str) -> int:
    """How many operations were refused for a reason that carries out ``control``."""
    reasons = {reason for reason, slug in CONTROLS.items() if slug == control}
    return sum(each.times for each in every if not each.permitted and each.reason in reasons)


def permitted_figure(count: int) -> Figure:
    words = plural("%(count)d use permitted", "%(count)d uses permitted")
    return Figure(words, count, (PERMITTED,))


def refused_figure(count: int) -> Figure:
    return Figure(plural("%(count)d refused", "%(count)d refused"), count, (REFUSED,))


@control(
    "purpose.register",
    how=_(
        "Every permitted use must name a purpose of the version of the policy under which it was "
        "decided, or one that the law itself gives."
    ),
)
def purpose_register(question: Question) -> Answer:
    """152-FZ article 5(2): purposes are fixed beforehand. A purpose's own clause is judged by
    the uses for that purpose."""
    mine = {
        slug for slug, each in question.policy.purposes.items() if question.clause in each.clauses
    }
    about = [each for each in decided(question) if not mine or each.purpose in mine]
    return judged(
        question, lambda each: each.by_law or each.purpose in each.policy.purposes, about=about
    )


@control(
    "purpose.limit",
    how=_(
        "No permitted use may touch a field that its purpose does not need; attempts are refused "
        "and counted."
    ),
)
def purpose_limit(question: Question) -> Answer:
    """152-FZ article 5(2, 4, 5), GDPR article 5(1)(b-c)."""
    return judged(question, _within_purpose)


def _within_purpose(each: Decided) -> bool:
    policy = each.policy
    if each.by_law:
        needed: Collection[str] = policy.fields
    elif each.purpose in policy.purposes:
        needed = policy.purposes[each.purpose].fields
    else:
        needed = ()
    return each.fields <= set(needed)


@control(
    "basis.register",
    how=_(
        "Every permitted use must name a legal basis that the policy declares for its purpose; "
        "a use without one is refused and counted."
    ),
)
def basis_register(question: Question) -> Answer:
    """152-FZ article 6, GDPR article 6. A basis's own clause is judged by the uses on it."""
    mine = {slug for slug, each in question.policy.bases.items() if question.clause in each.clauses}
    about = [
        each for each in decided(question) if not mine or each.basis in mine or not _has_basis(each)
    ]
    return judged(question, _has_basis, about=about)


def _has_basis(each: Decided) -> bool:
    if each.by_law:
        return each.basis == LAW
    declared = each.policy.purposes.get(each.purpose)
    return declared is not None and each.basis in declared.bases


@control(
    "vault.residency",
    how=_(
        "Every declared store must have an owner, an address and a territory that the policy "
        "allows; writing elsewhere is refused and counted."
    ),
)
def vault_residency(question: Question) -> Answer:
    """152-FZ article 18(5); 001 5.8, 004 2.10/b9, 2.13. A store outside of the allowed territories
    is a risk, not yet a breach: the gate refuses to write to it."""
    policy: Policy = question.policy
    outside = [
        each
        for each in policy.stores.values()
        if policy.residency is not None and not policy.residency.allows(each.territory)
    ]
    refused = refusals(decided(question), question.control)
    refused += journal.count(question.operator_id, (STORE_REFUSED,))
    figures = [Figure(plural("%(count)d store", "%(count)d stores"), len(policy.stores))]
    if outside:
        words = plural("%(count)d outside of the territory", "%(count)d outside of the territory")
        figures.append(Figure(words, len(outside)))
    if refused:
        figures.append(refused_figure(refused))
    return Answer(settled(len(policy.stores), at_risk=len(outside)), tuple(figures))


@control(
    "purpose.separate",
    how=_(
        "Nobody may read a person’s data for two purposes that the policy keeps apart in one "
        "operation; attempts are refused and counted."
    ),
)
def purpose_separate(question: Question) -> Answer:
    """152-FZ article 5(3); 004 2.17.3. A policy that keeps nothing apart has nothing to judge."""
    if not question.policy.separate:
        return Answer(settled(0))
    groups = frozenset().union(*(each.groups for each in question.policy.separate))
    about = [
        each
        for each in decided(question)
        if each.permitted
        and each.action in READING
        and each.purpose in each.policy.purposes
        and each.policy.purposes[each.purpose].group in groups
    ]
    alone = sum(each.times for each in about)
    refused = refusals(decided(question), question.control)
    figures = [permitted_figure(alone)] if alone else []
    if refused:
        figures.append(refused_figure(refused))
    return Answer(settled(alone + refused), tuple(figures))


@dataclass(frozen=True, slots=True)
class Blocks:
    """People who are blocked now; blocks without a ground; uses permitted in spite of a block."""

    people: int
    groundless: int
    used: int
    subjects: tuple[UUID, ...]


@control(
    "vault.block",
    how=_(
        "A blocked person’s data must have a ground and no permitted use besides clarifying, "
        "destroying and answering the person; what could not be destroyed in its term must go "
        "within the longer limit."
    ),
    parameters={blocks.GOES_ON: NAMES},
)
def vault_block(question: Question) -> Answer:
    """152-FZ article 3(7), 21(6); GDPR article 18; 004 1.2, 9.3, 9.4."""
    found = question.once("gate.blocks", lambda: _blocks(question))
    limit = judging.of_clause(question)
    refused = refusals(decided(question), question.control)
    figures = list(judging.figures(question, limit)) if limit else []
    if found.people:
        words = plural("%(count)d person blocked now", "%(count)d people blocked now")
        figures.append(Figure(words, found.people))
    if refused:
        words = plural("%(count)d use refused", "%(count)d uses refused")
        figures.append(Figure(words, refused, (REFUSED,)))
    if found.used:
        words = plural("%(count)d use in spite of it", "%(count)d uses in spite of it")
        figures.append(Figure(words, found.used, (PERMITTED,)))
    if found.groundless:
        words = plural("%(count)d without a ground", "%(count)d without a ground")
        figures.append(Figure(words, found.groundless))
    late = limit.late if limit else 0
    state = settled(
        found.people + refused + (limit.settled if limit else 0),
        found.used + found.groundless + late,
        limit.soon if limit else 0,
    )
    return Answer(state, tuple(figures), found.subjects)


def _blocks(question: Question) -> Blocks:
    operator_id, now = question.operator_id, question.now
    blocked = StandingRow.objects.filter(operator_id=operator_id).exclude(state__blocks=[])
    live: dict[UUID, list[Block]] = {}
    for subject, state in blocked.values_list("subject_id", "state").iterator():
        if found := [each for each in Standing.from_json(state).blocks if each.live(now)]:
            live[subject] = found
    whole = {
        subject: stops
        for subject, found in live.items()
        if (stops := [each for each in found if each.whole])
    }
    since = {subject: min(each.since for each in stops) for subject, stops in whole.items()}
    used: Counter[UUID] = Counter()
    for row in journal.later(operator_id, PERMITTED, since):
        looked = all(
            blocks.examines(row.purpose, row.action, each.ground) for each in whole[row.subject]
        )
        if not (looked or blocks.goes_on(question.policy, row.purpose, row.action, row.actor_kind)):
            used[row.subject] += row.times
    groundless = sum(not each.ground for found in live.values() for each in found)
    return Blocks(len(live), groundless, used.total(), tuple(used))
