"""Wrong attempts are counted in rows, so that several processes count together.

An attempt is written down *before* the secret is looked at and removed when it was right: many
attempts sent at one moment cannot all pass under the limit. Nothing here depends on whether the
account exists, so an answer tells nobody that it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.identity.staff import limits, sealing
from tutela.identity.staff.models import StaffAttempt
from tutela.identity.staff.parameters import current
from tutela.web.source import source_of


class TooManyAttempts(TutelaError):
    """The account or the source was wrong too often; wait, or ask an officer to unlock it."""

    status = 429


@dataclass(frozen=True, slots=True)
class Attempt:
    id: UUID
    account: str


def begin(request: HttpRequest, name: str) -> Attempt:
    """Count an attempt at the account ``name``; raises ``TooManyAttempts`` if it may not be made.

    Call ``succeeded`` when the secret was right; otherwise the attempt stays counted.
    """
    now = clock.machine()
    account = sealing.account_digest(name)
    address = source_of(request)
    came_from = sealing.source_digest(address) if address else ""
    row = StaffAttempt.objects.create(id=new_id(), account=account, source=came_from, at=now)
    allowed = current().attempts
    crowd = bool(came_from) and _wrong(now, source=came_from) > allowed * limits.PER_SOURCE
    if crowd or _wrong(now, account=account) > allowed:
        row.delete()
        raise TooManyAttempts(
            _(
                "There were too many wrong attempts. Wait a quarter of an hour, or ask an officer "
                "of your operator to unlock the account."
            )
        )
    return Attempt(row.id, account)


def _wrong(now: datetime, **whose: str) -> int:
    since = now - limits.ATTEMPTS_WINDOW
    return StaffAttempt.objects.filter(at__gt=since, **whose).count()


def right_so_far(attempt: Attempt) -> None:
    """The password was right and a second factor is still to come: this was no mistake, but
    earlier ones stay counted, so that codes cannot be tried without end."""
    StaffAttempt.objects.filter(id=attempt.id).delete()


def succeeded(attempt: Attempt) -> None:
    """The secret was right: the account's earlier mistakes are forgiven."""
    StaffAttempt.objects.filter(
        models.Q(id=attempt.id) | models.Q(account=attempt.account)
    ).delete()


def unlock(name: str) -> bool:
    """Forget the wrong attempts at an account; False if there were none."""
    gone, _ = StaffAttempt.objects.filter(account=sealing.account_digest(name)).delete()
    return bool(gone)


def locked(name: str) -> bool:
    """Whether the next attempt at the account would be refused."""
    return _wrong(clock.machine(), account=sealing.account_digest(name)) >= current().attempts


def forget(now: datetime) -> int:
    """Remove attempts that are too old to matter; how many."""
    gone, _ = StaffAttempt.objects.filter(at__lte=now - limits.ATTEMPTS_KEPT).delete()
    return gone
