"""May this be done? Small rules, asked in order; what no rule allows is refused.

Pure: the policy, the standing of the person, the operation and the moment come in as values, a
``Decision`` comes out. A rule that has nothing against the operation returns None; the last one
names the legal basis. No number of a clause stands in the code: each reason names the control
that it carries out (``CONTROLS``), and the policy says which clause it has bound to that control.
The clauses and articles in the docstrings are where a rule was read, as an example.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tutela.core.vocabulary import TRANSFER, Action, ActorKind, LawPurpose, Right
from tutela.gate import blocks
from tutela.gate.blocks import left_out
from tutela.gate.cases import Case, Decision, Operation
from tutela.gate.handing_on import (
    country_is_safe,
    dissemination_is_agreed_to,
    dissemination_of,
    parcel_is_for_a_processor,
    person_has_not_forbidden_it,
    processor_is_instructed,
    recipient_is_declared,
)
from tutela.gate.matrix import classes_of, reach
from tutela.gate.office import EMPTY, Approval, Office
from tutela.gate.reasons import Reason
from tutela.gate.standing import Block, ConsentState, Contract, Hold, Mandate, Standing
from tutela.policy.model import Policy

__all__ = [
    "Approval",
    "Block",
    "Case",
    "ConsentState",
    "Contract",
    "Decision",
    "Hold",
    "Mandate",
    "Office",
    "Operation",
    "Reason",
    "Standing",
    "decide",
    "dissemination_of",
    "left_out",
    "permitted_fields",
]

LAW = "law"
"""The legal basis of the purposes in ``LawPurpose``."""
DESTROY = "destroy-person"
"""The four-eyes act of destroying what is held about a person by hand."""

_LAW_CONTROLS = {
    LawPurpose.SUBJECT_RIGHTS: "request.access",
    LawPurpose.IDENTIFICATION: "request.identity",
    LawPurpose.RETENTION: "retention.purge",
    LawPurpose.OVERSIGHT: "access.roles",
    LawPurpose.SERVICE_LETTER: "reply.send",
    LawPurpose.REIDENTIFICATION: "anonymise",
}
_WITH_REASON = frozenset({LawPurpose.OVERSIGHT, LawPurpose.REIDENTIFICATION})
_ENDING = frozenset({Action.DEPERSONALIZATION, Action.DELETION, Action.DESTRUCTION})
READING = frozenset({Action.EXTRACTION, Action.USE}) | TRANSFER
"""Actions that take data out of the vault."""
_WRITING = frozenset(
    {
        Action.COLLECTION,
        Action.RECORDING,
        Action.SYSTEMATIZATION,
        Action.ACCUMULATION,
        Action.STORAGE,
        Action.CLARIFICATION,
    }
)
Rule = Callable[[Case], Decision | None]


def action_is_known(case: Case) -> Decision | None:
    """Only the closed list of actions exists (152-FZ article 3(3); 004 5.1)."""
    known = case.operation.action in tuple(Action)
    return None if known else case.refuse(Reason.UNKNOWN_ACTION)


def purpose_is_declared(case: Case) -> Decision | None:
    """Purposes come before data (152-FZ article 5(2), GDPR article 5(1)(b); 004 2.17.2)."""
    known = case.by_law or case.operation.purpose in case.policy.purposes
    return None if known else case.refuse(Reason.UNKNOWN_PURPOSE)


def scope_covers_it(case: Case) -> Decision | None:
    """An application does what its key was given for, and nothing else (152-FZ article 19(2)(8),
    GDPR articles 25(2), 32(4))."""
    operation, actor = case.operation, case.operation.actor
    if actor.kind is not ActorKind.APPLICATION:
        return None
    covered = actor.scope is not None and actor.scope.covers(operation.purpose, operation.action)
    return None if covered else case.refuse(Reason.OUTSIDE_SCOPE)


def fields_belong_to_purpose(case: Case) -> Decision | None:
    """No more data than the purpose needs (152-FZ article 5(4-5), GDPR 5(1)(c); 004 2.17.4-5)."""
    policy, wanted = case.policy, case.operation.fields
    if not wanted <= policy.fields.keys():
        return case.refuse(Reason.UNKNOWN_FIELD)
    if case.finding:
        needed = {slug for slug, each in policy.fields.items() if each.identifies}
    elif case.by_law:
        return None
    else:
        needed = set(policy.purposes[case.operation.purpose].fields)
    return None if wanted <= needed else case.refuse(Reason.FIELD_OUTSIDE_PURPOSE)


def point_asks_for_it(case: Case) -> Decision | None:
    """Data is collected where the policy says, for what is said there (004 2.15, 3.1)."""
    operation = case.operation
    if operation.action != Action.COLLECTION:
        return None
    point = case.policy.points.get(operation.point)
    if point is None:
        return case.refuse(Reason.UNKNOWN_POINT)
    asked = operation.fields <= {each.field for each in point.fields}
    offered = operation.purpose in (*point.purposes, *point.optional_purposes)
    return None if asked and offered else case.refuse(Reason.NOT_ASKED_HERE)


def subject_is_named(case: Case) -> Decision | None:
    """Everything is about one person; only looking for a person begins without one."""
    named = case.operation.subject is not None
    return None if named != case.finding else case.refuse(Reason.NO_SUBJECT)


def subject_is_not_destroyed(case: Case) -> Decision | None:
    """What was destroyed does not come back (152-FZ article 3(8); 004 1.16)."""
    return case.refuse(Reason.DESTROYED) if case.standing.destroyed else None


def subject_is_not_blocked(case: Case) -> Decision | None:
    """A block of the person, of a record or of fields stops everything but clarifying, ending,
    and answering the person (152-FZ article 3(7), GDPR article 18(2); 004 1.2)."""
    block = blocks.stopping(case)
    return None if block is None else case.refuse(Reason.BLOCKED, block.clause)


def hold_allows_it(case: Case) -> Decision | None:
    """Held data is neither destroyed nor used for anything but the ground it is held on
    (152-FZ article 21(4-5), GDPR article 17(3); 004 2.9/b6, 9.3, 9.4)."""
    operation = case.operation
    for hold in case.standing.holds:
        if not hold.live(case.now) or hold.fields.isdisjoint(operation.fields):
            continue
        ending = operation.action in _ENDING
        if ending or not (case.by_law or _serves(case, hold)):
            return case.refuse(Reason.HELD, hold.clause)
    return None


def _serves(case: Case, hold: Hold) -> bool:
    return hold.ground == case.operation.purpose or hold.ground in case.bases()


def actor_may(case: Case) -> Decision | None:
    """The matrix of roles decides, by action, purpose and class of field; a person acts on their
    own data, and staff who look over it say why (152-FZ article 19(2)(8), GDPR article 32(4); 004
    7.1, 7.5)."""
    operation, actor = case.operation, case.operation.actor
    left = reach(case.policy, actor, operation.purpose)
    if operation.action not in left.actions:
        return case.refuse(Reason.ROLE)
    if not classes_of(case.policy, operation.fields) <= left.classes:
        return case.refuse(Reason.FIELD_CLASS)
    own = case.finding or actor.id == str(operation.subject)
    if actor.kind is ActorKind.SUBJECT and not own:
        return case.refuse(Reason.NOT_OWN)
    if operation.purpose in _WITH_REASON and not operation.reason:
        return case.refuse(Reason.NO_REASON)
    return None


def staff_have_acknowledged(case: Case) -> Decision | None:
    """No acknowledgement of the acts, no access (000 7/b1; 152-FZ article 18.1(1)(6))."""
    actor = case.operation.actor
    asked = actor.kind is ActorKind.STAFF and case.policy.access.acknowledgement
    if not asked or actor.id in case.office.acknowledged:
        return None
    return case.refuse(Reason.NOT_ACKNOWLEDGED)


_RIGHTS = {
    Action.COLLECTION: Right.CONSENT,
    Action.EXTRACTION: Right.ACCESS,
    Action.CLARIFICATION: Right.CORRECTION,
    Action.BLOCKING: Right.BLOCKING,
}
"""The right that an action for somebody else exercises, unless the operation names another."""


def authority_stands(case: Case) -> Decision | None:
    """Who acts for another has an authority that was checked, stands now, is for this person and
    names the right (152-FZ articles 9(6) and 14(3), GDPR articles 8 and 12(6); 001 6.4, 10.10;
    004 2.10/b4, 9.10(c))."""
    operation, actor = case.operation, case.operation.actor
    if actor.kind is not ActorKind.REPRESENTATIVE:
        return None
    mine = [
        each
        for each in case.standing.mandates
        if actor.id and each.holder == actor.id and each.live(case.now)
    ]
    if not mine:
        return case.refuse(Reason.NO_AUTHORITY)
    right = operation.right or _RIGHTS.get(operation.action, "")
    reaches = any(right in each.rights for each in mine)
    return None if reaches else case.refuse(Reason.BEYOND_AUTHORITY)


def groups_stay_apart(case: Case) -> Decision | None:
    """Data kept for incompatible purposes is not joined: within one transaction nobody reads a
    person's data for both (152-FZ article 5(3); 004 2.17.3). What the law itself demands, such as
    the person's own look at everything, joins nothing."""
    operation, policy = case.operation, case.policy
    if case.by_law or operation.action not in READING:
        return None
    for other in sorted(operation.joins & policy.purposes.keys()):
        if apart := policy.separation(operation.purpose, other):
            return case.refuse(Reason.GROUPS_APART, next(iter(apart.clauses), ""))
    return None


