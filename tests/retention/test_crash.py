"""A process that dies at any statement leaves a destruction undone, or done whole."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections

from tutela.core import clock
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.obligations import actions as obligations
from tutela.retention import actions as retention
from tutela.retention.sweeping import Pace
from tutela.vault import actions as vault
from tutela.vault import ending_lines, endings
from tutela.vault.models import Ending, Shred


class Died(BaseException):
    """The process is gone: nothing in the program may catch this."""


class Broke(Exception):
    """One statement failed; the program goes on."""


@contextlib.contextmanager
def failing_at(number: int, error: type[BaseException]) -> Iterator[Callable[[], int]]:
    """Raise instead of executing the statement with this number; counts those that write."""
    seen = 0

    def count(sql: str) -> None:
        nonlocal seen
        if any(word in sql for word in ("INSERT", "UPDATE", "DELETE")):
            seen += 1
            if seen == number:
                raise error

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        count(sql)
        return run(sql, params, many, context)

    def prepared(statement: str, arguments: swift.Arguments) -> Any:
        count(statement)
        return plain(statement, arguments)

    plain = swift._cursor
    swift._cursor = prepared
    try:
        with connection.execute_wrapper(execute):
            yield lambda: seen
    finally:
        swift._cursor = plain


def _withdrawn(world, *, hindered: bool = False) -> UUID:
    anna = world.person()
    world.send(anna)
    world.withdraw(anna)
    if hindered:
        with operator_scope(world.operator):
            retention.obstacle_open(world.operator, anna, "store-unreachable")
    return anna


def _untouched(world, subject: UUID) -> bool:
    with operator_scope(world.operator):
        known = identity.subject(world.operator, subject).destroyed_at is None
    return (
        len(world.held(subject)) == 4
        and known
        and not world.standing(subject).destroyed
        and not world.standing(subject).blocks
        and world.acts(subject) == []
        and {row.state for row in world.obligations(subject)} == {"open"}
        and "retention.destroyed" not in world.kinds(subject)
        and "retention.impossible" not in world.kinds(subject)
    )


def _destroyed(world, subject: UUID) -> bool:
    with operator_scope(world.operator):
        gone = identity.subject(world.operator, subject).destroyed_at is not None
    return (
        world.held(subject) == set()
        and gone
        and world.standing(subject).destroyed
        and [act.kind for act in world.acts(subject)] == ["destruction"]
        and {row.state for row in world.obligations(subject)} == {"discharged"}
        and world.kinds(subject).count("retention.destroyed") == 1
    )


def _impossible(world, subject: UUID) -> bool:
    return (
        len(world.held(subject)) == 4
        and len(world.standing(subject).blocks) == 1
        and [act.kind for act in world.acts(subject)] == ["impossibility"]
        and [row.state for row in world.obligations(subject)] == ["failed", "open"]
        and world.kinds(subject).count("retention.impossible") == 1
    )


@pytest.mark.parametrize("hindered", [False, True], ids=["destruction", "impossibility"])
def test_dying_at_any_statement_leaves_all_or_nothing(committed, hindered) -> None:
    world, done = committed, _impossible if hindered else _destroyed
    people = 0
    while True:
        people += 1
        anna = _withdrawn(world, hindered=hindered)
        start = clock.now()
        world.at.set(world.obligations(anna)[0].act_at)
        died = False
        with failing_at(people, Died):
            try:
                obligations.run_due(world.operator, clock.now())
            except Died:
                died = True
        assert _untouched(world, anna) or done(world, anna), f"half done at write {people}"
        obligations.run_due(world.operator, clock.now())
        assert done(world, anna), f"not finished after write {people}"
        world.at.set(start)
        if not died:
            break
    assert people > 10


def test_an_error_at_any_statement_is_counted_and_the_next_attempt_finishes(committed) -> None:
    world = committed
    anna = _withdrawn(world)
    world.at.set(world.obligations(anna)[0].act_at)
    for number in (3, 6, 10):  # the first two look for pauses that are over and for what is late
        before = world.obligations(anna)[0].attempts
        with failing_at(number, Broke):
            obligations.run_due(world.operator, clock.now())
        row = world.obligations(anna)[0]
        assert _untouched(world, anna)
        assert (row.attempts, row.last_failure) == (before + 1, "broke")
        assert row.next_attempt_at > clock.now()
        world.at.set(row.next_attempt_at)
    obligations.run_due(world.operator, clock.now())
    assert _destroyed(world, anna)


def test_dying_while_many_are_ended_together_leaves_all_of_them_or_nothing(committed) -> None:
    world, number, start = committed, 0, clock.now()
    while True:
        number += 1
        people = [world.person(), world.person()]
        for each in people:
            world.send(each)
        with operator_scope(world.operator):
            (end,) = retention.ends(world.operator, people[1])
        world.at.set(end.ends_at)
        died = False
        with failing_at(number, Died):
            try:
                Pace(people=2).sweep(world.operator, people, clock.now())
            except Died:
                died = True
        gone = [world.held(each) == set() for each in people]
        assert gone[0] == gone[1], f"half of them at write {number}"
        assert [world.standing(each).destroyed for each in people] == gone
        assert [len(world.acts(each)) for each in people] == gone
        retention.sweep(world.operator, clock.now())
        with operator_scope(world.operator):
            vault.shred_pending(world.operator)
            assert not Ending.objects.filter(number=None).exists()
            assert not Shred.objects.exists()
        for each in people:
            assert world.held(each) == set()
            assert [act.kind for act in world.acts(each)] == ["destruction"]
        world.at.set(start)
        if not died:
            break
    lines = ending_lines.read_file(endings.path(world.operator))
    assert {line.subject for line in lines} >= set(people)
    assert len(lines) == len({line.id for line in lines}) == 2 * number
    assert number > 30


def test_two_workers_destroy_once(committed) -> None:
    world = committed
    people = [_withdrawn(world) for _ in range(3)]
    moment = world.obligations(people[0])[0].act_at
    world.at.set(moment)
    barrier = Barrier(3)
    done: list[int] = []

    def work() -> None:
        try:
            barrier.wait()
            done.append(obligations.run_due(world.operator, moment))
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(done) == 3
    for anna in people:
        assert _destroyed(world, anna)
    with operator_scope(world.operator):
        numbers = sorted(act.number for act in retention.acts(world.operator))
    assert numbers == [1, 2, 3]


def test_a_withdrawal_that_dies_anywhere_is_not_half_a_withdrawal(committed) -> None:
    world, number = committed, 0
    while True:
        number += 1
        anna = world.person()
        world.send(anna, purposes=("orders", "newsletter"))
        died = False
        with failing_at(number, Died):
            try:
                world.withdraw(anna)
            except Died:
                died = True
        live = set(world.standing(anna).consents)
        if "consent.withdrawn" in world.kinds(anna):
            assert live == set()
            assert len(world.obligations(anna)) == 1
        else:
            assert died
            assert live == {"orders", "newsletter"}
            assert world.obligations(anna) == []
        if not died:
            break
    assert number > 10
