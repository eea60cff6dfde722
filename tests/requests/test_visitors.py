"""A visitor becomes a person on signing in; afterwards nothing links the two but the person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.requests.conftest import SLUG, my, post, public

from tutela.consent import actions as consent
from tutela.consent import visiting
from tutela.consent.errors import NotOffered
from tutela.consent.models import Choice
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity import visitors
from tutela.identity.models import Subject, Visitor
from tutela.jobs import engine
from tutela.journal import actions as journal


def choose(house, *, token="", **choices):
    """A browser that chose, and its secret."""
    with operator_scope(house.id):
        visitor = visitors.known(house.id, token) if token else None
        if visitor is None:
            visitor, token = visitors.make(house.id)
        shown = {
            each.purpose.slug: each.words.sha256
            for each in visiting.offered(house.id, visitor, "en")
        }
        for purpose, agreed in choices.items():
            words = shown.get(purpose, "")
            visiting.choose(house.id, visitor, purpose, agreed=agreed, language="en", shown=words)
    return token


def sign_in(house, subject, token):
    """The person opens their link in the browser that chose."""
    client = Client()
    client.cookies[f"visitor-{SLUG}"] = token
    with operator_scope(house.id):
        link = identity.issue_sign_in(house.id, subject)
    answer = post(client, public(f"sign-in/open/{link}/"))
    assert answer.status_code == 302
    return client, answer


def live(house, subject):
    with operator_scope(house.id):
        return set(consent.live(house.id, subject))


def person(house):
    subject = house.send("order").subject
    house.withdraw(subject, "newsletter")
    house.at.set(house.at.now() + timedelta(hours=1))
    return subject


def test_what_a_visitor_agreed_to_is_the_persons_after_signing_in(house):
    subject = person(house)
    token = choose(house, newsletter=True)
    assert "newsletter" not in live(house, subject)
    client, answer = sign_in(house, subject, token)
    assert live(house, subject) == {"orders", "newsletter"}
    assert answer.cookies[f"visitor-{SLUG}"]["max-age"] == 0
    assert "Choices made before signing in" in client.get(my("history/")).content.decode()


def test_what_a_visitor_refused_ends_the_persons_consent(house):
    subject = house.send("order").subject
    house.at.set(house.at.now() + timedelta(hours=1))
    sign_in(house, subject, choose(house, newsletter=False))
    assert live(house, subject) == {"orders"}


def test_a_choice_older_than_the_persons_own_decision_changes_nothing(house):
    token = choose(house, newsletter=True)
    house.at.set(house.at.now() + timedelta(hours=1))
    subject = person(house)
    sign_in(house, subject, token)
    assert live(house, subject) == {"orders"}


def test_the_last_choice_counts_and_one_browser_is_joined_once(house):
    subject, other = (
        person(house),
        house.send("order", email="o@mail.example", phone="+1 305 555 0166").subject,
    )
    token = choose(house, newsletter=True)
    assert choose(house, token=token, newsletter=False) == token
    sign_in(house, subject, token)
    assert live(house, subject) == {"orders"}
    with operator_scope(house.id):
        assert visitors.join(house.id, token, other) is None
        assert not Choice.objects.exists()


def test_the_secret_of_a_visitor_is_kept_as_a_digest(house):
    token = choose(house, newsletter=True)
    with connection.cursor() as cursor, operator_scope(house.id):
        cursor.execute("SELECT v::text FROM identity_visitor v")
        assert token not in cursor.fetchone()[0]


def test_nothing_links_the_visitor_to_a_person_who_was_destroyed(house):
    subject = person(house)
    token = choose(house, newsletter=True)
    with operator_scope(house.id):
        visitor = visitors.known(house.id, token)
    sign_in(house, subject, token)
    with operator_scope(house.id):
        identity.mark_destroyed(house.id, subject)
        assert not Visitor.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT j::text FROM journal_entry j")
            assert str(visitor) not in " ".join(text for (text,) in cursor.fetchall())


def test_a_visitor_who_never_signs_in_is_forgotten(house):
    choose(house, newsletter=True)
    engine.run_now()
    with operator_scope(house.id):
        assert Visitor.objects.exists()
        assert Choice.objects.exists()
    house.at.set(house.at.now() + visitors.LASTS)
    engine.run_now()
    with operator_scope(house.id):
        assert not Visitor.objects.exists()
        assert not Choice.objects.exists()


def test_a_made_up_secret_joins_nobody(house):
    subject = person(house)
    sign_in(house, subject, "made-up")
    assert live(house, subject) == {"orders"}
    with operator_scope(house.id):
        assert journal.count(house.id, ["consent.choices-joined"]) == 0


def test_there_is_nothing_to_choose_where_no_consent_is_asked(house):
    with pytest.raises(NotOffered):
        choose(house, **{"no-such-purpose": True})


CHOICES = f"/en/{SLUG}/choices/"


def answer_to(client, **fields):
    """Press a button on the page of choices, with the words that stand there."""
    page = client.get(CHOICES).content.decode()
    found = re.search(r'value="newsletter"><input type="hidden" name="words" value="(\w+)"', page)
    assert found
    sent = {"purpose": "newsletter", "words": found[1], **fields}
    return post(client, CHOICES, **sent)


def test_a_visitor_sees_changes_and_forgets_their_choices_and_looking_sets_nothing(house):
    client = Client()
    page = client.get(CHOICES)
    assert not page.cookies
    assert "You have not chosen yet" in page.content.decode()
    assert answer_to(client, answer="yes").status_code == 302
    assert "You agreed on" in client.get(CHOICES).content.decode()
    assert answer_to(client, answer="no").status_code == 302
    assert "You said no on" in client.get(CHOICES).content.decode()
    assert "You have not chosen yet" in Client().get(CHOICES).content.decode()
    gone = post(client, CHOICES, forget="1")
    assert gone.cookies[f"visitor-{SLUG}"]["max-age"] == 0
    with operator_scope(house.id):
        assert not Visitor.objects.exists()
        assert not Choice.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"answer": "maybe"}, 400),
        ({"answer": "yes", "words": "0" * 64}, 409),
        ({"answer": "yes", "purpose": "orders-of-nobody"}, 400),
        ({"answer": "no", "purpose": "x\x00"}, 400),
    ],
)
def test_an_answer_that_is_none_is_refused_and_leaves_nothing(house, fields, status):
    client = Client()
    answer = answer_to(client, **fields)
    assert (answer.status_code, answer.cookies.get(f"visitor-{SLUG}")) == (status, None)
    with operator_scope(house.id):
        assert not Visitor.objects.exists()


def test_what_a_visitor_chose_for_people_of_another_kind_is_not_carried_over(house):
    subject = person(house)
    token = choose(house, newsletter=True)
    with operator_scope(house.id):
        Subject.objects.filter(subject_id=subject).update(category="supplier")
    sign_in(house, subject, token)
    assert "newsletter" not in live(house, subject)
