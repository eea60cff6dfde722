"""Clause 9.4, end to end: withdrawn on 3 June 2024, destroyed by 3 July, with an act."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tutela.consent import actions as consent
from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.vault import actions as vault


def test_withdrawn_data_is_destroyed_within_thirty_days_with_an_act(world) -> None:
    anna = world.person()
    world.send(anna, purposes=("orders", "newsletter"))
    done = world.withdraw(anna)
    world.live_until(2024, 7, 2, 12)
    assert world.held(anna)
    world.live_until(2024, 7, 4, 3, 59)
    assert world.held(anna) == set()
    (act,) = world.acts(anna)
    (promised,) = world.obligations(anna)
    assert promised.state == "discharged"
    assert promised.in_time
    assert promised.evidence == {"act": str(act.id)}
    assert (act.kind, act.label, act.cause) == ("destruction", "2024-1", done.id)
    assert act.document["in_time"]
    assert act.document["because"][0]["clause"] == "9.4(b)"
    assert act.document["because"][0]["computation"]["last_day"] == "2024-07-03"
    assert act.document["counts"]["values"] == 4
    assert act.document["counts"]["keys"] == 1


def test_after_the_destruction_nothing_of_the_person_opens_or_signs_in(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        link = identity.issue_sign_in(world.operator, anna)
        session = identity.redeem(world.operator, identity.issue_sign_in(world.operator, anna))
    done = world.withdraw(anna)
    world.live_until(2024, 7, 4)
    with operator_scope(world.operator):
        assert identity.session_subject(world.operator, session) is None
        assert identity.redeem(world.operator, link) is None
        assert identity.subject(world.operator, anna).destroyed_at is not None
        assert vault.records(world.operator, anna) == []
        followed = consent.withdrawal(world.operator, done.id)
        assert followed.obligations[0].state == "discharged"
        assert [each.kind for each in consent.history(world.operator, anna)].count("given") == 1
    assert world.standing(anna).destroyed


def test_an_act_names_fields_and_never_what_was_in_them(world) -> None:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    (act,) = world.acts(anna)
    text = canonical_bytes(act.envelope).decode()
    assert "anna" not in text.lower()
    assert "5550142" not in text
    assert {each["slug"] for each in act.document["what"]["fields"]} == {
        "full-name",
        "email",
        "phone",
        "country",
    }
    titles = {each["title"]["ru"] for each in act.document["what"]["categories"]}
    assert titles == {"Имя и контакты", "Место проживания"}


def test_an_act_is_signed_and_belongs_to_its_journal_entry(world) -> None:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    (act,) = world.acts(anna)
    assert act.sha256 == sha256_hex(canonical_bytes(act.document))
    assert act.envelope["signature"]
    with operator_scope(world.operator):
        entry = journal.entry(world.operator, UUID(act.document["journal_entry"]))
        assert (entry.kind, entry.data["act"]) == ("retention.destroyed", str(act.id))
        assert entry.clause == "9.4(b)"
        assert retention.act(world.operator, act.id) == act


def test_the_act_is_a_pdf_in_both_languages_and_always_the_same(world) -> None:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    (act,) = world.acts(anna)
    with operator_scope(world.operator):
        english = retention.act_pdf(world.operator, act.id, "en")
        russian = retention.act_pdf(world.operator, act.id, "ru")
        assert english.startswith(b"%PDF")
        assert russian.startswith(b"%PDF")
        assert english != russian
        assert retention.act_pdf(world.operator, act.id, "en") == english


def test_withdrawing_the_newsletter_destroys_only_what_it_alone_needed(world) -> None:
    anna = world.person()
    order = world.send(anna, purposes=("orders",))
    mails = world.send(
        anna,
        "newsletter",
        ("newsletter",),
        {"email": "a@mail.example", "subscription-end": "2025-01-31"},
    )
    world.withdraw(anna, "newsletter")
    world.live_until(2024, 7, 4)
    with operator_scope(world.operator):
        assert set(vault.holdings(world.operator, anna)) == {order}
    (act,) = world.acts(anna)
    assert act.kind == "partial"
    assert [each["record"] for each in act.document["what"]["records"]] == [str(mails)]
    kept = {each["field"]: each["grounds"][0] for each in act.document["kept"]}
    assert kept["email"]["kind"] == "consent"
    assert kept["email"]["name"] == "orders"
    assert not world.standing(anna).destroyed
    assert world.obligations(anna)[0].evidence == {"act": str(act.id)}


def test_one_record_keeps_the_fields_that_the_other_consent_needs(world) -> None:
    anna = world.person()
    world.send(anna, purposes=("orders", "newsletter"))
    world.withdraw(anna, "orders")
    world.live_until(2024, 7, 4)
    assert world.held(anna) == {"email"}
    (act,) = world.acts(anna)
    assert act.kind == "partial"
    assert act.document["counts"]["values"] == 3


def test_who_agrees_again_before_the_term_ends_keeps_the_data(world) -> None:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    world.live_until(2024, 6, 10)
    world.send(anna)
    world.live_until(2024, 7, 4)
    assert world.held(anna) == {"full-name", "email", "phone", "country"}
    assert world.acts(anna) == []
    assert world.obligations(anna)[0].evidence == {"kept": "consent.orders"}
    assert "retention.kept" in world.kinds(anna)


def test_acts_of_a_year_are_numbered_without_a_gap_and_a_new_year_begins_anew(world) -> None:
    for moment in ((2024, 7, 4), (2024, 8, 10), (2025, 2, 20)):
        person = world.person()
        world.send(person)
        world.withdraw(person)
        world.live_until(*moment) if moment[0] == 2024 else world.live_until(2025, 1, 2)
    person = world.person()
    world.send(person)
    world.withdraw(person)
    world.live_until(2025, 3, 1)
    with operator_scope(world.operator):
        labels = [act.label for act in retention.acts(world.operator)]
    assert labels == ["2025-1", "2024-3", "2024-2", "2024-1"]


def test_the_figures_say_how_it_went(world) -> None:
    anna, boris = world.person(), world.person()
    world.send(anna)
    world.send(boris)
    world.withdraw(anna)
    world.live_until(2024, 7, 4)
    with operator_scope(world.operator):
        figures = retention.figures(world.operator)
    assert (figures.promised, figures.in_time, figures.overdue, figures.acts) == (1, 1, 0, 1)
    assert (figures.blocked, figures.held, figures.ended) == (0, 0, 0)
    assert 28 <= figures.slowest.days <= 30
    assert figures.scheduled > 0


@pytest.fixture
def erased() -> list[tuple]:
    """What the eraser of another room was asked to erase."""
    if "test" not in retention.ERASERS:
        retention.ERASERS.register("test", lambda *asked: _ASKED.append(asked))
    _ASKED.clear()
    return _ASKED


_ASKED: list[tuple] = []


def test_rows_of_other_rooms_go_in_the_same_transaction(world, erased) -> None:
    anna = world.person()
    order = world.send(anna)
    mails = world.send(anna, "newsletter", ("newsletter",), {"email": "a@mail.example"})
    world.withdraw(anna, "newsletter")
    world.live_until(2024, 7, 4)
    assert erased == [(world.operator, [anna], [mails])]
    world.withdraw(anna)
    world.live_until(2024, 8, 10)
    assert erased[1:] == [(world.operator, [anna], None)]
    assert order not in {record for _, _, records in erased for record in records or ()}


def test_an_obligation_that_nobody_can_carry_out_becomes_late_once(world) -> None:
    anna = world.person()
    (answer,) = [row for row in world.ask(anna, "request.received") if row.outcome == "answer"]
    world.live_until(2024, 6, 18, 12)
    assert world.obligations(anna, "answer")[0].state == "open"
    world.live_until(2024, 7, 20)
    (row,) = world.obligations(anna, "answer")
    assert row.state == "late"
    assert row.late_since == row.due_at
    assert world.kinds(anna).count("obligation.late") == 1
    with operator_scope(world.operator):
        obligations.discharge(world.operator, answer.id, {"outcome": "answered"})
    assert not world.obligations(anna, "answer")[0].in_time


def test_time_is_the_operators_not_the_servers(world) -> None:
    """A day of the term ends in Florida, hours after it ends in London."""
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    (row,) = world.obligations(anna)
    assert row.due_at == datetime(2024, 7, 4, 4, tzinfo=UTC)


def test_the_role_that_serves_people_can_do_all_of_it_and_change_no_evidence(
    world, as_app_role
) -> None:
    with as_app_role():
        anna = world.person()
        world.send(anna)
        world.withdraw(anna)
        world.live_until(2024, 7, 4)
        assert world.held(anna) == set()
        for table in ("retention_act", "consent_event", "consent_withdrawal"):
            with (
                operator_scope(world.operator),
                pytest.raises(DatabaseError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of this test


def test_a_refused_destruction_stays_in_the_journal_although_nothing_else_of_it_does(world) -> None:
    anna = world.person()
    world.send(anna)
    with operator_scope(world.operator):
        gate.change_standing(world.operator, anna, lambda each: replace(each, destroyed=True))
    world.ask(anna, "destruction.demanded")
    world.live_until(2024, 6, 20)
    refused = [each for each in world.kinds(anna) if each == "gate.refused"]
    failed = [each for each in world.kinds(anna) if each == "obligation.attempt-failed"]
    assert refused
    assert len(refused) == len(failed)
    assert [each.kind for each in world.acts(anna)] == ["impossibility"]
