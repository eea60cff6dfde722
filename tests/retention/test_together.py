"""Many people ended in one transaction: for each the same as if they had been alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tutela.core import clock
from tutela.core.canonical import canonical_bytes
from tutela.db.scope import operator_scope, transaction_id
from tutela.journal import actions as journal
from tutela.journal.formats import parse_keys
from tutela.journal.offline import verify_document
from tutela.obligations import running
from tutela.retention import actions as retention
from tutela.retention.models import Schedule
from tutela.retention.sweeping import Outcome, Pace
from tutela.vault import ending_lines, endings, keystore
from tutela.vault.models import Ending

OVER = datetime(2029, 6, 5, tzinfo=UTC)
_MADE = re.compile(r'[0-9a-f]{8}-[0-9a-f-]{27}|"number":\d+|"slots":\[[0-9,]*\]')


def _people(world) -> list[UUID]:
    """One of every kind: nothing stands in the way; an obstacle; a hold; two records; a contract;
    an attempt that failed before."""
    plain, hindered, held, twice, bound, failed = (world.person() for _ in range(6))
    for each in (plain, hindered, held, twice, bound, failed):
        world.send(each)
    world.send(twice, "newsletter", ("newsletter",), {"email": "twice@mail.example"})
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, hindered, "store-unreachable")
        retention.hold(world.operator, held, "dispute", fields=["email"])
        retention.contract_started(world.operator, bound, reference=bound)
        Schedule.objects.filter(subject_id=failed).update(attempts=1)
    return [plain, hindered, held, twice, bound, failed]


def _what_is(world, subject: UUID) -> dict[str, Any]:
    """All that is known of somebody, without what is made anew for each: names and numbers."""
    with operator_scope(world.operator):
        entries = journal.entries(world.operator, subject=subject, limit=1000)
        ended = list(Ending.objects.filter(subject_id=subject).order_by("at").values())
        waiting = list(
            Schedule.objects.filter(subject_id=subject).order_by("rule", "event_at").values()
        )
    return {
        "held": world.held(subject),
        "standing": _bare(world.standing(subject).to_json()),
        "entries": sorted(_bare([each.kind, each.clause, each.data]) for each in entries),
        "acts": [_bare(each.document) for each in world.acts(subject)],
        "endings": [_bare([each["kind"], each["content"], each["at"]]) for each in ended],
        "schedule": [
            _bare([each[name] for name in ("rule", "purposes", "ends_at", "next_at", "done_at")])
            + str(each["act_id"] is None)
            for each in waiting
        ],
    }


def _bare(said: Any) -> str:
    return _MADE.sub("*", canonical_bytes(said).decode())


def test_people_ended_together_are_ended_as_each_would_be_alone(committed) -> None:
    world = committed
    alone, together = _people(world), _people(world)
    world.at.set(OVER)
    for each in alone:
        Pace(people=1).sweep(world.operator, [each], clock.now())
    outcomes = Pace(people=6).sweep(world.operator, together, clock.now())
    assert outcomes == [Outcome.DONE] * 6
    for one, other in zip(alone, together, strict=True):
        assert _what_is(world, one) == _what_is(world, other)
    lines = ending_lines.read_file(endings.path(world.operator))
    slots = [slot for line in lines for slot in line.content.get("slots", ())]
    assert slots
    assert set(keystore.shares(world.operator, slots)) == {None}
    with operator_scope(world.operator):
        keys = parse_keys([journal.public_key(world.operator)])
        acts = retention.acts(world.operator)
    assert sorted(each.number for each in acts) == list(range(1, len(acts) + 1))
    assert all(verify_document(each.envelope, keys).holds for each in acts)


def test_one_of_many_who_cannot_be_ended_hinders_none_of_the_others(committed, monkeypatch) -> None:
    world = committed
    people = [world.person() for _ in range(3)]
    for each in people:
        world.send(each)
    world.at.set(OVER)

    def breaks(_operator: UUID, asked: list[UUID], _records: object) -> None:
        if people[1] in asked:
            raise OSError

    monkeypatch.setitem(retention.ERASERS._things, "breaks", breaks)
    outcomes = Pace(people=3).sweep(world.operator, people, clock.now())
    assert outcomes == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]
    assert [len(world.held(each)) for each in people] == [0, 4, 0]
    assert [len(world.acts(each)) for each in people] == [1, 0, 1]


def _when_due(world, people: list[UUID]) -> None:
    due = max(each.act_at for person in people for each in world.obligations(person))
    world.at.set(due)
    running.run_due(world.operator, due)


def test_promises_to_destroy_are_kept_together_and_one_that_fails_hinders_no_other(
    committed, monkeypatch
) -> None:
    world = committed
    people = [world.person() for _ in range(4)]
    for each in people:
        world.send(each)
        world.ask(each, "destruction.demanded")
    with operator_scope(world.operator):
        retention.obstacle_open(world.operator, people[3], "store-unreachable")

    def breaks(_operator: UUID, asked: list[UUID], _records: object) -> None:
        if people[1] in asked:
            raise OSError

    monkeypatch.setitem(retention.ERASERS._things, "breaks", breaks)
    _when_due(world, people)
    assert [len(world.held(each)) for each in people] == [0, 4, 0, 4]
    assert [len(world.acts(each)) for each in people] == [1, 0, 1, 1], "one is impossible now"
    (failed,) = [each for each in world.obligations(people[1]) if each.attempts]
    assert (failed.attempts, failed.state) == (1, "open")

    monkeypatch.delitem(retention.ERASERS._things, "breaks")
    others = [world.person() for _ in range(3)]
    for each in others:
        world.send(each)
        world.ask(each, "destruction.demanded")
    transactions: list[int] = []
    monkeypatch.setitem(
        retention.ERASERS._things, "notes", lambda *_: transactions.append(transaction_id())
    )
    _when_due(world, others)
    assert [len(world.acts(each)) for each in others] == [1, 1, 1]
    assert len(set(transactions)) < len(others), "they were one transaction"
