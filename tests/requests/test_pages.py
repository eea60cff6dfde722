from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.requests.conftest import SLUG, VALUES, desk, my, only_obligation, post, public, words

from tutela.consent import actions as consent
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.requests import letters
from tutela.requests.models import Submission
from tutela.requests.wording import LETTERS

MY = ("", "consents/", "withdraw/", "requests/", "recipients/", "history/")
DESK = ("", "people/", "journal/")
OFFICER = Actor(ActorKind.STAFF, "1", "officer")
LATIN = re.compile(r"\b[A-Za-z]{4,}\b")
NAMES = {
    "ProHomeExchange",
    "Shift",
    "PDPO",
    "GOALITY",
    "CONSULTING",
    "Tutela",
    "English",
    "Maria",
    "Sample",
}


# --- who may open what ------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("forms/order/", 200),
        ("forms/claim/", 200),
        ("forms/order/declined/", 200),
        ("forms/no-such-form/", 404),
        ("sign-in/", 200),
        ("sign-in/sent/", 200),
        ("sign-in/open/anything/", 200),
        ("receipt/anything/", 404),
        ("acts/00000000-0000-0000-0000-000000000001/", 404),
        ("my/", 302),
        ("my/consents/", 302),
    ],
)
def test_a_stranger_gets_what_is_public(house, stranger, page, status, language):
    assert stranger.get(public(page, language)).status_code == status


@pytest.mark.parametrize("page", MY)
def test_a_person_opens_every_page_about_themselves(house, page):
    sent = house.send("order")
    house.withdraw(sent.subject, "newsletter")
    client = house.person(sent.subject)
    for language in ("en", "ru"):
        assert client.get(my(page, language)).status_code == 200


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        *((role, page, 200) for role in ("officer", "clerk", "auditor") for page in DESK),
        ("officer", "people/{person}/", 200),
        ("auditor", "people/{person}/", 200),
        ("officer", "obligations/{obligation}/", 200),
        ("clerk", "obligations/{obligation}/", 200),
        ("auditor", "obligations/{obligation}/", 403),
        ("officer", "people/00000000-0000-0000-0000-000000000001/", 404),
        ("officer", "obligations/00000000-0000-0000-0000-000000000001/", 404),
        ("officer", "journal/00000000-0000-0000-0000-000000000001/", 404),
    ],
)
def test_a_member_of_staff_opens_what_the_role_permits(house, role, page, status):
    sent = house.send("claim")
    row = only_obligation(house, sent.subject, "answer")
    path = desk(page.format(person=sent.subject, obligation=row.id))
    assert house.staff(role).get(path).status_code == status


# --- words ------------------------------------------------------------------------------------


def russian_pages(house):
    sent = house.send("order", language="ru")
    house.send("claim", language="ru")
    house.withdraw(sent.subject, "newsletter")
    row = only_obligation(house, sent.subject, "answer")
    with operator_scope(house.id):
        seen = journal.entries(house.id, subject=sent.subject)
    person, officer = house.person(sent.subject), house.staff()
    for page in MY:
        yield person.get(my(page, "ru"))
    for page in ("", "people/", f"people/{sent.subject}/", f"obligations/{row.id}/"):
        yield officer.get(desk(page, "ru"))
    yield from (officer.get(desk(f"journal/{each.id}/", "ru")) for each in seen)
    for page in ("forms/order/", "forms/claim/", "sign-in/", f"receipt/{sent.token}/"):
        yield person.get(public(page, "ru"))


def test_no_english_word_is_left_on_a_russian_page(house):
    for answer in russian_pages(house):
        text = re.sub(r"(?s)<code>.*?</code>|<dt>[a-z_]+</dt>", "", answer.content.decode())
        answer.content = text.encode()
        said = re.sub(
            r"\S+@\S+|12 Orange Street, Tampa, FL|America/New_York|cookie|IP-адрес",
            "",
            words(answer),
        )
        left = set(LATIN.findall(said)) - NAMES
        assert not left, (answer.request["PATH_INFO"], left)


def test_no_slug_of_the_policy_is_shown_to_a_person(house):
    sent = house.send("order")
    house.withdraw(sent.subject)
    house.letters()
    said = words(house.person(sent.subject).get(my("history/")))
    for slug in (
        "service-letter",
        "signed-form",
        "consent.withdrawn",
        "stop-after",
        "True",
        "site-",
    ):
        assert slug not in said
    assert "Permitted: use of 1 field" in said
    assert "Consent was withdrawn on the page of one’s own data" in said
    assert "Other grounds to keep the data: none" in said


