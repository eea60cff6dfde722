"""One promise as a reader sees it: what, by which day, how many days are left, how it was counted.

Rows keep the first moment that is too late; a reader is told the last day that is in time, or the
exact minute where the term is in hours (request.clock).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tutela.core import clock
from tutela.journal.naming import last
from tutela.obligations import actions as obligations
from tutela.obligations.entries import AWAITED
from tutela.policy.terms import Computation
from tutela.policy.wording import OUTCOMES
from tutela.requests.wording import AHEAD, DONE
from tutela.retention.wording import REASONS, Reason
from tutela.web import dates

HOUR = timedelta(hours=1)
OBSTACLE = "obstacle."
"""What the name of a failure begins with when a registered reason stands in the way."""


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """One obligation in words. ``by`` is the last day, or minute, that is in time; ``left`` says
    how far it is; ``step`` is the line of a timeline; ``exact`` is true of a term in hours;
    ``failure`` says why the last attempt failed, ``waits`` for what the clock stands still."""

    id: UUID
    title: str
    step: str
    state: str
    standing: bool
    by: str
    left: str
    last_day: date
    counted: str
    exact: bool
    clause: str
    ended_at: datetime | None
    in_time: bool
    failure: str
    waits: str = ""


def shown(row: obligations.ObligationRow, language: str) -> PromiseShown:
    """``row`` as it stands now, in the active language, which is ``language``."""
    now = clock.now()
    computation = Computation.from_json(row.computation)
    by = by_when(computation)
    done = row.state == obligations.State.DISCHARGED
    words = DONE if done else AHEAD
    return PromiseShown(
        id=row.id,
        title=str(OUTCOMES.get(row.outcome, row.outcome)),
        step=str(words.get(row.outcome, row.outcome)) % {"by": by},
        state=row.state,
        standing=row.standing,
        by=by,
        left=left(computation, now) if row.standing else "",
        last_day=computation.last_day,
        counted=computation.explain(language),
        exact=exact(computation),
        clause=row.clause,
        ended_at=row.ended_at,
        in_time=row.in_time,
        failure=failure(row.last_failure) if row.standing else "",
        waits=waits(computation, now) if row.standing else "",
    )


def waits(computation: Computation, now: datetime) -> str:
    """For what the clock stands still at ``now``, and until when at the latest; or nothing."""
    still = computation.paused(now)
    if still is None:
        return ""
    return _("The clock stands still until %(until)s at the latest: %(why)s.") % {
        "until": last(still.ends),
        "why": AWAITED[still.why],
    }


def exact(computation: Computation) -> bool:
    """Whether the term is in hours or minutes and so ends at a minute, not with a day."""
    return (computation.extension or computation.step).ends is not None


def by_when(computation: Computation) -> str:
    """The last day in time (“12 December”), or the minute of a term in hours."""
    if exact(computation):
        return dates.minute(computation.due)
    return dates.near_day(computation.last_day, timezone.localtime(clock.now()).date())


def left(computation: Computation, now: datetime) -> str:
    """“today”, “in 3 days”, “2 days late”; near the end of a term in hours, the hours left."""
    if exact(computation) and abs(computation.due - now) < HOUR * 24:
        return _hours((computation.due - now) / HOUR)
    days = computation.last_day.toordinal() - timezone.localtime(now).date().toordinal()
    if days < 0:
        return ngettext("%(count)d day late", "%(count)d days late", -days) % {"count": -days}
    if days == 0:
        return pgettext("due", "today")
    if days == 1:
        return pgettext("due", "tomorrow")
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


def _hours(hours: float) -> str:
    if hours <= 0:
        return _("the hour has passed")
    count = int(hours)
    if not count:
        return _("within the hour")
    return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}


def failure(slug: str) -> str:
    """Why the system could not do it at its last attempt, in words; empty if nothing failed."""
    if not slug:
        return ""
    reason = slug.removeprefix(OBSTACLE)
    if reason in set(Reason):
        return str(REASONS[Reason(reason)])
    return _("the last attempt failed (%(reason)s); the system tries again by itself") % {
        "reason": slug
    }