def store_is_in_territory(case: Case) -> Decision | None:
    """Data is written only where the policy says it may lie (152-FZ article 18(5); 001 5.8,
    004 2.10/b9, 2.13). A policy that says nothing about places restricts none."""
    operation, policy = case.operation, case.policy
    if operation.action not in _WRITING:
        return None
    if operation.store:
        stores = [policy.stores.get(operation.store)]
    elif policy.residency is None:
        return None
    else:
        files = any(policy.fields[slug].attached for slug in operation.fields)
        stores = [policy.store_of(kind) for kind in ("vault", *(["attachments"] * files))]
    for store in stores:
        if store is None:
            return case.refuse(Reason.UNKNOWN_STORE)
        if policy.residency is not None and not policy.residency.allows(store.territory):
            clauses = policy.residency.clauses or store.clauses
            return case.refuse(Reason.OUTSIDE_TERRITORY, next(iter(clauses), ""))
    return None


def a_basis_stands(case: Case) -> Decision | None:
    """Processing rests on a legal basis that stands for this person now (152-FZ article 6, GDPR
    article 6; 004 2.16, 6.1, 8.2)."""
    if case.by_law or case.standing_basis() is not None:
        return None
    kinds = {case.policy.bases[slug].kind for slug in case.bases()}
    if "consent" in kinds:
        given = case.operation.purpose in case.standing.consents and not case.standing.refused
        if given and case.outdated:
            return case.refuse(Reason.CONSENT_OUTDATED)
        return case.refuse(Reason.CONSENT_EXPIRED if given else Reason.NO_CONSENT)
    return case.refuse(Reason.NO_CONTRACT if "contract" in kinds else Reason.NO_RULE)