def test_a_promise_is_shown_by_its_last_day_and_never_by_the_day_after(house):
    sent = house.send("claim")
    row = only_obligation(house, sent.subject, "answer")
    pages = [
        house.staff().get(desk("")),
        house.staff("clerk").get(desk(f"obligations/{row.id}/")),
        house.person(sent.subject).get(my("requests/")),
        house.person(sent.subject).get(public(f"receipt/{sent.token}/")),
    ]
    for answer in pages:
        said = words(answer)
        assert "18 June" in said, answer.request["PATH_INFO"]
        assert "12 June is a public holiday" in said
        assert "19 June" not in said
    assert "in 15 days" in words(pages[0])
    assert "Answer by 18 June" in words(pages[2])


def test_the_days_left_are_told_until_it_is_late(house):
    sent = house.send("claim")
    officer = house.staff()
    for days, told in ((14, "tomorrow"), (15, "today"), (16, "1 day late"), (18, "3 days late")):
        row = only_obligation(house, sent.subject, "answer")
        house.at.set(row.event_at + timedelta(days=days))
        assert told in words(officer.get(desk("")))


def test_the_end_of_storage_is_shown_by_its_last_day(house):
    sent = house.send("order")
    said = words(house.person(sent.subject).get(my("")))
    assert "kept until 3 June 2029 at the latest" in said
    assert "29 February 1988" in said
    assert "+1 305-555-0142" in said
    assert re.search(r"\b5 values, from 1 form\.", said)


# --- deciding ---------------------------------------------------------------------------------


def test_every_value_leads_to_the_end_of_its_use(house):
    sent = house.send("order")
    client = house.person(sent.subject)
    page = client.get(my("")).content.decode()
    assert page.count("/my/withdraw/?purpose=orders") == page.count("used for: Sale and supply")
    answer = post(client, my("withdraw/?purpose=newsletter"), purpose="newsletter")
    assert answer.status_code == 302
    with operator_scope(house.id):
        assert set(consent.live(house.id, sent.subject)) == {"orders"}
    assert "/my/withdraw/?purpose=newsletter" not in client.get(my("")).content.decode()


def test_withdrawing_what_was_withdrawn_ends_no_other_consent(house):
    sent = house.send("order")
    client = house.person(sent.subject)
    assert post(client, my("withdraw/"), purpose="newsletter").status_code == 302
    assert post(client, my("withdraw/"), purpose="newsletter").status_code == 302
    with operator_scope(house.id):
        assert set(consent.live(house.id, sent.subject)) == {"orders"}


def test_withdrawing_when_nothing_is_live_says_so_and_shows_the_way(house):
    sent = house.send("order")
    house.withdraw(sent.subject)
    answer = house.person(sent.subject).get(my("withdraw/"))
    assert "There is nothing to withdraw" in words(answer)
    assert "Yes, withdraw" not in words(answer)
    assert my("requests/") in answer.content.decode()


