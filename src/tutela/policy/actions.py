"""What the policy room offers the others: loading folders, publishing, the policy in force."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from tutela.core import clock
from tutela.db import swift
from tutela.db.scope import facts, operator_scope
from tutela.journal import actions as journal
from tutela.policy.compiling import compile_sources
from tutela.policy.contradictions import contradictions
from tutela.policy.coverage import Coverage, coverage
from tutela.policy.entries import PolicyPublished
from tutela.policy.errors import (
    NoPolicyInForce,
    NumberTaken,
    StillToCome,
    Unfinished,
    UnknownVersion,
)
from tutela.policy.folders import Report, check, check_folder, load_all, load_folder
from tutela.policy.model import Policy
from tutela.policy.models import Cancelled, Operator, Version
from tutela.policy.source import Sources
from tutela.policy.versions import VersionRow

__all__ = [
    "Coverage",
    "OperatorRow",
    "Report",
    "VersionRow",
    "after_publishing",
    "before_publishing",
    "by_digest",
    "check",
    "check_folder",
    "coverage",
    "in_force",
    "load_all",
    "load_folder",
    "operator_by_slug",
    "operator_id",
    "operators",
    "publish",
    "register",
    "samples",
    "version",
    "versions",
]

T = TypeVar("T")

_PUBLISHED = """
SELECT version.number, version.digest, version.effective_from, gone.at
FROM policy_version AS version
LEFT JOIN policy_cancelled AS gone
ON gone.operator_id = version.operator_id AND gone.number = version.number
WHERE version.operator_id = %s ORDER BY version.number DESC
"""

before_publishing: list[Callable[[UUID, Policy], None]] = []
"""Asked in the transaction that publishes a version; one that raises keeps it from happening."""

after_publishing: list[Callable[[UUID, Policy], None]] = []
"""What follows in the transaction that publishes a version."""

_OPERATORS = UUID("6f0e8c1b-7f4e-5a3c-9d57-2f3a1d6b8e40")
"""The namespace in which an operator's slug becomes its identifier (RFC 9562, version 5)."""
_KEPT = 256
"""How many compiled versions a process keeps."""


@dataclass(frozen=True, slots=True)
class OperatorRow:
    id: UUID
    slug: str
    brand: str


def samples() -> Path:
    """The folder of the sample operators: shipped with the package, or beside its sources."""
    package = Path(__file__).parents[1]
    shipped = package / "samples"
    return shipped if shipped.is_dir() else package.parents[1] / "operators"


def operator_id(slug: str) -> UUID:
    """The identifier an operator of this slug has in every installation."""
    return uuid.uuid5(_OPERATORS, slug)


def register(policy: Policy) -> UUID:
    """Enter the operator of ``policy`` in the registry, or correct its brand there."""
    operator = policy.operator
    row, created = Operator.objects.get_or_create(
        id=operator_id(operator.slug),
        defaults={
            "slug": operator.slug,
            "brand": operator.brand,
            "registered_at": clock.now(),
        },
    )
    if not created and row.brand != operator.brand:
        Operator.objects.filter(id=row.id).update(brand=operator.brand)
    return row.id


def publish(policy: Policy, posted_at: datetime | None = None) -> int:
    """Make ``policy`` a version of its operator's policy and return its number.

    The same content published again is no new version. Raises ``NumberTaken`` unless the number
    is greater than the last, ``Unfinished`` while the text holds what only a template holds, and
    whatever a guard in ``before_publishing`` raises. Registers the operator if it is new and
    journals ``policy.published`` in the same transaction.
    """
    with operator_scope(operator_id(policy.operator.slug)):
        operator = register(policy)
        Operator.objects.select_for_update().get(id=operator)
        known = Version.objects.filter(operator_id=operator)
        if same := known.filter(digest=policy.digest).first():
            return same.number
        _refuse_number(known, policy)
        posted = posted_at or clock.now()
        _refuse_unfinished(policy)
        _refuse_overlap(known, effective_from(policy, posted))
        for guard in before_publishing:
            guard(operator, policy)
        Version.objects.create(
            operator_id=operator,
            number=policy.number,
            digest=policy.digest,
            dated=policy.dated,
            posted_at=posted,
            effective_from=effective_from(policy, posted),
            sources=dict(policy.sources),
        )
        forget_published(operator)
        journal.append(
            operator,
            PolicyPublished(
                number=policy.number,
                digest=policy.digest,
                clause=policy.clause_of("policy.version"),
                policy_version=policy.number,
            ),
        )
        for follow in after_publishing:
            follow(operator, policy)
    return policy.number


def forget_published(operator: UUID) -> None:
    """In this transaction, ask anew which versions there are."""
    facts().pop(("published", operator), None)


def _refuse_number(known: QuerySet[Version], policy: Policy) -> None:
    last = known.order_by("-number").first()
    if last and policy.number <= last.number:
        raise NumberTaken(
            f"Version {policy.number} of “{policy.operator.slug}” differs from what was "
            f"published as version {last.number}. Raise “version.number” in policy.yaml."
        )


