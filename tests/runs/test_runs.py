"""The end of an operator and the sale of its business: agreed to by two, carried out, proven."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from tests.retention.conftest import ANNA
from tests.retention.test_crash import Died, failing_at

from tutela.core import clock
from tutela.core.controls import CONTROLS, Answer, ClauseState, Question
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal.formats import parse_keys
from tutela.journal.offline import verify_document
from tutela.policy import actions as policies
from tutela.policy import closing
from tutela.policy.closing import OperatorClosed
from tutela.retention import actions as retention
from tutela.runs import actions, carrying, handing, papers, planning
from tutela.runs import controls as _controls  # noqa: F401 - registers its judges
from tutela.runs.actions import Proposal
from tutela.runs.errors import WrongRun
from tutela.runs.models import Run
from tutela.runs.wording import Step
from tutela.vault.backups.sealing import Opener

FIRST, SECOND = (Actor(ActorKind.STAFF, each, "officer") for each in ("1", "2"))
KEY = X25519PrivateKey.generate()
DAY = datetime(2024, 7, 1, tzinfo=UTC)
END = Proposal("liquidation", "№ 5/2024", DAY)
SALE = Proposal(
    "sale",
    "№ 6/2024",
    DAY,
    buyer="business-buyer",
    key=KEY.public_key().public_bytes_raw().hex(),
    assumed="2024-06-01",
    destroys=False,
)


def opened(world, said: Proposal, *, agreed: bool = True) -> actions.RunRow:
    with operator_scope(world.operator):
        made = actions.open_run(world.operator, said, by=FIRST)
        return actions.decide(world.operator, made.id, by=SECOND) if agreed else made


def run_of(world) -> actions.RunRow:
    with operator_scope(world.operator):
        return actions.runs(world.operator)[0]


def customer(world):
    person = world.person()
    world.send(person)
    with operator_scope(world.operator):
        until = clock.now() + timedelta(days=900)
        retention.contract_started(world.operator, person, purposes=("orders",), until=until)
    return person


BAD = [
    pytest.param({"kind": "gift"}, id="kind"),
    pytest.param({"reference": "<b>"}, id="reference"),
    pytest.param({"carry_at": datetime(2020, 1, 1, tzinfo=UTC)}, id="past"),
    pytest.param({"buyer": "bitrix24"}, id="processor-is-no-buyer"),
    pytest.param({"assumed": ""}, id="nothing-assumed"),
    pytest.param({"key": "00"}, id="key"),
]


@pytest.mark.parametrize("change", BAD)
def test_a_run_that_lacks_something_is_not_opened(world, change) -> None:
    said = {**_values(SALE), **change}
    with operator_scope(world.operator), pytest.raises(WrongRun):
        actions.open_run(world.operator, Proposal(**said), by=FIRST)


def test_nothing_happens_before_a_second_person_agrees(world) -> None:
    anna = customer(world)
    made = opened(world, END, agreed=False)
    with operator_scope(world.operator):
        with pytest.raises(WrongRun):
            actions.decide(world.operator, made.id, by=FIRST)
        with pytest.raises(WrongRun):
            actions.open_run(world.operator, END, by=SECOND)
        dry = planning.dry_run(world.operator, "liquidation")
    assert [(each.subject_id, each.stays) for each in dry.lines] == [(anna, 0)]
    world.live_until(2024, 7, 5)
    assert world.held(anna)
    assert run_of(world).step(clock.now()) is Step.OPENED


def test_liquidation_tells_everybody_then_ends_all_but_what_is_held(world) -> None:
    anna, boris = customer(world), world.person()
    world.send(boris)
    with operator_scope(world.operator):
        hold = retention.hold(world.operator, boris, "dispute", fields=["email"])
    opened(world, END)
    world.live_until(2024, 6, 5)
    assert sum("wound up" in each.subject or "ликвидиру" in each.subject for each in mail.outbox)
    assert world.held(anna)
    world.live_until(2024, 7, 2)
    assert (world.held(anna), world.held(boris)) == (set(), {"email"})
    act = world.acts(anna)[0]
    run = run_of(world)
    assert (act.kind, act.cause) == ("destruction", run.id)
    assert (run.step(clock.now()), run.told, run.destroyed, run.kept) == (Step.ENDED, 2, 1, 1)
    with operator_scope(world.operator):
        keys = parse_keys([journal.public_key(world.operator)])
        retention.release(world.operator, hold)
    assert verify_document(run.envelope, keys).holds
    world.live_until(2024, 7, 4)
    assert not world.held(boris)


def test_an_obstacle_makes_the_run_wait_and_try_again(world) -> None:
    anna = customer(world)
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, anna, retention.Reason.STORE_UNREACHABLE, by=FIRST)
    opened(world, END)
    world.live_until(2024, 7, 3)
    assert world.held(anna)
    assert run_of(world).step(clock.now()) is Step.CARRYING
    with operator_scope(world.operator):
        retention.obstacle_close(world.operator, anna, by=FIRST)
    world.live_until(2024, 7, 6)
    assert not world.held(anna)
    assert run_of(world).step(clock.now()) is Step.ENDED


def test_a_sale_seals_for_the_buyer_what_the_policy_lets_it_have(world) -> None:
    anna, boris = customer(world), world.person()
    world.send(boris)
    opened(world, SALE)
    world.live_until(2024, 7, 2)
    run = run_of(world)
    assert (run.step(clock.now()), run.handed, run.destroyed) == (Step.ENDED, 1, 0)
    file = handing.path_of(run.id)
    assert ANNA["email"].encode() not in file.read_bytes()
    (said,) = handing.opened(file, Opener(private=KEY))
    assert said["person"] == str(anna)
    assert said["data"]["email"] == [ANNA["email"]]
    assert "orders" in json.dumps(said["standing"])
    assert world.held(boris)


def test_a_process_that_dies_deals_with_everybody_once(committed) -> None:
    world = committed
    people = [customer(world) for _ in range(3)]
    opened(world, Proposal(**{**_values(SALE), "destroys": True}))
    at = clock.ManualClock(DAY + timedelta(hours=1))
    with clock.use(at):
        for statement in (2, 9, 40):
            with pytest.raises(Died), failing_at(statement, Died):
                carrying.sweep(world.operator, at.now())
        carrying.sweep(world.operator, at.now())
    run = run_of(world)
    assert (run.told, run.handed, run.destroyed, run.waiting) == (3, 3, 3, 0)
    assert not any(world.held(each) for each in people)
    found = list(handing.opened(handing.path_of(run.id), Opener(private=KEY)))
    assert {each["person"] for each in found} == {str(each) for each in people}


def _values(said: Proposal) -> dict:
    return {name: getattr(said, name) for name in Proposal.__dataclass_fields__}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_pages_say_how_far_a_run_has_come(world, language) -> None:
    customer(world)
    run = opened(world, SALE)
    user = User.objects.create_user("officer", password="a long enough password")
    with operator_scope(world.operator):
        identity.grant_role(world.operator, user.pk, "officer")
    client = Client()
    client.force_login(user)
    start = f"/{language}/desk/prohomeexchange/ending"
    pages = [client.get(f"{start}/{each}") for each in ("runs/", f"runs/{run.id}/", "processors/")]
    assert [each.status_code for each in pages] == [200, 200, 200]
    assert "№ 6/2024" in pages[1].content.decode()


def judged(world, event: str, clause: str) -> Answer:
    with operator_scope(world.operator):
        policy = policies.in_force(world.operator)
        asked = Question(
            world.operator, policy, "retention.purge", clause, {"event": event}, clock.now()
        )
        return CONTROLS["retention.purge"].judge(asked)


def test_after_a_liquidation_nothing_is_taken_in_and_the_proof_says_how_it_went(world) -> None:
    anna = customer(world)
    assert judged(world, "liquidation", "8.1").state is ClauseState.NOTHING_YET
    run = opened(world, END)
    page = Client()
    assert page.get("/en/prohomeexchange/forms/order/").status_code == 200
    world.live_until(2024, 7, 2)
    shut = page.get("/en/prohomeexchange/forms/order/")
    assert (shut.status_code, "wound up" in shut.text) == (410, True)
    with operator_scope(world.operator), pytest.raises(OperatorClosed):
        identity.new_subject(world.operator, "en", "customer")
    assert not world.held(anna)
    answer = judged(world, "liquidation", "8.1")
    assert (answer.state, str(answer.figures[1])) == (ClauseState.KEPT, "1 person’s data ended")
    with operator_scope(world.operator):
        row = actions.run(world.operator, run.id)
        pdf = papers.run_pdf(world.operator, row, "ru")
        Run.objects.filter(id=run.id).update(decided_by=FIRST.id)
    assert pdf.startswith(b"%PDF")
    assert judged(world, "liquidation", "8.1").state is ClauseState.BROKEN


def test_a_liquidation_that_is_called_off_on_its_day_takes_data_in_again(world) -> None:
    anna = customer(world)
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, anna, retention.Reason.STORE_UNREACHABLE, by=FIRST)
    run = opened(world, END)
    world.live_until(2024, 7, 2)
    with operator_scope(world.operator):
        assert closing.closed_at(world.operator)
        actions.cancel(world.operator, run.id, by=FIRST)
        assert identity.new_subject(world.operator, "en", "customer")


@pytest.mark.parametrize("how", ["receipt", "term", "called-off"])
def test_the_file_of_a_sale_ends_with_an_act(world, how) -> None:
    customer(world)
    if how == "called-off":
        with operator_scope(world.operator):
            stuck = world.person()
            retention.obstacle_open(
                world.operator, stuck, retention.Reason.STORE_UNREACHABLE, by=FIRST
            )
    run = opened(world, replace(SALE, destroys=how == "called-off"))
    world.live_until(2024, 7, 2)
    file = handing.path_of(run.id)
    assert file.exists()
    if how == "receipt":
        with operator_scope(world.operator):
            with pytest.raises(WrongRun):
                actions.received(world.operator, run.id, "", by=FIRST)
            actions.received(world.operator, run.id, "№ 7", by=FIRST)
    elif how == "called-off":
        with operator_scope(world.operator):
            actions.cancel(world.operator, run.id, by=FIRST)
    else:
        world.live_until(2024, 7, 30)
        assert judged(world, "sale", "3.12/b4").state is ClauseState.KEPT
        world.live_until(2024, 8, 1)
    row = run_of(world)
    assert not file.exists()
    assert row.file_gone_at
    with operator_scope(world.operator):
        keys = parse_keys([journal.public_key(world.operator)])
        pdf = papers.file_pdf(world.operator, row, "en")
    assert pdf.startswith(b"%PDF")
    assert verify_document(row.file_envelope, keys).holds
    file.write_bytes(b"again")
    kept = judged(world, "sale", "3.12/b4").state
    assert kept is (ClauseState.NOTHING_YET if how == "called-off" else ClauseState.BROKEN)
