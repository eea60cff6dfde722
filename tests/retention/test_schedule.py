"""Clause 8.1: what a form took ends five years later, unless something keeps it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.retention.errors import UnknownGround, UnknownHold
from tutela.retention.models import Schedule
from tutela.vault import actions as vault


def test_a_form_is_given_its_end_with_the_rule_and_the_counting(world) -> None:
    anna = world.person()
    order = world.send(anna)
    with operator_scope(world.operator):
        (end,) = retention.ends(world.operator, anna)
    assert (end.record, end.rule, end.clause) == (order, "site-forms", "8.1")
    assert end.ends_at == datetime(2029, 6, 4, 4, tzinfo=UTC)
    assert "3 June 2029" in end.counted("en")


def test_the_data_of_a_form_is_there_for_five_years_and_not_after(world) -> None:
    anna = world.person()
    world.send(anna)
    world.live_until(2029, 6, 3, 20)
    assert world.held(anna)
    world.live_until(2029, 6, 4, 4)
    assert world.held(anna) == set()
    (act,) = world.acts(anna)
    assert act.document["because"][0] == {
        **act.document["because"][0],
        "kind": "rule",
        "slug": "site-forms",
        "clause": "8.1",
        "event": "form.sent",
    }
    assert act.document["in_time"]
    assert world.standing(anna).destroyed


def test_a_purpose_that_ended_first_keeps_nothing_when_the_others_end(marketplace) -> None:
    """A year by law and five years by consent run from one day (000 8)."""
    anna = marketplace.person()
    contacts = {"full-name": "Anna Canary-Petrova", "email": "anna.canary@mail.example"}
    marketplace.send(anna, "account", ("profile",), contacts, by_law=("statutory-records",))
    marketplace.ask(anna, "account.deleted")
    marketplace.live_until(2025, 6, 10)
    assert marketplace.held(anna) == set(contacts)
    marketplace.live_until(2029, 6, 3, 12)
    assert marketplace.held(anna) == set(contacts)
    marketplace.live_until(2029, 6, 3, 21)
    assert marketplace.held(anna) == set()
    assert marketplace.standing(anna).destroyed


def test_what_the_law_still_needs_outlives_a_withdrawal_until_its_year_is_over(marketplace) -> None:
    anna = marketplace.person()
    contacts = {"full-name": "Anna Canary-Petrova", "email": "anna.canary@mail.example"}
    marketplace.send(anna, "account", ("profile",), contacts, by_law=("statutory-records",))
    marketplace.ask(anna, "account.deleted")
    marketplace.withdraw(anna)
    marketplace.live_until(2025, 6, 3, 12)
    assert marketplace.held(anna) == set(contacts)
    marketplace.live_until(2025, 6, 3, 21)
    assert marketplace.held(anna) == set()


def test_a_later_form_of_the_same_person_outlives_the_first(world) -> None:
    anna = world.person()
    world.send(anna)
    world.live_until(2026, 1, 15)
    second = world.send(anna)
    world.live_until(2029, 6, 5)
    with operator_scope(world.operator):
        assert set(vault.holdings(world.operator, anna)) == {second}
    assert world.acts(anna)[0].kind == "partial"
    world.live_until(2031, 1, 16)
    assert world.held(anna) == set()


def test_each_kind_of_form_ends_by_the_rule_that_names_its_fact(world) -> None:
    anna = world.person()
    values = {"full-name": "A", "email": "a@mail.example", "claim-text": "x"}
    claim = world.send(anna, "claim", ("claims",), values)
    with operator_scope(world.operator):
        (end,) = retention.ends(world.operator, anna)
    assert (end.record, end.rule) == (claim, "claim-forms")


def test_when_its_purpose_is_reached_the_data_ends_before_its_five_years(world) -> None:
    anna = world.person()
    world.send(anna)
    world.live_until(2024, 9, 1)
    world.ask(anna, "purpose.reached", "orders")
    world.live_until(2024, 9, 2)
    assert world.held(anna) == set()
    slugs = {each["slug"] for each in world.acts(anna)[0].document["because"]}
    assert slugs <= {"until-purpose", "destroy-at-purpose"}
    world.live_until(2024, 11, 1)
    (promised,) = world.obligations(anna)
    assert promised.state == "discharged"


def test_a_purpose_that_is_reached_ends_nothing_of_another(world) -> None:
    anna = world.person()
    world.send(anna, purposes=("orders", "newsletter"))
    world.ask(anna, "purpose.reached", "orders")
    world.live_until(2024, 9, 1)
    assert world.held(anna) == {"email"}


def test_the_end_of_a_subscription_ends_what_it_alone_needed(world) -> None:
    anna = world.person()
    values = {"email": "a@mail.example", "subscription-end": "2024-12-31"}
    mails = world.send(anna, "newsletter", ("newsletter",), values)
    order = world.send(anna)
    world.ask(anna, "subscription.ended", "newsletter")
    world.live_until(2024, 6, 4)
    with operator_scope(world.operator):
        assert set(vault.holdings(world.operator, anna)) == {order}
        rows = Schedule.objects.filter(record=mails)
        assert all(row.done_at is not None for row in rows)


def test_scheduling_again_changes_nothing(world) -> None:
    anna = world.person()
    order = world.send(anna)
    with operator_scope(world.operator):
        before = list(Schedule.objects.values("id", "ends_at", "next_at").order_by("id"))
        retention.schedule(world.operator, anna, order, "order", clock.now())
        assert list(Schedule.objects.values("id", "ends_at", "next_at").order_by("id")) == before


def test_a_sweep_that_is_repeated_does_nothing_more(world) -> None:
    anna = world.person()
    world.send(anna)
    world.at.set(datetime(2029, 6, 4, 3, 30, tzinfo=UTC))
    assert retention.sweep(world.operator, clock.now()) == 1
    assert retention.sweep(world.operator, clock.now()) == 0
    assert len(world.acts(anna)) == 1


def test_the_list_of_what_a_sweep_would_look_at_destroys_nothing(world) -> None:
    anna = world.person()
    order = world.send(anna)
    world.at.set(datetime(2029, 6, 4, 3, 30, tzinfo=UTC))
    with operator_scope(world.operator):
        (line,) = retention.due(world.operator, clock.now())
    assert (line.subject_id, line.record, line.clause) == (anna, order, "8.1")
    assert world.held(anna)


def test_a_hold_keeps_its_fields_past_a_withdrawal_and_the_rest_goes(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        retention.hold(
            world.operator,
            anna,
            "law",
            fields=["full-name"],
            until=datetime(2025, 2, 1, tzinfo=UTC),
        )
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    assert world.held(anna) == {"full-name"}
    (act,) = world.acts(anna)
    assert act.kind == "partial"
    assert act.document["kept"][0]["grounds"][0]["kind"] == "hold"
    with operator_scope(world.operator):
        assert retention.figures(world.operator).held == 1


def test_when_a_hold_ends_by_its_date_what_it_kept_goes(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        retention.hold(world.operator, anna, "law", until=datetime(2025, 2, 1, tzinfo=UTC))
    world.withdraw(anna)
    world.live_until(2025, 1, 31, 23)
    assert world.held(anna)
    assert world.acts(anna) == []
    assert world.obligations(anna)[0].evidence == {"kept": "hold.law"}
    world.live_until(2025, 2, 1, 0, 1)
    assert world.held(anna) == set()
    assert world.acts(anna)[0].document["because"][0]["slug"] == "after-exception"


def test_a_hold_that_is_released_lets_the_data_go_at_the_next_sweep(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        hold = retention.hold(world.operator, anna, "agreement")
    world.withdraw(anna)
    world.live_until(2024, 8, 1)
    assert world.held(anna)
    with operator_scope(world.operator):
        retention.release(world.operator, hold)
        with pytest.raises(UnknownHold):
            retention.release(world.operator, hold)
    world.live_until(2024, 8, 1, 0, 1)
    assert world.held(anna) == set()


def test_a_hold_that_is_released_takes_nothing_that_a_consent_still_keeps(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        hold = retention.hold(world.operator, anna, "law")
        retention.release(world.operator, hold)
    world.live_until(2024, 8, 1)
    assert world.held(anna)


def test_a_hold_needs_a_ground_of_the_policy(world) -> None:
    with operator_scope(world.operator), pytest.raises(UnknownGround):
        retention.hold(world.operator, world.person(), "because")


def _contract(world, subject: UUID) -> UUID:
    with operator_scope(world.operator):
        return retention.contract_started(world.operator, subject)


def test_what_an_agreement_needs_stays_after_a_withdrawal(world) -> None:
    """Clause 9.4(c), first exception: the birth date is needed by the consent alone."""
    anna = world.person()
    world.send(anna, values={**_anna(), "birth-date": "1990-05-17"})
    contract = _contract(world, anna)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    assert world.held(anna) == {"full-name", "email", "phone", "country"}
    grounds = {each["grounds"][0]["kind"] for each in world.acts(anna)[0].document["kept"]}
    assert grounds == {"contract"}
    with operator_scope(world.operator):
        retention.contract_ended(world.operator, anna, contract)
    world.live_until(2024, 7, 4, 1)
    assert world.held(anna) == set()
    assert world.standing(anna).destroyed


def test_an_agreement_does_not_keep_a_newsletter(world) -> None:
    anna = world.person()
    order = world.send(anna)
    world.send(anna, "newsletter", ("newsletter",), {"email": "a@mail.example"})
    _contract(world, anna)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    with operator_scope(world.operator):
        assert set(vault.holdings(world.operator, anna)) == {order}


def test_a_demand_to_destroy_unneeded_data_passes_over_consents_and_agreements(world) -> None:
    """Clause 9.8 names no exception."""
    anna = world.person()
    world.send(anna)
    _contract(world, anna)
    world.ask(anna, "destruction.demanded")
    world.live_until(2024, 6, 14)
    assert world.held(anna) == set()
    (row,) = world.obligations(anna)
    assert row.computation["last_day"] == "2024-06-13"
    assert row.in_time


def test_a_request_to_stop_leaves_what_an_agreement_needs(world) -> None:
    anna = world.person()
    world.send(anna, values={**_anna(), "birth-date": "1990-05-17"})
    _contract(world, anna)
    world.ask(anna, "stop.requested")
    world.live_until(2024, 6, 20)
    assert world.held(anna) == {"full-name", "email", "phone", "country"}
    assert world.standing(anna).refused
    assert not world.standing(anna).consents


def test_ended_data_that_cannot_go_is_blocked_and_runs_the_promise_for_it(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, anna, "store-unreachable")
    world.live_until(2029, 6, 5)
    assert {each.ground for each in world.standing(anna).blocks} == {"ended-data"}
    (promised,) = world.obligations(anna)
    assert (promised.promise, promised.computation["last_day"]) == (
        "destroy-at-purpose",
        "2029-07-04",
    )
    world.live_until(2029, 7, 10)
    assert [act.kind for act in world.acts(anna)] == ["impossibility"]
    with operator_scope(world.operator):
        retention.obstacle_close(world.operator, anna)
    world.live_until(2029, 7, 10, 1)
    assert world.held(anna) == set()
    done, impossible = world.acts(anna)
    assert done.first_act == impossible.id
    assert [row.state for row in world.obligations(anna)] == ["failed", "discharged"]


def test_ended_data_that_cannot_go_does_not_end_newer_data(world) -> None:
    anna = world.person()
    world.send(anna)
    world.live_until(2028, 1, 1)
    newer = world.send(anna)
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, anna, "store-unreachable")
    world.live_until(2029, 7, 10)
    with operator_scope(world.operator):
        retention.obstacle_close(world.operator, anna)
    world.live_until(2029, 7, 12)
    with operator_scope(world.operator):
        assert set(vault.holdings(world.operator, anna)) == {newer}
    assert world.standing(anna).blocks == ()
    assert set(world.standing(anna).consents) == {"orders"}


def _anna() -> dict[str, str]:
    return {
        "full-name": "Anna Canary-Petrova",
        "email": "anna.canary@mail.example",
        "phone": "+13055550142",
        "country": "US",
    }


def test_a_fact_about_nobody_starts_no_clock_of_a_record(world) -> None:
    with operator_scope(world.operator):
        opened = obligations.open_for(
            world.operator, None, "incident.identified", at=clock.now(), cause=new_id()
        )
        assert {row.subject_id for row in opened} == {None}
        assert not Schedule.objects.exists()