def _refuse_overlap(known: QuerySet[Version], moment: datetime) -> None:
    """Versions take force one after the other: 001 9.1(c), no gap and no overlap."""
    gone = Cancelled.objects.filter(operator_id=OuterRef("operator_id"), number=OuterRef("number"))
    later = known.filter(~Exists(gone), effective_from__gt=moment)
    ahead = later.order_by("number").last()
    if ahead is not None:
        raise StillToCome(
            f"Version {ahead.number} takes force only at {ahead.effective_from.isoformat()}. "
            f"Cancel it first, or let the new one take force later."
        )


def _refuse_unfinished(policy: Policy) -> None:
    """What may not stand in a published text; whatever else contradicts itself is told of."""
    for each in contradictions(policy):
        if each.blocks:
            raise Unfinished(f"{each.message} {each.finding().hint}")


def effective_from(policy: Policy, posted_at: datetime) -> datetime:
    """When a version posted at ``posted_at`` takes force by its own rule.

    ``at-posting`` and ``in-product`` (posting in the product) are the moment itself (004 10.2,
    003 12.3); a date is the first instant of that day in the operator's zone, and never before
    the posting (001 9.1).
    """
    if policy.effective in {"at-posting", "in-product"}:
        return posted_at
    day = date.fromisoformat(policy.effective)
    start = policy.calendar.end_of(date.fromordinal(day.toordinal() - 1))
    return max(start, posted_at)


def in_force(operator: UUID, at: datetime | None = None) -> Policy:
    """The policy in force now, or at ``at``; raises ``NoPolicyInForce``."""
    moment = at or clock.now()

    def find() -> Policy | None:
        posted = [each for each in _published(operator) if each[2] <= moment and each[3] is None]
        return _compiled(operator, *posted[0][:2]) if posted else None

    policy = _within(operator, find)
    if policy is None:
        raise NoPolicyInForce(
            "The operator has no policy in force at that moment. Publish one first."
        )
    return policy


def _published(operator: UUID) -> swift.Rows:
    """Number, digest and first moment of each version, the newest first; a transaction asks the
    database once."""
    known = facts()
    if ("published", operator) in known:
        return cast("swift.Rows", known["published", operator])
    found = swift.rows(_PUBLISHED, (operator,))
    if found:
        known["published", operator] = found
    return found


@functools.lru_cache(maxsize=_KEPT)
def by_digest(operator: UUID, digest: str) -> Policy:
    """The published policy of this digest; raises ``UnknownVersion``. A process asks once."""

    def find() -> Policy | None:
        posted = [each for each in _published(operator) if each[1] == digest]
        return _compiled(operator, *posted[0][:2]) if posted else None

    policy = _within(operator, find)
    if policy is None:
        raise UnknownVersion("The operator has no version of this digest.")
    return policy


def version(operator: UUID, number: int) -> Policy:
    """The policy as published under ``number``; raises ``UnknownVersion``."""

    def find() -> Policy | None:
        chosen = Version.objects.filter(operator_id=operator, number=number)
        digest = chosen.values_list("digest", flat=True).first()
        return _compiled(operator, number, digest) if digest else None

    policy = _within(operator, find)
    if policy is None:
        raise UnknownVersion(f"The operator has no version {number}. Look at the list of versions.")
    return policy


def versions(operator: UUID) -> list[VersionRow]:
    """All published versions, the newest first."""
    rows = (
        Version.objects.filter(operator_id=operator)
        .order_by("-number")
        .values_list("number", "digest", "dated", "posted_at", "effective_from")
    )
    gone = Cancelled.objects.filter(operator_id=operator).values_list("number", "at")

    def find() -> list[VersionRow]:
        found, never = rows.all(), dict(gone.all())
        return [VersionRow(*row, cancelled_at=never.get(row[0])) for row in found]

    return _within(operator, find) or []


def _within(operator: UUID, find: Callable[[], T | None]) -> T | None:
    """What ``find`` sees in the caller's scope, else in one of its own: commands, and pages that
    belong to no operator, ask outside of every scope."""
    found = find()
    if found:
        return found
    with operator_scope(operator):
        return find()


def operators() -> list[OperatorRow]:
    """Every operator of this installation, by slug."""
    rows = Operator.objects.order_by("slug").values_list("id", "slug", "brand")
    return [OperatorRow(*row) for row in rows]


def operator_by_slug(slug: str) -> OperatorRow | None:
    row = Operator.objects.filter(slug=slug).values_list("id", "slug", "brand").first()
    return OperatorRow(*row) if row else None


@functools.lru_cache(maxsize=_KEPT)
def _compiled(operator: UUID, number: int, digest: str) -> Policy:
    """Compiled from the stored sources. The digest is in the key because one process may work
    on several databases, as a rehearsal does."""
    row = Version.objects.get(operator_id=operator, number=number, digest=digest)
    return compile_sources(Sources(row.sources)).or_raise()
