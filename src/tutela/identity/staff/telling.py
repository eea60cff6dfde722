"""The journals in which what happens to an account stands: one for each operator it works for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.identity.models import StaffRole
from tutela.identity.staff import sealing
from tutela.identity.staff.entries import StaffSignInFailed
from tutela.identity.staff.limits import IN_HAND
from tutela.identity.staff.models import StaffAttempt
from tutela.journal import actions as journal
from tutela.journal.entries import Entry
from tutela.policy import actions as policies

_RIPE = "SELECT FROM identity_staff_attempt WHERE NOT told AND at < %s LIMIT 1"


def workplaces(user_id: int) -> Iterator[UUID]:
    """The operators at which an account has a role; each is open while it is looked at."""
    for each in policies.operators():
        with operator_scope(each.id):
            if StaffRole.objects.filter(operator_id=each.id, user_id=user_id).exists():
                yield each.id


def tell(user_id: int, made: Callable[[], Entry]) -> None:
    """Write an entry into the journal of every operator the account works for."""
    with transaction.atomic():
        for operator_id in workplaces(user_id):
            journal.append(operator_id, made())


def themselves(user_id: int) -> Actor:
    return Actor(ActorKind.STAFF, str(user_id))


def is_waiting(_operator_id: UUID, _now: datetime) -> bool:
    """Whether ``tell_failures`` has anything to look at."""
    return bool(swift.rows(_RIPE, (clock.machine() - IN_HAND,)))


def tell_failures(operator_id: UUID) -> int:
    """Journal attempts that failed since the last look; how many accounts they were at.

    It happens after the answer, so that an answer takes as long for a name that nobody has.
    """
    ripe = StaffAttempt.objects.filter(told=False, at__lt=clock.machine() - IN_HAND)
    if not ripe.exists():
        return 0
    with transaction.atomic():
        with operator_scope(operator_id):
            rows = StaffRole.objects.filter(operator_id=operator_id)
            staff = set(rows.values_list("user_id", flat=True))
        names = User.objects.filter(pk__in=staff).values_list("pk", "username")
        accounts = {sealing.account_digest(name): pk for pk, name in names}
        fresh = ripe.select_for_update(skip_locked=True).filter(account__in=accounts)
        failed = list(fresh.values_list("id", "account"))
        counts = Counter(account for _, account in failed)
        for account, times in sorted(counts.items()):
            user = accounts[account]
            tell(user, lambda user=user, times=times: StaffSignInFailed(user=user, attempts=times))  # type: ignore[misc]
        StaffAttempt.objects.filter(id__in=[each for each, _ in failed]).update(told=True)
    return len(counts)
