"""What a member of staff has for themselves: views of the queue, and due dates in a calendar."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from tests.requests.conftest import desk, my, post, words

from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.requests import cases
from tutela.requests.forecasting import expected, forecast

OWN = desk("requests/calendar/own/")


def opened(house, kind, channel="paper", subject=None, **more):
    with operator_scope(house.id):
        return cases.open_case(house.id, kind, channel, subject, cause=new_id(), **more)


def address(officer, **values) -> str:
    page = post(officer, OWN, do="make", **values).content.decode()
    return "/calendar/" + re.search(r"/calendar/(\S+\.ics)", page)[1]


def test_a_calendar_program_learns_what_is_due_and_never_whom_it_is_about(house, stranger):
    subject = house.send("order").subject
    case = opened(house, "access", subject=subject)
    answer = stranger.get(address(house.staff()))
    assert answer.headers["Content-Type"].startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    with operator_scope(house.id):
        row = cases.get(house.id, case)
    assert event.decoded("dtstart") == date(2024, 6, 18), "12 June is a public holiday"
    assert event["summary"] == f"№ {row.number} Access to one’s data"
    assert event["url"].endswith(desk(f"requests/{case}/"))
    said = answer.content.decode()
    assert str(subject) not in said
    assert subject.hex[-6:] not in said
    assert "Sample" not in said


def test_an_address_opens_until_another_is_made_or_it_is_ended(house, stranger):
    officer = house.staff()
    first = address(officer)
    second = address(officer)
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    assert second not in officer.get(OWN).content.decode(), "it is shown once"
    post(officer, OWN, do="end")
    assert stranger.get(second).status_code == 404


def test_an_address_opens_nothing_once_its_officer_works_here_no_more(house, stranger):
    from django.contrib.auth.models import User  # noqa: PLC0415

    here = address(house.staff())
    User.objects.filter(username="officer").update(is_active=False)
    assert stranger.get(here).status_code == 404


def test_a_calendar_is_answered_a_limited_number_of_times(house, stranger):
    here = address(house.staff())
    assert {stranger.get(here).status_code for _ in range(60)} == {200}
    assert stranger.get(here).status_code == 429
    house.at.set(house.at.now() + timedelta(minutes=15))
    assert stranger.get(here).status_code == 200


def test_a_view_is_kept_under_a_name_for_its_officer_alone_and_removed(house):
    opened(house, "authority", channel="authority", asker="authority")
    opened(house, "question")
    officer, queue = house.staff(), desk("requests/")
    form = {"action": desk("requests/views/")}
    post(
        officer,
        f"{queue}?kind=authority",
        **form,
        view="all",
        kind="authority",
        name=" From  above ",
    )
    page = officer.get(queue).content.decode()
    assert "Your views" in page
    (url,) = re.findall(r'href="([^"]+)">From above<', page)
    assert "kind=authority" in url
    assert words(officer.get(url.replace("&amp;", "&"))).count("№ ") == 2, "one line, one choice"
    assert "From above" not in words(house.staff("clerk").get(queue))
    shown = officer.get(url.replace("&amp;", "&")).content.decode()
    kept = re.search(r'name="remove" value="([^"]+)"', shown)[1]
    post(officer, url.replace("&amp;", "&"), **form, remove=kept)
    assert "From above" not in words(officer.get(queue))


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_view_without_a_name_is_not_kept(house, name):
    answer = post(house.staff(), desk("requests/"), action=desk("requests/views/"), name=name)
    assert answer.status_code == 409


def test_several_requests_are_named_or_taken_at_once(house):
    officer, queue = house.staff(), desk("requests/")
    both = [opened(house, "question", received_at=house.at.now()) for _ in range(2)]
    form = {"action": desk("requests/assign/"), "case": [str(each) for each in both]}
    assert post(officer, queue, **form, do="name", kind="access").status_code == 302
    assert post(officer, queue, **form, do="take").status_code == 302
    with operator_scope(house.id):
        rows = [cases.get(house.id, each) for each in both]
    assert {each.kind for each in rows} == {"access"}
    assert all(each.assignee for each in rows)
    assert post(officer, queue, action=desk("requests/assign/"), do="take").status_code == 409


def test_whoever_asked_is_told_that_a_date_has_passed(house):
    subject = house.send("order").subject
    opened(house, "access", subject=subject)
    assert "We are late" not in words(house.person(subject).get(my("requests/")))
    house.at.set(house.at.now() + timedelta(days=21))
    assert "Promised by 18 June. late We are late with it" in words(
        house.person(subject).get(my("requests/"))
    )


def test_a_forecast_counts_what_is_known_on_its_day_and_what_earlier_weeks_let_expect(house):
    opened(house, "access")
    with operator_scope(house.id):
        made = forecast(house.id, list(cases.listing(house.id, standing=True)))
    assert len(made.columns) == 28
    (day,) = [each for each in made.columns if each.value]
    assert (day.short, day.value) == ("18", 1)
    today = date(2024, 6, 3)
    seen = [
        (today - timedelta(days=back), today - timedelta(days=back - 7)) for back in (27, 55, 83)
    ]
    assert expected(seen, today)[date(2024, 6, 11)] == 1
