"""Which items the policy lets devices send, and where each is taken. Pure.

A collection point whose event is ``visit.made`` takes them. Items of one point end together, so
that an item with a term of its own has a point of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tutela.inventory.screening import FLAGGED, REFUSED, TECHNICAL
from tutela.policy.model import CollectionPoint, Policy

VISIT = "visit.made"
UNDECLARED = (REFUSED, FLAGGED)
"""What becomes of an item that is not declared: nothing is taken, or it is dropped and counted."""


def points(policy: Policy) -> tuple[CollectionPoint, ...]:
    return tuple(each for each in policy.points.values() if each.event == VISIT)


def has_term(policy: Policy, point: CollectionPoint) -> bool:
    """Whether a rule of the policy ends every purpose for which items are taken at the point."""
    rules = [
        each
        for each in policy.retention.values()
        if each.event == VISIT and (not each.points or point.slug in each.points)
    ]
    return all(
        any(not each.purposes or purpose in each.purposes for each in rules)
        for purpose in point.purposes
    )


def declared(policy: Policy) -> dict[str, CollectionPoint]:
    """By field, the point at which the item is taken; an item without a term is none (000 2/p2(h):
    the list is closed)."""
    found: dict[str, CollectionPoint] = {}
    for point in points(policy):
        if has_term(policy, point):
            for each in point.fields:
                found.setdefault(each.field, point)
    return found


def sorted_out(
    policy: Policy, items: Iterable[str]
) -> tuple[Mapping[str, tuple[str, ...]], tuple[str, ...]]:
    """The items by the slug of the point that takes them, and those that none takes."""
    taken: dict[str, tuple[str, ...]] = {}
    strange: list[str] = []
    known = declared(policy)
    for each in items:
        if each in known:
            point = known[each].slug
            taken[point] = (*taken.get(point, ()), each)
        else:
            strange.append(each)
    return taken, tuple(strange)


def drops(policy: Policy) -> bool:
    """Whether an item that is not declared is dropped, so that the others are taken without it."""
    said = (
        each.parameters.get("undeclared") for each in policy.bindings if each.control == TECHNICAL
    )
    return next((each for each in said if each), REFUSED) == FLAGGED
