"""Living through time: the page grows line by line while everything that is due happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tutela.core import clock as present
from tutela.demo import clock
from tutela.demo.clock import NoSuchTime
from tutela.demo.pages import demo_page
from tutela.jobs.engine import Step
from tutela.web import dates
from tutela.web.pages import PageRequest

_GAP = "<!-- steps -->"
_JUMPS: dict[str, Callable[[datetime], datetime]] = {
    "day": lambda now: clock.target(now, days=1),
    "week": lambda now: clock.target(now, days=7),
    "month": lambda now: clock.target(now, days=30),
    "year": lambda now: clock.target(now, years=1),
}
_WORDS: dict[str, Callable[[int], str]] = {
    "obligations": lambda n: ngettext(
        "%(n)s obligation worked on", "%(n)s obligations worked on", n
    ),
    "retention": lambda n: ngettext(
        "%(n)s record at the end of its time", "%(n)s records at the end of their time", n
    ),
    "requests.authorities": lambda n: ngettext(
        "%(n)s authority looked at", "%(n)s authorities looked at", n
    ),
    "detection": lambda n: ngettext(
        "%(n)s unusual access noticed", "%(n)s unusual accesses noticed", n
    ),
    "requests.letters": lambda n: ngettext("%(n)s letter sent", "%(n)s letters sent", n),
    "identity.forget": lambda n: ngettext(
        "%(n)s old sign-in forgotten", "%(n)s old sign-ins forgotten", n
    ),
    "requests.asks": lambda n: ngettext("%(n)s link asked for", "%(n)s links asked for", n),
    "consent.visitors": lambda n: ngettext(
        "%(n)s old choice of a visitor forgotten", "%(n)s old choices of visitors forgotten", n
    ),
    "processors": lambda n: ngettext("%(n)s processor told", "%(n)s processors told", n),
    "demo.processors": lambda n: ngettext(
        "%(n)s processor has destroyed its copy", "%(n)s processors have destroyed their copies", n
    ),
    "runs": lambda n: ngettext("%(n)s step of a run", "%(n)s steps of a run", n),
    "journal": lambda n: ngettext("%(n)s journal entry sealed", "%(n)s journal entries sealed", n),
}
"""Sweep, or the room that it belongs to → words for how much it did."""
_HOUSEKEEPING = frozenset({"journal", "identity.forget", "requests.asks", "consent.visitors"})
"""What happens all the time and is told in one line at the end."""


@demo_page("demo/clock/", name="demo-clock", methods=("POST",))
def advance(request: PageRequest) -> HttpResponseBase:
    """``jump`` (day, week, month, year) or ``to`` (a date), counted from ``from``: the moment
    that the page showed. So a page sent twice goes no further than the person asked."""
    moment = _wanted(
        request.POST.get("from", ""), request.POST.get("jump", ""), request.POST.get("to", "")
    )
    if moment <= present.now():
        raise NoSuchTime(_("Time only goes forward here: choose a moment after the present one."))
    page = render_to_string("demo/living.html", {"until": moment, "gap": _GAP}, request=request)
    before, after = page.split(_GAP)
    response: HttpResponseBase = StreamingHttpResponse(
        _told(request.visit.language, before, clock.steps(moment), after)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted(shown: str, jump: str, to: str) -> datetime:
    try:
        start = datetime.fromisoformat(shown) if shown else present.now()
        if jump in _JUMPS:
            return _JUMPS[jump](start.astimezone(UTC))
        return clock.target(
            start.astimezone(UTC), to=datetime.combine(date.fromisoformat(to), time(12), UTC)
        )
    except (ValueError, OverflowError):
        raise NoSuchTime(_("Choose a date, or one of the steps.")) from None


def _told(language: str, before: str, steps: Iterator[Step], after: str) -> Iterator[str]:
    """The language is activated here anew: the request is over when a stream is read."""
    with translation.override(language):
        yield before
        housekeeping: Counter[str] = Counter()
        quiet, month = True, 0
        for step in steps:
            if month not in {0, step.moment.month}:
                yield format_html(
                    '<li class="done"><p class="note">{}</p></li>\n', dates.day(step.moment)
                )
            month = step.moment.month
            housekeeping.update({slug: n for slug, n in step.done if slug in _HOUSEKEEPING})
            if step.failures or any(slug not in _HOUSEKEEPING for slug, _n in step.done):
                quiet = False
                yield _line(step)
        if quiet:
            yield _item(_("Nothing was due in this time"), "")
        if housekeeping:
            yield _item(_("And along the way"), _done(housekeeping.items()))
        yield after


def _line(step: Step) -> str:
    failed = ", ".join(each.sweep for each in step.failures)
    return _item(
        dates.minute(step.moment),
        _done((slug, n) for slug, n in step.done if slug not in _HOUSEKEEPING),
        _("Failed and tried again later: %s") % failed if failed else "",
    )


def _item(title: str, note: str, problem: str = "") -> str:
    lines = ((kind, text) for kind, text in (("note", note), ("error", problem)) if text)
    told = format_html_join("", '<p class="{}">{}</p>', lines)
    return format_html('<li class="done"><p><strong>{}</strong></p>{}</li>\n', title, told)


def _done(done: Iterable[tuple[str, int]]) -> str:
    return "; ".join(_words(slug, count) for slug, count in done if count)


def _words(slug: str, count: int) -> str:
    known = _WORDS.get(slug) or _WORDS.get(slug.partition(".")[0])
    return known(count) % {"n": count} if known else f"{slug}: {count}"
