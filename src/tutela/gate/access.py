"""Who may be let in: acknowledgements of the policy, and reviews of who holds which role.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.gate.approvals import acknowledged_by
from tutela.gate.entries import AccessConfirmed, Acknowledged
from tutela.gate.errors import OwnRole
from tutela.gate.models import Acknowledgement, Review, Used
from tutela.identity import actions as identity
from tutela.identity.errors import UnknownRole
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.terms import compute

_USED = """
INSERT INTO gate_used (operator_id, user_id, role, day)
SELECT %(operator)s, %(user)s, %(role)s, %(day)s
WHERE NOT EXISTS (
    SELECT FROM gate_used WHERE operator_id = %(operator)s AND user_id = %(user)s
        AND role = %(role)s AND day >= %(day)s
) AND pg_try_advisory_xact_lock(hashtextextended(%(lock)s, 0))
ON CONFLICT (operator_id, user_id, role) DO UPDATE SET day = excluded.day
"""
"""Once a day for each role; who cannot write at once leaves it to the transaction that does."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A role that somebody holds. ``due`` is when it is to be looked over again, if ever;
    ``confirmed_by`` is the id of whoever did it last."""

    user_id: int
    name: str
    role: str
    granted_at: datetime
    active: bool
    last_used: date | None
    confirmed_at: datetime | None
    confirmed_by: str
    due: datetime | None

    def overdue(self, now: datetime) -> bool:
        return self.active and self.due is not None and self.due <= now


def asked_to_acknowledge(operator_id: UUID, actor: Actor) -> bool:
    """Whether this member of staff has still to acknowledge the policy in force."""
    policy = policies.in_force(operator_id)
    if actor.kind is not ActorKind.STAFF or not policy.access.acknowledgement:
        return False
    return actor.id not in acknowledged_by(operator_id, policy, {actor.id})


def acknowledge(operator_id: UUID, actor: Actor) -> None:
    """State that the member of staff has read the policy in force; a repeat changes nothing."""
    policy, user = policies.in_force(operator_id), int(actor.id)
    row = Acknowledgement(
        operator_id=operator_id, user_id=user, policy_number=policy.number, at=clock.now()
    )
    known = Acknowledgement.objects.filter(
        operator_id=operator_id, user_id=user, policy_number=policy.number
    )
    if known.exists():
        return
    Acknowledgement.objects.bulk_create([row], ignore_conflicts=True)
    said = Acknowledged(
        actor=actor,
        clause=policy.clause_of("org.training"),
        policy_version=policy.number,
        automated=False,
        user=user,
        number=policy.number,
    )
    journal.append(operator_id, said)


def acknowledged(operator_id: UUID, policy: Policy, users: Collection[int]) -> set[int]:
    """Which of these users have acknowledged what the policy wants acknowledged."""
    return {int(each) for each in acknowledged_by(operator_id, policy, set(map(str, users)))}


def acknowledgements(operator_id: UUID) -> dict[int, tuple[int, datetime]]:
    """The last version that each member of staff has acknowledged, and when."""
    rows = Acknowledgement.objects.filter(operator_id=operator_id).order_by("policy_number")
    return {each.user_id: (each.policy_number, each.at) for each in rows}


def used(operator_id: UUID, actors: Iterable[Actor]) -> None:
    """Remember that these members of staff were let do something today in their role."""
    day = clock.now().date()
    for actor in set(actors):
        if actor.kind is not ActorKind.STAFF or not actor.id.isdigit():
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                _USED,
                {
                    "operator": operator_id,
                    "user": int(actor.id),
                    "role": actor.role,
                    "day": day,
                    "lock": f"gate.used:{operator_id}:{actor.id}",
                },
            )


def holders(operator_id: UUID, policy: Policy | None = None) -> list[Holder]:
    """Who holds which role, since when, last used, last confirmed by whom, and due when."""
    policy = policy or policies.in_force(operator_id)
    last = {
        (each.user_id, each.role): each
        for each in Review.objects.filter(operator_id=operator_id).order_by("at")
    }
    days = {
        (each.user_id, each.role): each.day for each in Used.objects.filter(operator_id=operator_id)
    }
    found = []
    for each in identity.role_holders(operator_id):
        key = (each.user_id, each.role)
        review = last.get(key)
        stale = review is not None and review.at < each.granted_at
        confirmed = None if review is None or stale else review
        since = confirmed.at if confirmed else each.granted_at
        found.append(
            Holder(
                *(each.user_id, each.name, each.role, each.granted_at, each.active),
                last_used=days.get(key),
                confirmed_at=confirmed.at if confirmed else None,
                confirmed_by=confirmed.by if confirmed else "",
                due=_due(policy, since),
            )
        )
    return found


def _due(policy: Policy, since: datetime) -> datetime | None:
    every = policy.access.review_every
    return compute(every, since, policy.calendar).at if every else None


def confirm(operator_id: UUID, user_id: int, role: str, *, by: Actor) -> None:
    """State that somebody still needs a role. Raises ``OwnRole`` for one's own, ``UnknownRole``
    for a role that they do not hold."""
    if by.kind is ActorKind.STAFF and by.id == str(user_id):
        raise OwnRole(_("This is your own role. Somebody else has to look it over."))
    held = {(each.user_id, each.role) for each in identity.role_holders(operator_id)}
    if (user_id, role) not in held:
        raise UnknownRole(_("Nobody holds this role any more. Look at the list again."))
    now = clock.now()
    Review.objects.create(
        operator_id=operator_id,
        id=new_id(),
        user_id=user_id,
        role=role,
        at=now,
        by=by.id or str(by.kind),
    )
    policy = policies.in_force(operator_id)
    said = AccessConfirmed(
        actor=by,
        clause=policy.clause_of("access.roles"),
        automated=by.kind is not ActorKind.STAFF,
        user=user_id,
        role=role,
    )
    journal.append(operator_id, said)
