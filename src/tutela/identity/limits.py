"""How often something may be tried: rows that several processes share, and that soon go.

What is counted (a network address, a mail address) is personal data, so a row holds a keyed
digest of it and of the window, which leads nowhere without the key of the installation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.identity.models import Attempt

_COUNT = """
INSERT INTO identity_attempt (operator_id, digest, times, ends_at) VALUES (%s, %s, 1, %s)
ON CONFLICT (operator_id, digest) DO UPDATE SET times = identity_attempt.times + 1
RETURNING times
"""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class TooOften(TutelaError):
    """Something was tried too often in a short time; wait, then try again."""

    status = 429

    keeps = True
    """The count must outlive the refusal, or nobody would ever be refused."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` tries in each ``window``. ``shared`` holds for everybody together whose
    source is unknown, because they cannot be told apart."""

    name: str
    most: int
    window: timedelta
    shared: int = 0

    def spend(self, operator_id: UUID, key: str) -> bool:
        """Count one more try under ``key``; whether it is still within the limit."""
        now = clock.now()
        number = (now - _EPOCH) // self.window
        digest = salted_hmac(
            "tutela.identity.limits", f"{self.name}|{number}|{key}", algorithm="sha256"
        ).hexdigest()
        ends = _EPOCH + self.window * (number + 1)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [operator_id, digest, ends])
            (times,) = cursor.fetchone()
        allowed = self.most if key or not self.shared else self.shared
        return bool(times <= allowed)

    def demand(self, operator_id: UUID, key: str) -> None:
        """``spend``, or ``TooOften`` with the sentence for the person."""
        if not self.spend(operator_id, key):
            raise TooOften(
                _(
                    "This was tried too often in a short time. Wait %(minutes)d minutes, then "
                    "try again."
                )
                % {"minutes": self.window // timedelta(minutes=1)}
            )


QUARTER = timedelta(minutes=15)
LINKS_PER_ADDRESS = Limit("links-per-address", 5, QUARTER)
"""Letters with a link that one address gets, so that nobody's mailbox is flooded."""

LINKS_PER_SOURCE = Limit("links-per-source", 30, QUARTER, shared=3000)
OPENINGS_PER_SOURCE = Limit("openings-per-source", 30, QUARTER, shared=3000)
"""Links and tokens that one network address may fail to open."""

MATCHES_PER_SUBJECT = Limit("matches-per-subject", 5, timedelta(hours=1))
"""Wrong answers about what is held, by which somebody could guess it."""

ASKS_PER_SUBJECT = Limit("asks-per-subject", 10, timedelta(hours=1))
"""Requests to act for somebody else."""


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove the counts of windows that are over; how many."""
    gone, _rows = Attempt.objects.filter(operator_id=operator_id, ends_at__lte=now).delete()
    return gone
