"""The inventory as it is declared beside what really lies here and is really used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.inventory.screening import technical
from tutela.journal.uses import last_uses
from tutela.policy import actions as policies
from tutela.policy.model import Field, Policy, RetentionRule
from tutela.policy.terms import Term, before
from tutela.vault.counting import Idle, held_by_field, idle_by_field

UNUSED_AFTER = "12 months"
"""So long a value may lie unused before the report names it, unless the policy says otherwise at
``purpose.limit``: ``with: {unused_after: 6 months}``."""


@dataclass(frozen=True, slots=True)
class Line:
    """One declared field: where it is taken, for what, how long, and what is here of it.

    ``idle`` of the values ``held`` have lain unused for longer than the policy's term, the longest
    since ``idle_since``; ``unused`` says that all of them have.
    """

    field: Field
    category: str
    technical: bool
    purposes: tuple[str, ...]
    points: tuple[str, ...]
    terms: tuple[RetentionRule, ...]
    held: int
    used_at: datetime | None
    idle: int
    idle_since: datetime | None

    @property
    def unused(self) -> bool:
        return 0 < self.held <= self.idle


@dataclass(frozen=True, slots=True)
class Report:
    """``undeclared`` are fields held that no longer stand in the policy in force, with how many."""

    lines: tuple[Line, ...]
    undeclared: Mapping[str, int]
    since: datetime


def report(operator_id: UUID) -> Report:
    """Every declared field beside the vault and the journal (152-FZ article 5(4-5), GDPR articles
    5(1)(c), 30(1); 004 2.17.4-5)."""
    policy = policies.in_force(operator_id)
    held, used = held_by_field(operator_id), last_uses(operator_id)
    since = before(clock.now(), unused_after(policy), policy.calendar)
    idle = idle_by_field(operator_id, since)
    lines = tuple(
        _line(policy, each, held.get(slug, 0), used.get(slug), idle.get(slug))
        for slug, each in policy.fields.items()
    )
    undeclared = {slug: count for slug, count in held.items() if slug not in policy.fields}
    return Report(lines, undeclared, since)


def unused_after(policy: Policy) -> Term:
    said = (
        each.parameters.get("unused_after")
        for each in policy.bindings
        if each.control == "purpose.limit"
    )
    return Term.parse(str(next((each for each in said if each), UNUSED_AFTER)))


def terms_of(policy: Policy, field: str) -> tuple[RetentionRule, ...]:
    """The rules by which a field ends: those of its purposes and of the points that take it."""
    purposes, points = _purposes(policy, field), _points(policy, field)
    return tuple(
        each
        for each in policy.retention.values()
        if (not each.purposes or set(each.purposes) & set(purposes))
        and (not each.points or not points or set(each.points) & set(points))
    )


def _purposes(policy: Policy, field: str) -> tuple[str, ...]:
    return tuple(slug for slug, each in policy.purposes.items() if field in each.fields)


def _points(policy: Policy, field: str) -> tuple[str, ...]:
    return tuple(
        slug
        for slug, each in policy.points.items()
        if any(asked.field == field for asked in each.fields)
    )


def _line(
    policy: Policy, field: Field, held: int, used_at: datetime | None, idle: Idle | None
) -> Line:
    return Line(
        field=field,
        category=field.category,
        technical=field.slug in technical(policy),
        purposes=_purposes(policy, field.slug),
        points=_points(policy, field.slug),
        terms=terms_of(policy, field.slug),
        held=held,
        used_at=used_at,
        idle=idle.values if idle else 0,
        idle_since=idle.longest if idle else None,
    )
