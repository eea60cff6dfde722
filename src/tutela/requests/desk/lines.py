"""One line of the desk: what is due, whose it is, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.requests import promises
from tutela.requests.kinds import KINDS
from tutela.requests.models import Case
from tutela.requests.promises import PromiseShown
from tutela.requests.wording import NEXT
from tutela.web import dates
from tutela.web.pages import PageRequest

SOON = timedelta(hours=48)
"""From how long before its due moment a promise is called “soon” (proof: at risk)."""
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that a promise was given for."""

    id: UUID
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the desk. ``by_itself`` is true where the system acts without a person; then
    ``next`` tells when it does, and otherwise what a member of staff does next."""

    promise: PromiseShown
    cause: UUID
    subject: UUID | None
    state: str
    by_itself: bool
    next: str
    request: Asked | None = None


def due_line(row: obligations.ObligationRow, language: str, now: datetime) -> Due:
    shown = promises.shown(row, language)
    by_itself = row.outcome in obligations.HANDLERS
    soon = row.standing and row.due_at - now <= SOON
    state = "soon" if soon and row.state == "open" else row.state
    said = _next(row, shown, by_itself=by_itself)
    return Due(shown, row.cause, row.subject_id, state, by_itself, said)


def with_requests(operator_id: UUID, dues: Sequence[Due]) -> list[Due]:
    """The same lines, each with the request it follows from, if there is one."""
    rows = Case.objects.filter(operator_id=operator_id, id__in={each.cause for each in dues})
    asked = {row.id: Asked(row.id, row.number, str(KINDS[row.kind].title)) for row in rows}
    return [replace(each, request=asked.get(each.cause)) for each in dues]


def _next(row: obligations.ObligationRow, shown: PromiseShown, *, by_itself: bool) -> str:
    if not row.standing:
        return ""
    if not by_itself:
        return str(NEXT.get(row.outcome, ""))
    when = dates.near_day(row.next_attempt_at, timezone.localtime(clock.now()).date())
    if shown.failure:
        return _("Waits: %(reason)s. Tried again on %(when)s") % {
            "reason": shown.failure,
            "when": when,
        }
    return _("The system does it on %(when)s and files an act") % {"when": when}


def entries(request: PageRequest, subject: UUID) -> list[tuple[journal.Row, str]]:
    visit = request.visit
    rows = journal.entries(visit.operator_id, subject=subject, limit=PER_PAGE, newest_first=True)
    return [(each, journal.wording(each, visit.language)) for each in rows]
