"""The register of requests: what comes in gets one row, one date, and one end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.requests.conftest import STARTED

from tutela.core.errors import NotFound
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy.terms import Computation
from tutela.requests import actions as requests
from tutela.requests import cases, moving
from tutela.requests.kinds import ENDED, KINDS, State

OFFICER = Actor(ActorKind.STAFF, "1", "officer")


def asked(house, kind: str, subject=None, **more) -> cases.Case:
    with operator_scope(house.id):
        case = requests.open_case(house.id, kind, "portal", subject, **more)
        return cases.get(house.id, case)


def last_day(case: cases.Case) -> date:
    return Computation.from_json(case.computation).last_day


@pytest.mark.parametrize(
    ("kind", "ground", "due", "source"),
    [
        ("access", "", date(2024, 6, 18), "policy"),
        ("correction", "inaccurate", date(2024, 6, 13), "policy"),
        ("erasure", "wish", date(2024, 6, 18), "policy"),
        ("erasure", "unlawful", date(2024, 6, 13), "policy"),
        ("stop", "", date(2024, 6, 18), "policy"),
        ("objection", "", date(2024, 7, 3), "policy"),
        ("undistribution", "request", date(2024, 6, 6), "policy"),
        ("claim", "", date(2024, 6, 18), "policy"),
    ],
)
def test_the_kind_and_its_ground_decide_the_date(house, kind, ground, due, source):
    subject = house.send("order").subject
    case = asked(house, kind, subject, ground=ground)
    assert (last_day(case), case.due_from) == (due, source)
    with operator_scope(house.id):
        opened = obligations.listing(house.id, cause=case.id)
    assert case.due_at in {each.due_at for each in opened}


def test_the_same_letter_is_one_request_however_often_it_comes(house):
    subject = house.send("order").subject
    record = house.send("order").about
    first = asked(house, "access", subject, record=record)
    again = asked(house, "access", subject, record=record)
    assert first.id == again.id == record
    with operator_scope(house.id):
        assert cases.listing(house.id).count() == 1


def test_whoever_knows_better_names_the_kind_and_the_date_follows(house):
    subject = house.send("order").subject
    record = house.send("order").about
    first = asked(house, "question", subject, record=record)
    better = asked(house, "correction", subject, record=record, ground="outdated")
    assert (first.kind, better.kind) == ("question", "correction")
    assert last_day(better) == date(2024, 6, 13)


def test_no_clock_stands_still_while_somebody_is_waited_for(house):
    """No policy here allows a pause, so a missing form or proof moves no date."""
    subject = house.send("order").subject
    case = asked(house, "claim", subject)
    with operator_scope(house.id):
        moving.form_missing(house.id, case.id, by=OFFICER)
        house.at.set(house.at.now() + timedelta(days=7))
        moving.form_came(house.id, case.id, by=OFFICER)
        assert cases.get(house.id, case.id).due_at == case.due_at
        (row,) = [
            each
            for each in obligations.listing(house.id, cause=case.id)
            if each.outcome == "answer"
        ]
    assert row.due_at == case.due_at


def test_the_clock_starts_at_receipt_and_not_when_it_is_written_down(house):
    subject = house.send("order").subject
    house.at.set(STARTED + timedelta(days=2))
    case = asked(house, "objection", subject, received_at=STARTED)
    assert last_day(case) == date(2024, 7, 3)


def test_blocking_begins_with_the_receipt(house):
    subject = house.send("order").subject
    case = asked(house, "blocking", subject)
    with operator_scope(house.id):
        (block,) = gate.standing(house.id, subject).blocks
    assert block.since == case.received_at == STARTED
    assert block.live(STARTED)


def test_a_court_sets_its_own_term(house):
    subject = house.send("order").subject
    case = asked(house, "undistribution", subject, ground="court", court_until=date(2024, 6, 20))
    assert (last_day(case), case.due_from) == (date(2024, 6, 20), "law")


def test_a_request_of_nobody_known_waits_for_proof_and_then_has_its_person(house):
    case = asked(house, "access")
    assert case.state == State.PROVING
    subject = house.send("order").subject
    with operator_scope(house.id):
        moving.proven(house.id, case.id, subject, by=OFFICER)
        now = cases.get(house.id, case.id)
    assert (now.state, cases.subject_of(now)) == (State.WORKING, subject)


def test_a_form_that_is_a_claim_is_registered_by_itself(house):
    sent = house.send("claim")
    with operator_scope(house.id):
        case = cases.get(house.id, sent.about)
        kinds = [each.kind for each in journal.entries(house.id, kinds=("request.opened",))]
    assert (case.kind, cases.subject_of(case)) == ("claim", sent.subject)
    assert kinds == ["request.opened"]


def test_an_order_is_no_request(house):
    house.send("order")
    with operator_scope(house.id):
        assert not cases.listing(house.id).exists()


def test_nothing_is_refused_without_a_ground_of_its_kind(house):
    case = asked(house, "objection", house.send("order").subject)
    with operator_scope(house.id):
        for refusal in ("", "accurate", "no-such-ground"):
            with pytest.raises(cases.NotPossible):
                moving.decide(house.id, case.id, "refused", refusal=refusal, by=OFFICER)
        moving.decide(house.id, case.id, "refused", refusal="no-such-decision", by=OFFICER)
        assert cases.get(house.id, case.id).state == State.DECIDED


def test_a_repeat_within_thirty_days_can_be_refused_only_without_a_good_reason(house):
    subject = house.send("order").subject
    first = asked(house, "access", subject)
    with operator_scope(house.id):
        cases.Case.objects.filter(id=first.id).update(complete=True)
    house.at.set(STARTED + timedelta(days=10))
    early = asked(house, "access", subject)
    reasoned = asked(house, "repeat", subject, justified=True)
    house.at.set(STARTED + timedelta(days=45))
    later = asked(house, "repeat", subject)
    with operator_scope(house.id):
        assert early.repeat_of == first.id
        assert cases.is_early(house.id, early)
        assert not cases.is_early(house.id, later)
        moving.decide(house.id, early.id, "refused", refusal="repeated-too-early", by=OFFICER)
        with pytest.raises(cases.NotPossible):
            moving.decide(house.id, later.id, "refused", refusal="repeated-too-early", by=OFFICER)
        assert cases.early_may_pass(house.id, reasoned)


def test_what_is_taken_back_leaves_nothing_waiting(house):
    case = asked(house, "objection", house.send("order").subject)
    with operator_scope(house.id):
        moving.take_back(house.id, case.id, by=OFFICER)
        standing = obligations.listing(house.id, obligations.STANDING, cause=case.id)
        assert cases.get(house.id, case.id).ended_at is not None
    assert standing == []


def test_an_ended_request_is_not_moved_any_more(house):
    case = asked(house, "objection", house.send("order").subject)
    with operator_scope(house.id):
        moving.take_back(house.id, case.id, by=OFFICER)
        with pytest.raises(cases.NotPossible):
            moving.decide(house.id, case.id, "granted", by=OFFICER)


def test_an_unknown_kind_channel_or_request_is_told(house):
    subject = house.send("order").subject
    with operator_scope(house.id):
        with pytest.raises(cases.NotPossible):
            requests.open_case(house.id, "wish", "portal", subject)
        with pytest.raises(cases.NotPossible):
            requests.open_case(house.id, "access", "pigeon", subject)
        with pytest.raises(NotFound):
            cases.get(house.id, subject)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.slug)
def test_every_kind_leads_from_receipt_to_an_end(kind):
    moves = list(kind.moves())
    reached, before = {State.RECEIVED}, set()
    while reached != before:
        before = set(reached)
        reached |= {then for now, then, _why in moves if now in reached}
    assert reached & ENDED
    assert {then for _now, then, _why in moves} <= reached
    for state in reached - ENDED:
        assert any(now == state for now, _then, _why in moves), state
