"""Rules about data that leaves the operator: to recipients, across borders, and to the public.

Pure, as ``rules``, which asks them in its order.
"""

from __future__ import annotations

from tutela.core.vocabulary import TRANSFER, Action, LawPurpose
from tutela.gate.cases import Case, Decision
from tutela.gate.matrix import PARCEL
from tutela.gate.reasons import Reason
from tutela.gate.standing import ConsentState
from tutela.policy.model import Policy


def recipient_is_declared(case: Case) -> Decision | None:
    """Data leaves only to a recipient the policy names, for its purposes and fields, on its
    ground (152-FZ article 7, GDPR article 13(1)(e); 004 2.14, 3.12)."""
    operation = case.operation
    if operation.action not in TRANSFER or operation.action == Action.DISSEMINATION:
        return None
    recipient = case.policy.recipients.get(operation.recipient)
    if recipient is None:
        return case.refuse(Reason.UNKNOWN_RECIPIENT)
    if operation.purpose not in recipient.purposes or not operation.fields <= recipient.fields:
        return case.refuse(Reason.RECIPIENT_OUTSIDE_PURPOSE)
    return None if case.stands(recipient.ground) else case.refuse(Reason.NO_GROUND)


def processor_is_instructed(case: Case) -> Decision | None:
    """A processor works on an instruction that lists the data and the purposes (152-FZ article
    6(3), GDPR article 28(3); 004 2.9/b5)."""
    operation = case.operation
    recipient = case.policy.recipients.get(operation.recipient)
    if operation.action not in TRANSFER or recipient is None or recipient.role != "processor":
        return None
    instructed = operation.fields <= set(recipient.instruction.get("data", ()))
    instructed &= operation.purpose in recipient.instruction.get("purposes", ())
    return None if instructed else case.refuse(Reason.NO_INSTRUCTION)


def parcel_is_for_a_processor(case: Case) -> Decision | None:
    """Where storage ends, nothing is written down or used but what a declared processor needs to
    find somebody, under a number of which nothing else is known: whoever has agreed to something or
    made a contract is a person, and no parcel (152-FZ articles 5(7), 21(4-5), GDPR articles
    5(1)(e), 28(3)(g); ADR 0033)."""
    operation, standing = case.operation, case.standing
    if operation.purpose != LawPurpose.RETENTION or operation.action not in PARCEL:
        return None
    recipient = case.policy.recipients.get(operation.recipient)
    if recipient is None or recipient.role != "processor":
        return case.refuse(Reason.UNKNOWN_RECIPIENT)
    contracts = (each.purposes for each in standing.contracts if each.live(case.now))
    is_a_person = standing.consents or any(contracts)
    return case.refuse(Reason.NO_RULE) if is_a_person else None


def country_is_safe(case: Case) -> Decision | None:
    """Nothing crosses a border before the other country was found to protect the data (152-FZ
    article 12, GDPR article 44; 004 2.17.8). No policy can declare that yet, so nothing does."""
    recipient = case.policy.recipients.get(case.operation.recipient)
    if case.operation.action not in TRANSFER or recipient is None:
        return None
    home, _, _ = case.policy.operator.territory.partition("-")
    return None if recipient.country == home else case.refuse(Reason.FOREIGN_COUNTRY)


def dissemination_is_agreed_to(case: Case) -> Decision | None:
    """Publishing needs a consent of its own, to the purpose's data or to each field (152-FZ article
    10.1; 004 1.9, 2.9/b8)."""
    if case.operation.action != Action.DISSEMINATION:
        return None
    agreed = not case.standing.refused and all(map(bool, _publications(case)))
    return None if agreed else case.refuse(Reason.NO_DISSEMINATION_CONSENT)


def person_has_not_forbidden_it(case: Case) -> Decision | None:
    """What a person lets be read in public is not handed on where they forbade that; the policy
    may name interests of the state or the public that go before it, and the operation says which
    (152-FZ article 10.1(9, 11); 003 11.7)."""
    operation = case.operation
    if operation.action != Action.DISSEMINATION or not operation.recipient:
        return None
    forbidden = any("no-transfer" in each.conditions for each in _publications(case) if each)
    if not forbidden or operation.reason in _overrides(case.policy):
        return None
    return case.refuse(Reason.FORBIDDEN_BY_PERSON)


def _publications(case: Case) -> list[ConsentState | None]:
    """The live consents to make each field public, None where there is none."""
    consents, purpose = case.standing.consents, case.operation.purpose
    whole = consents.get(dissemination_of(purpose))

    def of(field: str) -> ConsentState | None:
        found = consents.get(dissemination_of(purpose, field), whole)
        return found if found and found.live(case.now) else None

    return [of(field) for field in sorted(case.operation.fields)] or [
        whole if whole and whole.live(case.now) else None
    ]


def _overrides(policy: Policy) -> frozenset[str]:
    return frozenset(
        str(interest)
        for each in policy.bindings
        if each.control == "consent.distribution"
        for interest in each.parameters.get("override", ())
    )


def dissemination_of(purpose: str, field: str = "") -> str:
    """The key in ``Standing.consents`` of the separate consent to publish data of ``purpose``, or
    one field of it."""
    return f"{purpose}/dissemination/{field}" if field else f"{purpose}/dissemination"