def a_decision_covers_it(case: Case) -> Decision | None:
    """What the policy reserves to authorised representatives needs a live decision of one, and
    nobody carries out a decision of their own (002 Безопасность/p2)."""
    if not case.needs_decision() or case.approval() is not None:
        return None
    return case.refuse(Reason.NO_DECISION)


def a_second_person_has_agreed(case: Case) -> Decision | None:
    """Destroying a person by hand can be made to wait for a second person (four eyes)."""
    operation = case.operation
    by_hand = operation.action == Action.DESTRUCTION and operation.actor.kind is ActorKind.STAFF
    if not by_hand or DESTROY not in case.policy.four_eyes or case.second_person(DESTROY):
        return None
    return case.refuse(Reason.NO_SECOND_PERSON)


def nobody_has_agreed(policy: Policy, operation: Operation, now: datetime) -> Decision:
    """The refusal where the agreement of a second person was used up meanwhile."""
    case = Case(policy, Standing(), operation, now)
    return replace(case.refuse(Reason.NO_SECOND_PERSON), rule="a-second-person-has-agreed")


def place_of(policy: Policy, operation: Operation, now: datetime) -> Decision | None:
    """The refusal of a place to write to, or None; for copies of whole stores, which are about
    nobody in particular."""
    case = Case(policy, Standing(), operation, now)
    decision = store_is_in_territory(case)
    return decision and replace(decision, rule="store-is-in-territory")


def law_gives_the_purpose(case: Case) -> Decision | None:
    """The purposes of ``LawPurpose`` rest on the law itself (152-FZ articles 14, 20, 21; GDPR
    articles 12-22, 6(1)(c))."""
    if not case.by_law:
        return None
    control = _LAW_CONTROLS[LawPurpose(case.operation.purpose)]
    return case.permit(LAW, case.policy.clause_of(control))


def standing_basis_carries_it(case: Case) -> Decision | None:
    """Nothing was said against it, and the first basis that stands says yes."""
    slug = case.standing_basis()
    if slug is None:
        return None
    clauses = (
        case.policy.bases[slug].clauses or case.policy.purposes[case.operation.purpose].clauses
    )
    return case.permit(slug, next(iter(clauses), ""))


RULES: tuple[Rule, ...] = (
    action_is_known,
    purpose_is_declared,
    scope_covers_it,
    fields_belong_to_purpose,
    point_asks_for_it,
    subject_is_named,
    subject_is_not_destroyed,
    subject_is_not_blocked,
    hold_allows_it,
    actor_may,
    authority_stands,
    parcel_is_for_a_processor,
    staff_have_acknowledged,
    a_basis_stands,
    recipient_is_declared,
    processor_is_instructed,
    country_is_safe,
    dissemination_is_agreed_to,
    person_has_not_forbidden_it,
    a_decision_covers_it,
    a_second_person_has_agreed,
    groups_stay_apart,
    store_is_in_territory,
    law_gives_the_purpose,
    standing_basis_carries_it,
)


def decide(
    policy: Policy, standing: Standing, operation: Operation, now: datetime, office: Office = EMPTY
) -> Decision:
    """The first rule with an answer decides; where none has one, the answer is no."""
    case = Case(policy, standing, operation, now, office)
    for rule in RULES:
        if decision := rule(case):
            return replace(decision, rule=rule.__name__.replace("_", "-"))
    return replace(case.refuse(Reason.NO_RULE), rule=Reason.NO_RULE)


def permitted_fields(
    policy: Policy, standing: Standing, operation: Operation, now: datetime, office: Office = EMPTY
) -> dict[str, Decision]:
    """The decision for each field of ``operation`` alone."""
    return {
        field: decide(policy, standing, replace(operation, fields=frozenset({field})), now, office)
        for field in sorted(operation.fields)
    }
