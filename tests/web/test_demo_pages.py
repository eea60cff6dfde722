from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

from tutela.core import clock
from tutela.core.clock import ManualClock, ShiftedClock
from tutela.db.scope import operator_scope
from tutela.demo import post
from tutela.identity import actions as identity
from tutela.policy import actions

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.TUTELA_DEMO = True
    settings.TUTELA_HOME = tmp_path
    with clock.use(ManualClock(datetime(2024, 6, 3, 10, tzinfo=UTC))) as hand:
        actions.publish(actions.load_folder(MINIMAL))
        yield hand


def person() -> str:
    operator = actions.operator_id("lark-bakery")
    with operator_scope(operator):
        return str(identity.new_subject(operator, "en", "customer"))


@pytest.mark.parametrize("path", ["", "mail/", "style/"])
def test_the_pages_of_a_demonstration_are_nowhere_else(db, client, settings, path):
    settings.TUTELA_DEMO = False
    assert client.get(f"/en/demo/{path}").status_code == 404
    assert client.post("/en/demo/clock/", {"jump": "day"}).status_code == 404


def test_nobody_becomes_anybody_outside_of_a_demonstration(demo, client, settings):
    subject = person()
    settings.TUTELA_DEMO = False
    answer = client.post(f"/en/demo/lark-bakery/person/{subject}/")
    assert answer.status_code == 404
    assert not answer.cookies


def test_the_first_address_leads_to_the_demonstration_in_the_readers_language(demo, client):
    assert client.get("/", headers={"accept-language": "ru"}).headers["Location"] == "/ru/demo/"
    assert client.get("/demo/mail/").headers["Location"] == "/en/demo/mail/"


def test_the_start_page_offers_operators_people_and_time(demo, client):
    subject = person()
    page = client.get("/en/demo/").content.decode()
    assert "Lark Bakery" in page
    assert f"/en/demo/lark-bakery/person/{subject}/" in page
    assert "3\N{NO-BREAK SPACE}June 2024, 10:00" in page
    assert 'value="year"' in page


def test_one_press_signs_in_as_a_person(demo):
    browser = Client(enforce_csrf_checks=True)
    subject = person()
    page = browser.get("/en/demo/").content.decode()
    form = page[page.index(f"person/{subject}/") :]
    token = re.search(r'name="form-token" value="([^"]+)"', form)[1]
    answer = browser.post(f"/en/demo/lark-bakery/person/{subject}/", {"form-token": token})
    assert answer.headers["Location"] == "/en/lark-bakery/my/"
    session = answer.cookies["subject-lark-bakery"].value
    operator = actions.operator_id("lark-bakery")
    with operator_scope(operator):
        assert str(identity.session_subject(operator, session)) == subject


@pytest.mark.django_db(transaction=True)
def test_time_goes_on_line_by_line_and_no_further_when_the_page_is_sent_again(settings, tmp_path):
    settings.TUTELA_DEMO = True
    with clock.use(ShiftedClock(timedelta(0))):
        actions.publish(actions.load_folder(MINIMAL))
        shown = clock.now().isoformat()
        client = Client()
        sent = {"jump": "month", "from": shown}
        first = b"".join(client.post("/ru/demo/clock/", sent)).decode()
        assert "Что произошло за это время?" in first
        assert "Мы на месте" in first
        ahead = clock.now() - datetime.now(UTC)
        assert timedelta(29) < ahead < timedelta(31)
        again = client.post("/ru/demo/clock/", sent)
        assert again.status_code == 400
        assert clock.now() - datetime.now(UTC) < timedelta(31)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"jump": "century"},
        {"to": "yesterday"},
        {"to": "2024-06-02"},
        {"to": "9999-12-31"},
        {"jump": "day", "from": "long ago"},
        {"jump": "day", "from": "0001-01-01T00:00:00+14:00"},
        {"jump": "year", "from": "9999-12-31T00:00:00+00:00"},
    ],
)
def test_a_time_that_cannot_be_reached_is_refused_with_a_sentence(demo, client, sent):
    assert client.post("/en/demo/clock/", sent).status_code == 400


def test_letters_are_shown_newest_first_with_links_that_work(demo, client, tmp_path):
    backend = "django.core.mail.backends.filebased.EmailBackend"
    for number, words in enumerate(["Ссылка для входа", "Your data <b>"], start=1):
        letter = EmailMultiAlternatives(
            words,
            f"Open it:\n\nhttp://127.0.0.1:8600/en/x/?a={number}&b=2\n" + "длинное слово " * 30,
            to=["person1@example.com"],
            connection=get_connection(backend, file_path=str(tmp_path / "demo-mail")),
        )
        letter.attach("act.pdf", b"%PDF", "application/pdf")
        letter.send()
    page = client.get("/en/demo/mail/").content.decode()
    assert page.index("Your data &lt;b&gt;") < page.index("Ссылка для входа")
    assert 'href="http://127.0.0.1:8600/en/x/?a=1&amp;b=2"' in page
    assert "длинное слово длинное слово" in page
    assert "act.pdf" in page
    assert post.waiting() == 2


def test_a_letter_box_without_letters_says_how_they_come(demo, client):
    assert "No letter yet" in client.get("/en/demo/mail/").content.decode()
