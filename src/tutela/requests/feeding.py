"""The due dates of the desk for a calendar program: a secret address for each member of staff.

What leaves here goes to a server that nobody at the operator runs, so it says what is due and
never whom it is about (request.clock; 001 5.5, 004 7.5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from tutela.core import clock
from tutela.core.ids import new_token
from tutela.core.vocabulary import Actor
from tutela.identity.limits import OPENINGS_PER_SOURCE, Limit
from tutela.journal import actions as journal
from tutela.policy.terms import Computation
from tutela.requests import cases
from tutela.requests.entries import CalendarClosed, CalendarOpened
from tutela.requests.models import CalendarAddress, Case
from tutela.requests.promises import exact
from tutela.requests.showing import shown, staff_names

READS = Limit("calendar-reads", 60, timedelta(minutes=15))
"""How often one address is answered; calendar programs ask a few times an hour."""
_MOST = 1000
_AN_HOUR = timedelta(hours=1)


def address_of(operator_id: UUID, staff: str) -> CalendarAddress | None:
    """What is known of the address of a member of staff; its secret is not."""
    return CalendarAddress.objects.filter(operator_id=operator_id, staff=staff).first()


def make_address(operator_id: UUID, language: str, *, by: Actor) -> str:
    """A new secret for whoever asks; the one they had before opens nothing any more."""
    secret = new_token()
    CalendarAddress.objects.filter(operator_id=operator_id, staff=by.id).delete()
    CalendarAddress.objects.create(
        operator_id=operator_id,
        staff=by.id,
        digest=_digest(secret),
        language=language,
        made_at=clock.now(),
    )
    journal.append(operator_id, CalendarOpened(actor=by, automated=False))
    return secret


def end_address(operator_id: UUID, *, by: Actor) -> None:
    """Let the address of whoever asks open nothing any more."""
    gone, _tables = CalendarAddress.objects.filter(operator_id=operator_id, staff=by.id).delete()
    if gone:
        journal.append(operator_id, CalendarClosed(actor=by, automated=False))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def calendar(
    operator_id: UUID, secret: str, *, source: str, brand: str, link: Callable[[str, UUID], str]
) -> bytes | None:
    """The calendar behind an address, as RFC 5545 writes it; None where it opens nothing (more).

    ``link(language, case)`` is the address of a request’s page. Raises ``TooOften``.
    """
    row = CalendarAddress.objects.filter(operator_id=operator_id, digest=_digest(secret)).first()
    if row is None or row.staff not in staff_names(operator_id):
        OPENINGS_PER_SOURCE.demand(operator_id, source)
        return None
    READS.demand(operator_id, row.digest)
    CalendarAddress.objects.filter(operator_id=operator_id, staff=row.staff).update(
        asked_at=clock.now()
    )
    with override(row.language):
        return _written(operator_id, row.language, brand, lambda case: link(row.language, case))


def _written(operator_id: UUID, language: str, brand: str, link: Callable[[UUID], str]) -> bytes:
    from icalendar import Calendar  # noqa: PLC0415 - loaded where one is asked for, for a quick start

    made: Any = Calendar()
    made.add("prodid", "-//Tutela//Requests//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", _("Requests: %(brand)s") % {"brand": brand})
    for each in cases.listing(operator_id, standing=True)[:_MOST]:
        made.add_component(_event(each, language, link(each.id)))
    return bytes(made.to_ical())


def _event(row: Case, language: str, url: str) -> object:
    """One request: on its last day, or at the minute of a term in hours."""
    from icalendar import Event  # noqa: PLC0415 - as above

    computation = Computation.from_json(row.computation)
    line = shown(row, language, clock.now(), {})
    event: Any = Event()
    event.add("uid", f"{row.id}@tutela")
    event.add("dtstamp", clock.now())
    if exact(computation):
        event.add("dtstart", row.due_at - _AN_HOUR)
        event.add("dtend", row.due_at)
    else:
        event.add("dtstart", computation.last_day)
    event.add("summary", f"№ {row.number} {line.kind.title}")
    said = [f"{line.next}.", line.waits, f"{line.source}. {line.counted}", url]
    event.add("description", "\n".join(each for each in said if each))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    return event
