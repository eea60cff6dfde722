from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tutela.consent import actions as consent
from tutela.consent.ending import expire, next_moment, stop
from tutela.consent.models import Event
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.gate.standing import Contract
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations


def _give(operator: UUID, subject: UUID, *purposes: str, **more) -> None:
    asked = {"act": "form.sent", "point": "order", "language": "en", "mode": "tick", **more}
    consent.give(operator, subject, purposes, **asked)


def _withdraw(operator: UUID, subject: UUID, purposes=None) -> consent.Withdrawal:
    actor = Actor(ActorKind.SUBJECT, str(subject))
    return consent.withdraw(operator, subject, purposes, actor=actor, channel="portal")


def _may_store(operator: UUID, subject: UUID, purpose: str) -> bool:
    operation = Operation(
        operator=operator,
        subject=subject,
        action=Action.STORAGE,
        purpose=purpose,
        fields=frozenset({"email"}),
        actor=Actor(ActorKind.SYSTEM),
    )
    return not isinstance(gate.decide(operation), gate.Refusal)


def test_processing_stops_in_the_transaction_of_the_withdrawal(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders", "newsletter")
    assert _may_store(scope, subject, "orders")
    _withdraw(scope, subject)
    assert not _may_store(scope, subject, "orders")
    assert not _may_store(scope, subject, "newsletter")
    assert consent.live(scope, subject) == {}


def test_a_withdrawal_of_one_purpose_leaves_the_others(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders", "newsletter")
    done = _withdraw(scope, subject, ["newsletter"])
    assert done.purposes == ("newsletter",)
    assert done.remaining == ("consent.orders",)
    assert _may_store(scope, subject, "orders")
    assert set(consent.live(scope, subject)) == {"orders"}


def test_a_withdrawal_opens_what_the_policy_promises(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders")
    done = _withdraw(scope, subject)
    (destroy,) = done.obligations
    assert (destroy.promise, destroy.cause) == ("destroy-after-withdrawal", done.id)
    assert destroy.purposes == ("orders",)
    assert destroy.computation["last_day"] == "2024-07-03"
    assert "3 June 2024" in destroy.counted("en")


def test_repeating_a_withdrawal_changes_nothing_and_says_so(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders")
    first = _withdraw(scope, subject)
    again = _withdraw(scope, subject)
    assert again.repeated
    assert not first.repeated
    assert (again.id, again.obligations) == (first.id, first.obligations)
    assert Event.objects.filter(kind="withdrawn").count() == 1
    assert len(consent.withdrawals(scope, subject)) == 1


def test_who_never_agreed_has_nothing_to_withdraw(scope, person) -> None:
    with pytest.raises(consent.NothingToWithdraw):
        _withdraw(scope, person())


def test_the_grounds_that_remain_are_kept_and_journalled(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders")
    contract = Contract(str(new_id()), ("orders",), clock.now())
    gate.change_standing(scope, subject, lambda each: replace(each, contracts=(contract,)))
    assert _withdraw(scope, subject).remaining == ("contract",)
    (entry,) = journal.entries(scope, subject=subject, kinds=("consent.withdrawn",))
    assert entry.data["remaining"] == ["contract"]
    assert "orders" in journal.wording(entry, "en")


def test_agreeing_again_after_a_withdrawal_is_a_new_consent(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders")
    _withdraw(scope, subject)
    _give(scope, subject, "orders")
    kinds = [each.kind for each in consent.history(scope, subject)]
    assert sorted(kinds) == ["given", "given", "withdrawn"]
    assert set(consent.live(scope, subject)) == {"orders"}
    assert not _withdraw(scope, subject).repeated


def test_a_consent_ends_by_its_own_date(operator: UUID, at: clock.ManualClock) -> None:
    with operator_scope(operator):
        subject = identity.new_subject(operator, "en", "customer")
        ends = at.now() + timedelta(hours=5)
        _give(operator, subject, "newsletter", expires_at=ends)
        _give(operator, subject, "orders")
        assert next_moment(operator, at.now()) == ends
    assert expire(operator, at.now()) == 0
    at.set(ends)
    assert expire(operator, at.now()) == 1
    assert expire(operator, at.now()) == 0
    with operator_scope(operator):
        assert set(consent.live(operator, subject)) == {"orders"}
        assert consent.history(operator, subject)[0].kind == "expired"
        assert next_moment(operator, at.now()) is None


def test_a_promise_to_stop_ends_every_consent_and_lets_nothing_rest_on_interest(
    scope, person
) -> None:
    subject = person()
    _give(scope, subject, "orders", "newsletter")
    row = _obligation(scope, subject, "stop.requested")
    evidence = stop(scope, row, clock.now())
    standing = gate.standing(scope, subject)
    assert standing.refused
    assert not standing.consents
    assert journal.entry(scope, evidence["stop"]).kind == "consent.stopped"


def test_a_promise_to_stop_the_mailing_leaves_the_orders(scope, person) -> None:
    subject = person()
    _give(scope, subject, "orders", "newsletter")
    stop(scope, _obligation(scope, subject, "marketing.stopped"), clock.now())
    assert set(gate.standing(scope, subject).consents) == {"orders"}
    assert not gate.standing(scope, subject).refused


def _obligation(operator: UUID, subject: UUID, event: str) -> obligations.ObligationRow:
    """An obligation of the policy's, as if it had been opened by another event."""
    opened = obligations.open_for(
        operator, subject, "consent.withdrawn", at=clock.now(), cause=new_id()
    )
    return replace(opened[0], event=event)
