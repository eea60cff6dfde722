"""Every limit that the five policies set, as their operators count it: the last day, or the moment.

Each row names clause, promise or rule of retention, and what an independent hand has counted from
Monday 3 June 2024, noon at the operator (familami: 1 August 2022). What the texts tie to an event
and to no length of time has no date; what must come before something else is no clock at all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from tests.operators.sources import SAMPLES

from tutela.policy.folders import load_folder
from tutela.policy.model import Policy
from tutela.policy.terms import Term, Undated, compute
from tutela.requests import clocks

RECEIVED = {"familami": date(2022, 8, 1)}
MONDAY = date(2024, 6, 3)

NAMES = ("amigo", "familami", "uslugi", "amorealtor", "prohomeexchange")

DAYS = [
    ("amigo", "after-profile", "8/b1(c)", date(2029, 6, 3)),
    ("amigo", "statutory-year", "8/p2", date(2025, 6, 3)),
    ("familami", "destroy-at-purpose", "6.2(a)", date(2022, 8, 31)),
    ("familami", "destroy-after-withdrawal", "6.2(b)", date(2022, 8, 31)),
    ("familami", "destroy-after-account", "6.6", date(2022, 8, 31)),
    ("familami", "answer-claim", "8.2", date(2022, 8, 31)),
    ("familami", "after-the-contract", "5.7", date(2025, 8, 1)),
    ("amorealtor", "answer-claim", "9.2", date(2024, 8, 2)),
    ("amorealtor", "consider-withdrawal", "11.11.2", date(2024, 6, 18)),
    ("amorealtor", "stop-after-withdrawal", "11.11.3(a)", date(2024, 6, 18)),
    ("amorealtor", "destroy-after-withdrawal", "11.11.3(b)", date(2024, 6, 18)),
    ("prohomeexchange", "consider-objection", "2.10/b7(d)", date(2024, 7, 3)),
    ("prohomeexchange", "site-forms", "8.1", date(2029, 6, 3)),
    ("prohomeexchange", "stop-distribution", "8.4(b)", date(2024, 6, 6)),
    ("prohomeexchange", "stop-distribution-by-court", "8.4(d)", date(2024, 6, 6)),
    ("prohomeexchange", "consider-erasure", "9.2(b)", date(2024, 6, 18)),
    ("prohomeexchange", "destroy-at-purpose", "9.3(b)", date(2024, 7, 3)),
    ("prohomeexchange", "destroy-after-withdrawal", "9.4(b)", date(2024, 7, 3)),
    ("prohomeexchange", "stop-on-demand", "9.5(a)", date(2024, 6, 18)),
    ("prohomeexchange", "destroy-after-stop", "9.5(a)", date(2024, 6, 18)),
    ("prohomeexchange", "answer-claim", "4.1/b7", date(2024, 6, 18)),
    ("prohomeexchange", "correct", "9.7", date(2024, 6, 13)),
    ("prohomeexchange", "destroy-on-demand", "9.8(a)", date(2024, 6, 13)),
    ("prohomeexchange", "tell-of-destruction", "9.8(b)", date(2024, 6, 13)),
    ("prohomeexchange", "tell-recipients-of-destruction", "9.8(c)", date(2024, 6, 13)),
    ("prohomeexchange", "stop-unlawful", "9.9(a)", date(2024, 6, 6)),
    ("prohomeexchange", "destroy-unlawful", "9.9(b)", date(2024, 6, 18)),
    ("prohomeexchange", "answer", "9.10(a)", date(2024, 6, 18)),
]
EXTENDED = [
    ("prohomeexchange", "stop-on-demand", date(2024, 6, 25)),
    ("prohomeexchange", "answer", date(2024, 6, 25)),
]
LONGER = ["destroy-at-purpose", "destroy-after-withdrawal", "destroy-after-stop"]
HOURS = [
    ("prohomeexchange", "report-incident", "9.11(1)(a)", 24),
    ("prohomeexchange", "report-investigation", "9.11(2)(a)", 72),
]
AT_ONCE = [
    ("amigo", "stop-at-expiry", "8/b1(a)"),
    ("amigo", "stop-after-withdrawal", "8/b1(b)"),
    ("amigo", "stop-at-goal", "8/b2"),
    ("amigo", "stop-unlawful", "8/b3"),
    ("familami", "stop-marketing", "1.3.3(d)"),
    ("familami", "block-on-request", "6.5(a)"),
    ("familami", "destroy-childs-data", "10.10(d)"),
    ("uslugi", "stop-mailings", "Использование/b7(b)"),
    ("amorealtor", "block-on-request", "7.2.4(a)"),
    ("amorealtor", "destroy-at-purpose", "11.9(a)"),
    ("prohomeexchange", "end-newsletter", "8.5(a)"),
    ("prohomeexchange", "stop-newsletter", "8.5(b)"),
    ("prohomeexchange", "block-on-request", "9.6(a)"),
]
WITHOUT_A_DATE = [
    ("amorealtor", "without-limit", "6.3"),
    ("amorealtor", "until-purpose", "11.5"),
    ("familami", "until-purpose", "5.7"),
    ("prohomeexchange", "until-purpose", "5.2/p2(a)"),
]


@cache
def policy_of(name: str) -> Policy:
    return load_folder(SAMPLES / name)


def start(name: str) -> datetime:
    day = RECEIVED.get(name, MONDAY)
    return datetime.combine(day, time(12), policy_of(name).calendar.time_zone)


def declared(name: str, slug: str):
    policy = policy_of(name)
    return policy.promises.get(slug) or policy.retention[slug]


@pytest.mark.parametrize(("name", "slug", "clause", "last_day"), DAYS)
def test_a_term_in_days_ends_on_the_day_that_was_counted(name, slug, clause, last_day) -> None:
    found = declared(name, slug)
    due = compute(found.term, start(name), policy_of(name).calendar)
    assert clause in found.clauses
    assert due.last_day == last_day
    assert due.at == policy_of(name).calendar.end_of(last_day)


@pytest.mark.parametrize(("name", "slug", "last_day"), EXTENDED)
def test_a_motivated_notice_gives_five_working_days_more(name, slug, last_day) -> None:
    """004 9.5(b), 9.10(b)."""
    found = declared(name, slug)
    calendar = policy_of(name).calendar
    due = compute(found.term, start(name), calendar, extension=found.extension)
    assert due.last_day == last_day


@pytest.mark.parametrize("slug", LONGER)
def test_what_is_impossible_has_six_months_from_the_event(slug) -> None:
    """004 9.3(d), 9.4(d), 9.5(d)."""
    limit = declared("prohomeexchange", slug).if_impossible
    calendar = policy_of("prohomeexchange").calendar
    assert (limit.counted_from, limit.block) == ("event", True)
    due = compute(limit.term, start("prohomeexchange"), calendar)
    assert due.last_day == date(2024, 12, 3)


@pytest.mark.parametrize(("name", "slug", "clause", "hours"), HOURS)
def test_hours_run_through_nights_and_weekends(name, slug, clause, hours) -> None:
    found = declared(name, slug)
    friday = datetime(2024, 6, 7, 22, 15, tzinfo=UTC)
    assert clause in found.clauses
    due = compute(found.term, friday, policy_of(name).calendar)
    assert due.at == friday + timedelta(hours=hours)


@pytest.mark.parametrize(("name", "slug", "clause"), AT_ONCE)
def test_what_is_promised_at_once_belongs_to_the_moment(name, slug, clause) -> None:
    found = declared(name, slug)
    assert clause in found.clauses
    assert compute(found.term, start(name), policy_of(name).calendar).at == start(name)


@pytest.mark.parametrize(("name", "slug", "clause"), WITHOUT_A_DATE)
def test_what_waits_for_an_event_or_for_ever_has_no_date(name, slug, clause) -> None:
    found = declared(name, slug)
    assert clause in found.clauses
    with pytest.raises(Undated):
        compute(found.term, start(name), policy_of(name).calendar)


def test_a_repeat_may_come_after_thirty_days() -> None:
    """004 2.11/b4."""
    policy = policy_of("prohomeexchange")
    (told,) = {
        str(each.parameters["not_before"])
        for each in policy.bindings
        if each.control == "request.repeat" and each.parameters.get("not_before")
    }
    due = compute(Term.parse(told), start("prohomeexchange"), policy.calendar)
    assert due.last_day == date(2024, 7, 3)


def test_the_term_that_a_court_has_set_goes_first() -> None:
    """004 8.4(c)."""
    policy = policy_of("prohomeexchange")
    clock = clocks.court_clock(policy, date(2024, 6, 30), start("prohomeexchange"))
    assert clock.due.last_day == date(2024, 6, 30)


def test_every_length_of_time_that_a_text_promises_is_counted_here() -> None:
    """What the law or an internal target adds aside."""
    promised = {
        (name, each.slug)
        for name in NAMES
        for each in policy_of(name).promises.values()
        if each.term.unit is not None and not each.from_law and not each.internal_target
    }
    assert promised - {(name, slug) for name, slug, *_rest in (*DAYS, *HOURS)} == set()
