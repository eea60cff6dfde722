"""A visitor becomes a person on signing in; afterwards nothing links the two but the person."""

from __future__ import annotations

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
from tutela.identity.models import Visitor
from tutela.jobs import engine
from tutela.journal import actions as journal


def choose(house, *, token="", **choices):
    """A browser that chose, and its secret."""
    with operator_scope(house.id):
        visitor = visitors.known(house.id, token) if token else None
        if visitor is None:
            visitor, token = visitors.make(house.id)
        for purpose, agreed in choices.items():
            visiting.choose(house.id, visitor, purpose, agreed=agreed, language="en")
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
