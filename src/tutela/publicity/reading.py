"""What everybody can read: decided and screened anew at each look, and not in bulk.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import publishing
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, VISITOR, Action
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity.limits import Limit
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.publicity import rules
from tutela.publicity.entries import BulkRead, TextWithheld
from tutela.publicity.errors import ReadTooMuch, UnknownListing
from tutela.publicity.models import Listing
from tutela.vault import actions as vault

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader sees: ``values`` by field, and nothing else of the person."""

    id: UUID
    point: str
    purpose: str
    opened_at: datetime
    values: Mapping[str, str] = field(default_factory=dict)


def listings(operator_id: UUID, *, limit: int = 100) -> list[Shown]:
    """What is public, the newest first, without a value: the texts open one by one."""
    rows = Listing.objects.filter(operator_id=operator_id, closed_at=None).order_by("-opened_at")
    return [Shown(each.id, each.point, each.purpose, each.opened_at) for each in rows[:limit]]


def read(operator_id: UUID, listing: UUID) -> Shown:
    """What everybody can see at a public address, decided and screened now. Raises
    ``UnknownListing`` also where nothing of it is public any more."""
    row = Listing.objects.filter(operator_id=operator_id, id=listing, closed_at=None).first()
    values = _visible(operator_id, row) if row else {}
    if row is None or not values:
        raise UnknownListing(_("Nothing is public here, or not any more."))
    return Shown(row.id, row.point, row.purpose, row.opened_at, values)


def _visible(operator_id: UUID, row: Listing) -> dict[str, str]:
    policy = policies.in_force(operator_id)
    agreed = {
        slug
        for purpose, slug in publishing.published(operator_id, row.subject_id)
        if purpose == row.purpose
    }
    held = vault.holdings(operator_id, row.subject_id).get(row.record, frozenset())
    if not agreed & held:
        return {}
    leave = gate.decide(
        Operation(
            operator=operator_id,
            subject=row.subject_id,
            action=Action.DISSEMINATION,
            purpose=row.purpose,
            fields=frozenset(agreed & held),
            actor=SYSTEM,
            record=row.record,
        )
    )
    if not isinstance(leave, Permit):
        return {}
    values = {
        each.field: each.value
        for each in vault.read(leave)
        if each.record == row.record and each.file is None
    }
    found = rules.screened(policy, values)
    if found:
        said = TextWithheld(
            subject=row.subject_id,
            clause=policy.clause_of(rules.GUARD),
            policy_version=policy.number,
            record=row.record,
            fields=tuple(sorted(found)),
            found=rules.kinds(found),
        )
        journal.append(operator_id, said)
    return {slug: value for slug, value in values.items() if slug not in found}


def demand_patience(operator_id: UUID, source: str) -> None:
    """Count one more page read from a source; the one that goes too far is journalled, which
    raises an alarm, and refused (000 6/p2). Raises ``ReadTooMuch``."""
    policy = policies.in_force(operator_id)
    most = rules.reads(policy)
    if Limit("public-reads", most, QUARTER, shared=100 * most).spend(operator_id, source):
        return
    if Limit("public-alarms", 1, QUARTER).spend(operator_id, source):
        said = BulkRead(
            actor=VISITOR,
            clause=policy.clause_of(rules.GUARD),
            policy_version=policy.number,
            most=most,
        )
        journal.append(operator_id, said)
    raise ReadTooMuch(_("You have read many pages in a short time. Wait 15 minutes, then go on."))