def test_a_form_with_mistakes_loses_nothing_and_leads_to_each_of_them(house, stranger):
    typed = {**VALUES, "email": "maria", "phone": ""}
    answer = post(stranger, public("forms/order/"), **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for slug in ("email", "phone", "consent-orders"):
        assert f'href="#{slug}"' in page
        assert f'id="{slug}-error"' in page
    assert 'value="Maria Sample"' in page
    assert 'value="maria"' in page
    assert "3 things to put right" in page
    with operator_scope(house.id):
        assert not Submission.objects.exists()


def test_the_same_form_sent_twice_gives_one_receipt(house, stranger):
    page = stranger.get(public("forms/order/")).content.decode()
    token = re.search(r'name="form-token" value="([^"]+)"', page)[1]
    sent = {**VALUES, "form-token": token, "consent-orders": "on"}
    first, second = (stranger.post(public("forms/order/"), sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with operator_scope(house.id):
        assert Submission.objects.count() == 1


def test_declining_is_one_button_and_keeps_nothing_typed(house, stranger):
    answer = post(stranger, public("forms/order/"), **VALUES, decline="1")
    assert answer.headers["Location"].endswith("/forms/order/declined/")
    with operator_scope(house.id):
        assert not Submission.objects.exists()
        (row,) = journal.entries(house.id, kinds=("consent.refused",))
    assert journal.wording(row, "ru") == (
        "Посетитель отказался у формы «Заказ Услуги»; сохранён только отказ"
    )


def test_a_form_tells_who_why_which_how_long_and_what_refusing_means(house, stranger):
    said = words(stranger.get(public("forms/claim/")))
    for told in (
        "Who takes it GOALITY CONSULTING, INC",
        "What for Answering a claim",
        "What we need Full name, E-mail, Text of the claim",
        "How long it is kept 5 years (clause 8.1 )",
        "If you refuse the form is not taken",
        "you sign it",
        "Sign and send",
    ):
        assert told in said, told


# --- what does not exist or is over -----------------------------------------------------------


def test_a_link_works_once_and_then_says_where_to_get_another(house, stranger):
    sent = house.send("order")
    with operator_scope(house.id):
        token = identity.issue_sign_in(house.id, sent.subject)
    path = public(f"sign-in/open/{token}/")
    assert post(stranger, path).status_code == 302
    spent = post(stranger, path)
    assert spent.status_code == 410
    assert public("sign-in/") in spent.content.decode()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_incomplete_receipt_address_says_what_to_do(house, stranger, language):
    sent = house.send("order")
    answer = stranger.get(public(f"receipt/{sent.token[:-3]}/", language))
    assert answer.status_code == 404
    said = {"en": "Copy it again from the letter", "ru": "Скопируйте его из письма ещё раз"}
    assert said[language] in words(answer)


def test_a_receipt_opens_after_everything_is_destroyed_and_names_nobody(house, stranger):
    sent = house.send("order")
    receipt = house.withdraw(sent.subject)
    answer = stranger.get(public(f"receipt/{receipt.token}/"))
    assert "Destruction of what is no longer needed by 3 July" in words(answer)
    assert "maria" not in answer.content.decode().lower()


def test_a_page_used_by_a_wrong_method_or_language_says_so(house, stranger):
    assert stranger.post(public("forms/order/declined/")).status_code == 405
    assert stranger.delete(public("forms/order/")).status_code == 405
    assert stranger.get(f"/de/{SLUG}/forms/order/").status_code == 404


def test_a_text_too_long_is_shown_back_with_its_limit(house, stranger):
    answer = post(stranger, public("forms/order/"), **{**VALUES, "full-name": "x" * 500})
    assert answer.status_code == 422
    assert "shorten it to 300 characters" in words(answer)


def test_a_form_open_for_more_than_a_day_does_nothing_and_says_why(house, stranger, monkeypatch):
    page = stranger.get(public("forms/order/")).content.decode()
    token = re.search(r'name="form-token" value="([^"]+)"', page)[1]
    monkeypatch.setattr("tutela.web.guard.MAXIMUM_AGE", -1)
    sent = {**VALUES, "form-token": token, "consent-orders": "on"}
    answer = stranger.post(public("forms/order/"), sent)
    assert answer.status_code == 403
    assert "reload the page and send it again" in words(answer)
    with operator_scope(house.id):
        assert not Submission.objects.exists()


# --- letters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "subject", "promise", "questions"),
    [
        ("en", "ProHomeExchange has received your form", "— Answer by 18 June.", "Questions: "),
        (
            "ru",
            "ProHomeExchange: ваша форма получена",
            "— Ответ — не позднее 18 июня.",
            "Вопросы: ",
        ),
    ],
)
def test_a_letter_reads_in_the_language_of_the_form(house, language, subject, promise, questions):
    house.send("claim", language=language)
    (letter,) = house.letters()
    body = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert letter.subject == subject
    assert promise in body
    assert questions in body
    assert f"/{language}/{SLUG}/receipt/" in body
    assert "\n\n\n" not in body
    assert "{{" not in body
    assert "Maria" not in body


def test_every_kind_of_letter_has_a_subject_line_and_a_word_for_the_journal():
    assert set(letters.KINDS) == set(LETTERS)


def test_what_nothing_uses_any_more_says_when_it_is_destroyed(house):
    sent = house.send("order")
    house.withdraw(sent.subject)
    said = words(house.person(sent.subject).get(my("")))
    assert "no longer used for: Sale and supply of Goods and Services" in said
    assert "kept until 3 July at the latest (clause 9.4(b) )" in said
    assert "stop this use" not in said
    assert "You can stop" not in said
