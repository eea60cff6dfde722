from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection, connections

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import actions, rules
from tutela.identity.errors import UnknownSubject
from tutela.identity.models import Session, SignIn


def _person(operator: UUID) -> UUID:
    return actions.new_subject(operator, "ru", "user")


def test_a_link_signs_in_once_and_never_again(operator: UUID) -> None:
    person = _person(operator)
    token = actions.issue_sign_in(operator, person)
    session = actions.redeem(operator, token)
    assert session is not None
    assert actions.session_subject(operator, session) == person
    assert actions.redeem(operator, token) is None


def test_a_link_dies_after_thirty_minutes(operator: UUID, at: clock.ManualClock) -> None:
    token = actions.issue_sign_in(operator, _person(operator))
    at.set(at.now() + timedelta(minutes=30))
    assert actions.redeem(operator, token) is None


def test_a_link_works_in_its_last_second(operator: UUID, at: clock.ManualClock) -> None:
    token = actions.issue_sign_in(operator, _person(operator))
    at.set(at.now() + timedelta(minutes=30) - timedelta(seconds=1))
    assert actions.redeem(operator, token) is not None


def test_no_secret_is_kept_as_it_was_sent(operator: UUID) -> None:
    token = actions.issue_sign_in(operator, _person(operator))
    session = actions.redeem(operator, token)
    assert session is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s::text FROM identity_sign_in s UNION SELECT s::text FROM identity_session s"
        )
        kept = " ".join(row for (row,) in cursor.fetchall())
    assert rules.digest(token) in kept
    assert rules.digest(session) in kept
    assert token not in kept
    assert session not in kept


def test_an_unused_session_ends_after_half_an_hour(operator: UUID, at: clock.ManualClock) -> None:
    session = actions.redeem(operator, actions.issue_sign_in(operator, _person(operator)))
    assert session is not None
    at.set(at.now() + rules.SESSION_IDLE)
    assert actions.session_subject(operator, session) is None


def test_use_keeps_a_session_alive_until_its_absolute_end(
    operator: UUID, at: clock.ManualClock
) -> None:
    person = _person(operator)
    session = actions.redeem(operator, actions.issue_sign_in(operator, person))
    assert session is not None
    begun = at.now()
    while at.now() + timedelta(minutes=20) < begun + rules.SESSION_ABSOLUTE:
        at.set(at.now() + timedelta(minutes=20))
        assert actions.session_subject(operator, session) == person
    at.set(begun + rules.SESSION_ABSOLUTE)
    assert actions.session_subject(operator, session) is None


def test_a_session_of_one_operator_is_nothing_at_another(operator: UUID) -> None:
    session = actions.redeem(operator, actions.issue_sign_in(operator, _person(operator)))
    assert session is not None
    other = new_id()
    with operator_scope(other):
        assert actions.session_subject(other, session) is None


def test_ending_sessions_voids_unused_links_too(operator: UUID) -> None:
    person = _person(operator)
    session = actions.redeem(operator, actions.issue_sign_in(operator, person))
    unused = actions.issue_sign_in(operator, person)
    assert session is not None
    assert actions.end_sessions(operator, person) == 1
    assert actions.session_subject(operator, session) is None
    assert actions.redeem(operator, unused) is None


def test_a_destroyed_person_cannot_sign_in(operator: UUID) -> None:
    person = _person(operator)
    token = actions.issue_sign_in(operator, person)
    assert actions.mark_destroyed(operator, person)
    assert not actions.mark_destroyed(operator, person)
    assert actions.subject(operator, person).destroyed_at == clock.now()
    assert actions.redeem(operator, token) is None
    with pytest.raises(UnknownSubject):
        actions.issue_sign_in(operator, person)


def test_dead_links_and_sessions_are_forgotten(operator: UUID, at: clock.ManualClock) -> None:
    actions.redeem(operator, actions.issue_sign_in(operator, _person(operator)))
    at.set(at.now() + timedelta(minutes=31))
    assert actions.forget_dead_sign_ins(operator, at.now()) == 2
    assert not SignIn.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_redeem_one_link_together_get_one_session() -> None:
    operator = new_id()
    with operator_scope(operator):
        token = actions.issue_sign_in(operator, _person(operator))
    barrier = Barrier(4)
    sessions: list[str | None] = []

    def redeem() -> None:
        try:
            barrier.wait()
            with operator_scope(operator):
                sessions.append(actions.redeem(operator, token))
        finally:
            connections.close_all()

    threads = [Thread(target=redeem) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len([each for each in sessions if each]) == 1
    assert len(sessions) == 4
