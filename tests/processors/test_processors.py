"""What is destroyed here is commanded to every processor that holds it, until it has answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from tests.retention.conftest import ANNA
from tests.retention.test_crash import Died, failing_at

from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.journal.formats import parse_keys
from tutela.journal.offline import verify_document
from tutela.policy import actions as policies
from tutela.processors import actions, parcels, sending
from tutela.processors.errors import WrongAnswer
from tutela.processors.wording import State
from tutela.retention import actions as retention
from tutela.vault import actions as vault

OFFICER = Actor(ActorKind.STAFF, "1", "officer")
GIVEN = {"payment-integrator": ("full-name", "email")}
OVER = (2029, 6, 5)


def hand(world, person: UUID, recipient: str, *fields: str) -> None:
    """Hand fields of a person over for the orders, as a program does."""
    with operator_scope(world.operator):
        asked = Operation(
            operator=world.operator,
            subject=person,
            action=Action.PROVISION,
            purpose="orders",
            fields=frozenset(fields),
            actor=SYSTEM,
            recipient=recipient,
        )
        assert not isinstance(gate.decide(asked), gate.Refusal)


def ended(world, *recipients: str) -> UUID:
    """Somebody whose data these processors were handed, and whose five years are over."""
    person = world.person()
    world.send(person)
    with operator_scope(world.operator):
        until = clock.now() + timedelta(days=1)
        retention.contract_started(world.operator, person, purposes=("orders",), until=until)
    for each in recipients:
        hand(world, person, each, *GIVEN.get(each, ("full-name", "email", "phone")))
    world.live_until(*OVER)
    assert world.standing(person).destroyed
    return person


def commands(world) -> dict[str, actions.CommandRow]:
    with operator_scope(world.operator):
        return {each.recipient: each for each in actions.commands(world.operator)}


def answer(world, recipient: str, outcome: str = "destroyed") -> actions.CommandRow:
    token = sending.token_of(commands(world)[recipient].id)
    with operator_scope(world.operator):
        return actions.answer_by_link(world.operator, token, outcome)


def sealed(world, row: actions.CommandRow) -> dict:
    with operator_scope(world.operator):
        return vault.holdings(world.operator, row.parcel) if row.parcel else {}


def state(world, control: str, clause: str) -> ClauseState:
    with operator_scope(world.operator):
        policy = policies.in_force(world.operator)
        asked = Question(world.operator, policy, control, clause, {}, clock.now())
        return CONTROLS[control].judge(asked).state


def test_only_who_was_handed_it_is_told_and_the_act_awaits_them(world, server) -> None:
    person = ended(world, "bitrix24", "contractors", "payment-integrator")
    found = commands(world)
    assert set(found) == {"bitrix24", "contractors"}
    assert found["bitrix24"].fields == ["email", "full-name", "phone"]
    (act,) = world.acts(person)
    assert {each["slug"]: each["state"] for each in act.document["processors"]} == {
        "bitrix24": "awaited",
        "contractors": "awaited",
    }
    with operator_scope(world.operator):
        paper = retention.act_document(world.operator, act.id, "ru")
    assert any("Битрикс24" in label for label, _ in paper.rows)


def test_a_server_gets_a_signed_message_and_an_address_a_letter(world, server) -> None:
    ended(world, "bitrix24", "contractors")
    (envelope,) = server.taken
    with operator_scope(world.operator):
        keys = parse_keys([journal.public_key(world.operator)])
    assert verify_document(envelope, keys).holds
    assert envelope["document"]["find"] == {"email": [ANNA["email"]]}
    (letter,) = [each for each in mail.outbox if each.to == ["privacy@contractors.example"]]
    assert ANNA["full-name"] in letter.body
    assert ANNA["email"] not in letter.subject
    assert re.search(r"/processors/[0-9a-f]{32}~\S+/", letter.body)
    assert ANNA["phone"] not in letter.body


def test_the_last_answer_ends_what_finds_the_person_and_files_the_act(world, server) -> None:
    person = ended(world, "bitrix24", "contractors")
    before = commands(world)
    assert all(sealed(world, each) for each in before.values())
    assert answer(world, "bitrix24").state is State.DONE
    assert not sealed(world, before["bitrix24"])
    assert [each.kind for each in world.acts(person)] == ["destruction"]
    answer(world, "contractors", "nothing-held")
    answer(world, "contractors", "destroyed")
    assert not sealed(world, before["contractors"])
    done, first = world.acts(person)
    assert (done.kind, done.first_act) == ("processors", first.id)
    assert {each["slug"]: each["outcome"] for each in done.document["processors"]} == {
        "bitrix24": "destroyed",
        "contractors": "nothing-held",
    }
    with operator_scope(world.operator):
        assert retention.act_pdf(world.operator, done.id, "ru").startswith(b"%PDF")
    assert state(world, "disclosure.processor", "5.2/b1") is ClauseState.KEPT
    assert state(world, "retention.certificate", "7.6(2)(e)") is ClauseState.KEPT


def test_silence_is_reminded_of_then_overdue(world, server) -> None:
    ended(world, "contractors")
    world.live_until(2029, 6, 25)
    row = commands(world)["contractors"]
    assert row.state is State.OVERDUE
    assert row.reminders >= 2
    letters = [each for each in mail.outbox if each.to == ["privacy@contractors.example"]]
    assert len(letters) == row.reminders + 1
    assert letters[-1].subject.startswith("Reminder")
    assert state(world, "disclosure.processor", "5.2/b1") is ClauseState.AT_RISK


def test_a_server_that_sends_elsewhere_is_not_followed_and_tried_again(world, server) -> None:
    server.status = 302
    ended(world, "bitrix24")
    row = commands(world)["bitrix24"]
    assert (row.state, row.failure, server.taken) == (State.FAILING, "server-refused", [])
    server.status = 200
    world.live_until(2029, 6, 6, 12)
    assert len(server.taken) == 1


def test_staff_tell_by_hand_and_enter_the_proof(world) -> None:
    ended(world, "support")
    row = commands(world)["support"]
    assert (row.by, row.state) == ("hand", State.TO_TELL)
    with operator_scope(world.operator):
        assert actions.told_by_hand(world.operator, row.id, by=OFFICER).state is State.AWAITED
        for how, reference in (("rumour", "7"), ("letter", ""), ("letter", "<script>")):
            with pytest.raises(WrongAnswer):
                actions.acknowledge(
                    world.operator, row.id, "destroyed", how=how, by=OFFICER, reference=reference
                )
        done = actions.acknowledge(
            world.operator, row.id, "destroyed", how="letter", by=OFFICER, reference="№ 17/29"
        )
    assert (done.state, done.reference) == (State.DONE, "№ 17/29")


def test_data_that_another_record_keeps_for_the_same_purpose_is_not_commanded(world) -> None:
    person = world.person()
    world.send(person)
    hand(world, person, "contractors", "full-name", "email")
    world.live_until(2026, 1, 1)
    world.send(person)
    world.live_until(*OVER)
    assert world.held(person)
    assert commands(world) == {}


def test_nothing_about_the_person_is_in_journal_row_or_address(world, server) -> None:
    person = ended(world, "bitrix24", "contractors")
    with operator_scope(world.operator):
        said = repr(journal.entries(world.operator, limit=10_000)) + repr(commands(world))
        looked = actions.finding(world.operator, commands(world)["bitrix24"].id, by=OFFICER)
    assert not any(text in said for text in ANNA.values() if len(text) > 2)
    assert looked == {"email": [ANNA["email"]]}
    assert str(person) not in sending.token_of(commands(world)["bitrix24"].id)


def test_the_address_of_the_answer_changes_nothing_until_it_is_answered(world, server) -> None:
    ended(world, "contractors")
    where = f"/en/prohomeexchange/processors/{sending.token_of(commands(world)['contractors'].id)}/"
    client = Client()
    assert client.get(where).status_code == 200
    assert client.get(where[:-5] + "xxxx/").status_code == 404
    assert client.post(where, {"outcome": "perhaps"}).status_code == 422
    assert commands(world)["contractors"].state is not State.DONE
    told = client.post(where, {"outcome": "destroyed"}, headers={"Accept": "application/json"})
    assert told.json()["outcome"] == "destroyed"
    assert commands(world)["contractors"].state is State.DONE


def test_a_process_that_dies_tells_everybody_and_forgets_nobody(committed, server) -> None:
    world = committed
    person = world.person()
    world.send(person)
    hand(world, person, "contractors", "full-name", "email")
    at = clock.ManualClock(world.at.now().replace(year=2029, day=5))
    with clock.use(at):
        for statement in (5, 20, 40):
            with pytest.raises(Died), failing_at(statement, Died):
                retention.sweep(world.operator, at.now())
            assert bool(world.held(person)) != bool(commands(world))
            if commands(world):
                break
        retention.sweep(world.operator, at.now())
        assert not world.held(person)
        with pytest.raises(Died), failing_at(1, Died):
            sending.sweep(world.operator, at.now())
        assert not mail.outbox
        assert sending.sweep(world.operator, at.now()) == 1
        assert sending.sweep(world.operator, at.now()) == 0
    row = commands(world)["contractors"]
    assert (row.state, row.attempts) == (State.AWAITED, 0)
    assert parcels.POINT not in repr(row)


class Watched(EmailBackend):
    """A mail server that looks what others can do while it takes a letter."""

    meanwhile: list[Callable[[], None]] = []

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for look in self.meanwhile:
            look()
        return int(super().send_messages(messages))


def test_nothing_is_locked_while_a_processor_is_told_and_who_dies_then_tells_it_once_more(
    committed, server, settings, monkeypatch
) -> None:
    world = committed
    person = world.person()
    world.send(person)
    hand(world, person, "contractors", "full-name", "email")
    settings.EMAIL_BACKEND = f"{__name__}.Watched"
    at = clock.ManualClock(world.at.now().replace(year=2029, day=5))
    seen: list[object] = []

    def look() -> None:
        assert not connection.in_atomic_block
        seen.append(sending.sweep(world.operator, at.now()))

    def die() -> None:
        raise Died

    with clock.use(at):
        retention.sweep(world.operator, at.now())
        monkeypatch.setattr(Watched, "meanwhile", [look, die])
        with pytest.raises(Died):
            sending.sweep(world.operator, at.now())
        assert sending.sweep(world.operator, at.now()) == 0, "it is leased to the dead process"
        monkeypatch.setattr(Watched, "meanwhile", [look])
        at.set(at.now() + sending.LEASE)
        assert sending.sweep(world.operator, at.now()) == 1
        assert sending.sweep(world.operator, at.now()) == 0
    assert seen == [0, 0]
    assert (commands(world)["contractors"].state, len(mail.outbox)) == (State.AWAITED, 1)
