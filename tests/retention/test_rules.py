from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.gate.standing import ConsentState, Contract, Hold, Standing
from tutela.policy.folders import load_folder
from tutela.policy.model import RetentionRule
from tutela.policy.terms import Term
from tutela.retention import rules
from tutela.retention.rules import Held

POLICY = load_folder(Path(__file__).parents[2] / "operators" / "prohomeexchange")
NOW = datetime(2024, 6, 3, 14, tzinfo=UTC)
ALL = frozenset({"full-name", "email", "phone", "birth-date"})


def _consents(*purposes: str, expires_at: datetime | None = None) -> dict[str, ConsentState]:
    return {each: ConsentState(NOW, expires_at, "0" * 64) for each in purposes}


def _held(*purposes: str, fields: frozenset[str] = ALL) -> Held:
    return Held(uuid4(), "order", purposes, fields)


def test_without_any_standing_ground_everything_goes() -> None:
    held = _held("orders", "newsletter")
    plan = rules.plan(POLICY, Standing(), [held], NOW)
    assert plan.destroy == {held.record: ALL}
    assert plan.whole


def test_a_live_consent_keeps_the_fields_its_purpose_needs() -> None:
    held = _held("orders", "newsletter")
    standing = Standing(consents=_consents("newsletter"))
    plan = rules.plan(POLICY, standing, [held], NOW)
    assert plan.destroy == {held.record: ALL - {"email"}}
    (ground,) = plan.grounds()
    assert (ground.kind, ground.name, ground.exception) == ("consent", "newsletter", False)


def test_a_consent_keeps_nothing_of_a_record_taken_for_another_purpose() -> None:
    held = _held("newsletter", fields=frozenset({"email"}))
    plan = rules.plan(POLICY, Standing(consents=_consents("orders")), [held], NOW)
    assert plan.whole


def test_an_expired_consent_keeps_nothing() -> None:
    standing = Standing(consents=_consents("orders", expires_at=NOW))
    assert rules.plan(POLICY, standing, [_held("orders")], NOW).whole


def test_a_person_who_told_the_operator_to_stop_keeps_nothing_by_consent() -> None:
    standing = Standing(consents=_consents("orders"), refused=True)
    assert rules.plan(POLICY, standing, [_held("orders")], NOW).whole


def test_a_purpose_whose_time_is_over_keeps_nothing_though_its_consent_stands() -> None:
    held = _held("orders", "newsletter")
    standing = Standing(consents=_consents("orders", "newsletter"))
    plan = rules.plan(POLICY, standing, [held], NOW, ended={held.record: ("orders",)})
    assert plan.kept[held.record].keys() == {"email"}


@pytest.mark.parametrize(
    ("unless", "kept"), [(("contract",), True), (("agreement",), False), ((), False)]
)
def test_an_agreement_keeps_only_where_the_promise_names_it(unless, kept) -> None:
    contract = Contract("c", ("contract",), NOW)
    held = _held("contract", fields=frozenset({"email"}))
    plan = rules.plan(POLICY, Standing(contracts=(contract,)), [held], NOW, unless=unless)
    assert bool(plan.kept) is kept


def test_an_agreement_that_ended_keeps_nothing() -> None:
    contract = Contract("c", ("contract",), NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    plan = rules.plan(POLICY, Standing(contracts=(contract,)), [_held("contract")], NOW)
    assert plan.whole


def test_no_promise_passes_over_a_hold() -> None:
    hold = Hold("law", frozenset({"email"}), clause="2.9/b6")
    held = _held("orders")
    plan = rules.plan(POLICY, Standing(holds=(hold,)), [held], NOW, unless=(), consents_keep=False)
    assert plan.kept[held.record].keys() == {"email"}
    assert plan.excepted(held.record)


def test_what_is_kept_is_looked_at_when_the_first_known_exception_ends() -> None:
    first, second = NOW + timedelta(hours=5), NOW + timedelta(hours=9)
    holds = (
        Hold("law", frozenset({"email"}), second),
        Hold("law", frozenset({"phone"}), first),
        Hold("law", frozenset({"full-name"})),
    )
    held = _held("orders")
    plan = rules.plan(POLICY, Standing(holds=holds), [held], NOW)
    assert plan.review_at(held.record) == first
    assert plan.review_at(uuid4()) is None


PURPOSES = st.sets(st.sampled_from(["orders", "newsletter", "account", "feedback", "contract"]))
FIELDS = st.frozensets(st.sampled_from(sorted(POLICY.fields)), min_size=1)


@settings(max_examples=60, deadline=None)
@given(PURPOSES, PURPOSES, FIELDS, FIELDS, st.booleans())
def test_each_field_either_goes_or_stays_with_a_ground(
    taken, agreed, fields, protected, under_contract
) -> None:
    held = Held(UUID(int=1), "order", tuple(sorted(taken)), fields)
    standing = Standing(
        consents=_consents(*agreed),
        contracts=(Contract("c", ("contract",), NOW),) if under_contract else (),
        holds=(Hold("law", protected),),
    )
    plan = rules.plan(POLICY, standing, [held], NOW)
    goes = plan.destroy.get(held.record, frozenset())
    stays = plan.kept.get(held.record, {})
    assert goes | stays.keys() == fields
    assert not goes & stays.keys()
    assert all(stays.values())
    assert not goes & protected
    for slug in goes:
        needing = {each for each in taken if slug in POLICY.purposes[each].fields}
        assert not needing & agreed & {"orders", "newsletter", "account", "feedback"}


def _rule(slug: str, term: str, *, purposes=(), points=(), event="form.sent") -> RetentionRule:
    return RetentionRule(slug, event, Term.parse(term), tuple(points), tuple(purposes))


def _policy(*declared: RetentionRule):
    return replace(POLICY, retention={each.slug: each for each in declared})


def _endings(policy, purposes=("orders",), point="order", event="form.sent"):
    return rules.endings(policy, point, purposes, event, NOW)


def test_a_rule_is_started_only_by_its_event_and_at_its_points() -> None:
    policy = _policy(
        _rule("a", "5 years", points=["claim"]), _rule("b", "1 year", event="claim.received")
    )
    assert _endings(policy) == []
    assert [each.rule for each in _endings(policy, point="claim")] == ["a"]
    assert [each.rule for each in _endings(policy, event="claim.received")] == ["b"]


def test_the_earliest_rule_ends_a_purpose() -> None:
    policy = _policy(_rule("long", "5 years"), _rule("short", "6 months"))
    end = rules.record_end(_endings(policy), ("orders",))
    assert end is not None
    assert end.rule == "short"
    assert end.computation is not None
    assert end.computation.last_day.isoformat() == "2024-12-03"


def test_a_record_lasts_as_long_as_its_longest_purpose() -> None:
    policy = _policy(_rule("news", "6 months", purposes=["newsletter"]), _rule("all", "5 years"))
    both = ("orders", "newsletter")
    end = rules.record_end(_endings(policy, both), both)
    assert end is not None
    assert end.rule == "all"


def test_a_record_with_a_purpose_that_no_rule_ends_has_no_end() -> None:
    policy = _policy(_rule("news", "6 months", purposes=["newsletter"]))
    both = ("orders", "newsletter")
    assert rules.record_end(_endings(policy, both), both) is None


def test_a_rule_that_waits_for_an_event_has_no_date() -> None:
    (ending,) = _endings(_policy(_rule("until", "until: purpose.reached")))
    assert (ending.ends_at, ending.computation, ending.until) == (None, None, "purpose.reached")
    assert rules.record_end([ending], ("orders",)) is None
