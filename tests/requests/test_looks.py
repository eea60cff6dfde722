"""The pages that need a person, a promise or an entry, looked at in Chromium."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from tests.requests.conftest import SLUG, STARTED, House

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MY = ("", "consents/", "withdraw/", "withdraw/?purpose=orders", "requests/", "recipients/")

LANGUAGE = "ru"
"""The longer one; every page is looked at in both in ``tests/journey/test_every_page.py``."""


@pytest.fixture
def lived():
    """A house in which one person waits for an answer and another has been destroyed."""
    with clock.use(clock.ManualClock(STARTED)) as at:
        house = House(at)
        gone = house.send("order", email="gone@mail.example", phone="+1 305 555 0143")
        house.receipt = house.withdraw(gone.subject)
        engine.run_until(STARTED + timedelta(days=31))
        house.gone = gone.subject
        house.claim = house.send("claim")
        house.send("claim", email="other@mail.example", phone="+1 305 555 0144")
        house.order = house.send("order")
        house.withdraw(house.order.subject, "newsletter")
        engine.run_now()
        yield house


def test_a_persons_pages_are_well_made(lived, eyes):
    person = eyes()
    person.sign_in(f"subject-{SLUG}", lived.session(lived.order.subject))
    for page in (*MY, "history/"):
        person.look(f"/{LANGUAGE}/{SLUG}/my/{page}")


def test_the_desks_pages_about_one_thing_are_well_made(lived, eyes):
    with operator_scope(lived.id):
        (row,) = [
            each
            for each in obligations.listing(lived.id, subject=lived.order.subject)
            if each.outcome == "answer"
        ]
        entry = journal.entries(lived.id, subject=lived.gone, newest_first=True)[0]
    officer = eyes()
    name = django_settings.SESSION_COOKIE_NAME
    officer.sign_in(name, lived.staff().cookies[name].value)
    for page in (
        "",
        "people/",
        f"people/{lived.order.subject}/",
        f"people/{lived.gone}/",
        f"obligations/{row.id}/",
        "journal/",
        f"journal/{entry.id}/",
    ):
        officer.look(f"/{LANGUAGE}/desk/{SLUG}/{page}")


def test_forms_receipts_and_acts_are_well_made(lived, eyes):
    with operator_scope(lived.id):
        (act,) = retention.acts(lived.id, lived.gone)
    visitor = eyes()
    for page in (
        "forms/claim/",
        "forms/order/declined/",
        "sign-in/open/anything/",
        f"receipt/{lived.claim.token}/",
        f"receipt/{lived.receipt.token}/",
        f"acts/{act.id}/",
    ):
        visitor.look(f"/{LANGUAGE}/{SLUG}/{page}")
    visitor.look(f"/{LANGUAGE}/{SLUG}/receipt/nothing/", status=404)
    press = "form.sheet button.main"
    visitor.look(f"/{LANGUAGE}/{SLUG}/forms/order/", press=press)


def test_the_first_matter_is_decided_answered_and_left_for_the_next_with_one_key(lived, eyes):
    officer = eyes()
    name = django_settings.SESSION_COOKIE_NAME
    officer.sign_in(name, lived.staff().cookies[name].value)
    with officer.plainly(f"/en/desk/{SLUG}/") as page:
        step = page.locator("main [accesskey='1']")
        step.press("Enter")
        page.wait_for_url("**/requests/*/")
        first = page.url
        page.locator("#outcome").press("g")
        step.press("Enter")
        page.get_by_role("button", name="Send the answer").wait_for()
        for each in page.locator("main textarea[name^='section-']").all():
            if not each.input_value():
                each.press_sequentially("Looked at.")
        step.press("Enter")
        page.get_by_text("Ended: granted.").wait_for()
        step.press("Enter")
        page.wait_for_url(lambda url: url != first)
        page.goto(page.url.partition("requests/")[0])
        assert page.get_by_text("1 matter waits for you.").is_visible()
