"""Consents that end by the policy’s own terms, and the acts that a policy takes for consent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tutela.consent import actions as consent
from tutela.consent.ending import expire
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations


def _person(operator, **more):
    subject = identity.new_subject(operator, "en", "customer")
    asked = {"act": "form", "point": "order", "language": "en", "mode": "tick", **more}
    consent.give(operator, subject, ["orders"], **asked)
    return subject


def _state(operator, subject):
    return gate.standing(operator, subject).consents["orders"]


def test_a_consent_lasts_from_the_deletion_of_the_profile_and_till_then_without_end(
    declaring, at
) -> None:
    operator = declaring(orders="{lasts: 5 years, after: account.deleted}")
    with operator_scope(operator):
        subject = _person(operator)
        assert _state(operator, subject).expires_at is None
        at.set(datetime(2024, 7, 1, 9, tzinfo=UTC))
        deleted = clock.now()
        obligations.open_for(operator, subject, "account.deleted", at=deleted, cause=new_id())
        ends = _state(operator, subject).expires_at
        assert ends is not None
        assert (ends - timedelta(hours=12)).date().isoformat() == "2029-07-01"
        (entry,) = journal.entries(operator, subject=subject, kinds=["consent.dated"])
        assert "got its end" in journal.wording(entry, "en")
        assert set(consent.live(operator, subject)) == {"orders"}
    at.set(ends - timedelta(seconds=1))
    assert expire(operator, at.now()) == 0
    at.set(ends)
    assert expire(operator, at.now()) == 1
    with operator_scope(operator):
        assert consent.live(operator, subject) == {}
        kinds = [each.kind for each in consent.history(operator, subject)]
        assert kinds == ["expired", "dated", "given"]


def test_the_second_deletion_prolongs_nothing(declaring, at) -> None:
    operator = declaring(orders="{lasts: 1 year, after: account.deleted}")
    with operator_scope(operator):
        subject = _person(operator)
        for month in (7, 8):
            at.set(datetime(2024, month, 1, 9, tzinfo=UTC))
            obligations.open_for(
                operator, subject, "account.deleted", at=clock.now(), cause=new_id()
            )
        assert _state(operator, subject).expires_at < datetime(2025, 7, 3, tzinfo=UTC)
        assert len(journal.entries(operator, subject=subject, kinds=["consent.dated"])) == 1


def test_an_individual_term_that_ends_earlier_stays(declaring, at) -> None:
    operator = declaring(orders="{lasts: 5 years, after: account.deleted}")
    soon = at.now() + timedelta(days=3)
    with operator_scope(operator):
        subject = _person(operator, expires_at=soon)
        obligations.open_for(operator, subject, "account.deleted", at=clock.now(), cause=new_id())
        assert _state(operator, subject).expires_at == soon


def test_a_term_without_an_event_is_counted_from_the_consent(declaring, at) -> None:
    operator = declaring(orders="{lasts: 30 days}")
    with operator_scope(operator):
        ends = _state(operator, _person(operator)).expires_at
        assert ends is not None
        assert timedelta(days=30) <= ends - at.now() <= timedelta(days=31)
        late = at.now() + timedelta(days=400)
        assert _state(operator, _person(operator, expires_at=late)).expires_at == ends


@pytest.mark.parametrize(
    ("modes", "taken"),
    [
        ("[tick]", {"tick"}),
        ("[by-guardian]", {"by-guardian"}),
        ("[per-upload, statement]", {"per-upload", "statement"}),
    ],
)
def test_only_the_acts_that_the_policy_names_count(declaring, modes: str, taken: set[str]) -> None:
    operator = declaring(orders=f"{{modes: {modes}}}")
    with operator_scope(operator):
        for mode in consent.Mode:
            if mode in taken:
                assert _person(operator, mode=mode)
            else:
                with pytest.raises(consent.UnknownMode):
                    _person(operator, mode=mode)
