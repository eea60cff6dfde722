"""What a policy declares about accounts: pure, read from the bindings of ``account.*``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tutela.policy.model import CollectionPoint, Policy, Promise, RetentionRule

PROFILE, DELETE = "account.profile", "account.delete"
KIND = "account"
"""The kind of the collection points that open an account."""
DELETED = "account.deleted"


@dataclass(frozen=True, slots=True)
class Terms:
    """``accepts`` are the documents whose acceptance opens the whole account (001 1.1, 10.1);
    ``required`` fields come beside those that the form itself needs (003 7.1.1); ``contract``
    says that accepting everything concludes the contract; ``children`` is the collection point of
    a child's profile (001 10.10); ``ends_after`` an event that ends the account (003 11.11.4)."""

    accepts: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    contract: bool = False
    children: str = ""
    ends_after: str = ""


def terms_of(policy: Policy) -> Terms:
    said: dict[str, Any] = {}
    for each in policy.bindings:
        if each.control in {PROFILE, DELETE}:
            said |= each.parameters
    return Terms(
        accepts=tuple(said.get("accepts", ())),
        required=tuple(each for each in said.get("required", ()) if each in policy.fields),
        contract=said.get("contract") is True,
        children=str(said.get("children", "")),
        ends_after=str(said.get("after", "")),
    )


def profile_points(policy: Policy) -> list[CollectionPoint]:
    """The points at which somebody opens an account of their own."""
    child = terms_of(policy).children
    return [each for each in policy.points.values() if each.kind == KIND and each.slug != child]


def child_point(policy: Policy) -> CollectionPoint | None:
    return policy.points.get(terms_of(policy).children)


def missing(policy: Policy, point: str, held: Collection[str]) -> tuple[str, ...]:
    """The required fields that are not held: until they are, the account is limited."""
    asked = policy.points[point].fields if point in policy.points else ()
    needed = [each.field for each in asked if each.required]
    own = {each.field for each in asked}
    needed += [each for each in terms_of(policy).required if each not in needed and each in own]
    return tuple(each for each in needed if each not in held)


def fixed(policy: Policy, point: CollectionPoint, slug: str, *, guardian: bool) -> bool:
    """Whether a field is not changed by the person alone: an address that opens the account could
    be made somebody else's by a slip, a birth date decides what they may do, a file is a new
    form. A guardian answers for the birth date of a child."""
    field = policy.fields[slug]
    category = policy.subjects[point.subject_category]
    aged = category.minimum_age is not None or category.guardian_until is not None
    if field.type == "birth-date":
        return aged and not guardian
    return field.attached or (field.type == "email" and field.identifies)


def follows(policy: Policy) -> Iterator[Promise | RetentionRule]:
    """What the policy makes of a deletion: its own promises and terms on it, or, where it has
    none, what it promises when every consent is withdrawn."""
    event = DELETED if has_regime(policy) else "consent.withdrawn"
    yield from policy.promises_on(event)
    yield from (each for each in policy.retention.values() if each.event == event)


def has_regime(policy: Policy) -> bool:
    promised = any(True for _ in policy.promises_on(DELETED))
    return promised or any(each.event == DELETED for each in policy.retention.values())


def ends_consents(policy: Policy) -> bool:
    """Whether a deletion withdraws every consent: the policy promises to destroy upon it, or says
    nothing of it. Where terms alone run from it, consent outlives the profile (000 8)."""
    destroys = any(each.outcome == "destroy" for each in policy.promises_on(DELETED))
    return destroys or not has_regime(policy)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """The fields whose value is another one now."""
    return {slug: value for slug, value in after.items() if value and before.get(slug) != value}
