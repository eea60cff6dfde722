"""Does what is due, for every operator, now or up to a moment to come.

The worker calls ``run_now`` again and again on the machine's clock. The demo clock, rehearsals
and tests call ``run_until``: it walks from one due moment to the next, so that six years pass in
the order in which they would have passed. Which operators there are and how the journal is
sequenced is told by ``install``, because this kit knows no room.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, cast, runtime_checkable
from uuid import UUID

from tutela.core import clock
from tutela.core.errors import Conflict
from tutela.core.measures import counter, duration
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import SWEEPS, Sweep, Waiting
from tutela.jobs.waiting import Awaited

log = logging.getLogger(__name__)

_JOURNAL = "journal"
_PASSES = 100  # one moment may set off as many rounds; more means that a sweep never ends


def _known() -> frozenset[str]:
    return frozenset({*SWEEPS, _JOURNAL})


SWEPT = duration("sweep", "Rounds of a sweep, with how long they took.", sweep=_known)
FAILED = counter("sweep_failures", "Rounds of a sweep that raised.", sweep=_known)

_turn = threading.RLock()  # the worker and the demo clock of one process take turns


@dataclass(frozen=True, slots=True)
class Providers:
    """``operators`` lists the ids of all operators; ``sequence`` closes an operator's journal, and
    ``unsequenced`` says whether it has anything to close.

    ``before`` is called by the worker before each look, to take up a clock that was moved.
    """

    operators: Callable[[], Iterable[UUID]]
    sequence: Callable[[UUID], int]
    before: Callable[[], None]
    unsequenced: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A sweep that raised. Of the exception only the class is kept: its text may hold anything."""

    operator: UUID
    sweep: str
    error: str


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at one moment: how much each sweep did, and which of them failed."""

    moment: datetime
    done: tuple[tuple[str, int], ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def total(self) -> int:
        return sum(count for _, count in self.done)


class NotInstalled(Conflict):
    """The engine was not told which operators there are."""


class ClockStandsFast(Conflict):
    """The clock of this process is the machine's and cannot be moved."""


@runtime_checkable
class _Settable(Protocol):
    def set(self, moment: datetime) -> None: ...


_providers: list[Providers] = []


def _nothing() -> None:
    """Do nothing."""


def install(
    *,
    operators: Callable[[], Iterable[UUID]],
    sequence: Callable[[UUID], int],
    before: Callable[[], None] = _nothing,
    unsequenced: Waiting | None = None,
) -> None:
    """Tell the engine which operators there are and how to sequence a journal."""
    _providers[:] = [Providers(operators, sequence, before, unsequenced)]


def look() -> None:
    """What the worker does before each ``run_now``."""
    _installed().before()


def _installed() -> Providers:
    if not _providers:
        raise NotInstalled("Wire the rooms first: call tutela.app.wire().")
    return _providers[0]


def _in_order() -> list[Sweep]:
    return [SWEEPS[slug] for slug in sorted(SWEEPS)]


Skip = Callable[[UUID, str], bool]
"""Whether a sweep (or ``journal``) of an operator shall be left out this time."""


def _keep_all(_operator: UUID, _sweep: str) -> bool:
    return False


def run_now(*, only: UUID | None = None, skip: Skip = _keep_all, tolerant: bool = False) -> Step:
    """Do all that is due at this moment, for every operator or ``only`` one.

    With ``tolerant`` a sweep that raises is logged (class and ids, never values) and does not
    stop the others; otherwise its exception goes on to the caller.
    """
    with _turn:
        moment = clock.now()
        operators = [only] if only else list(_installed().operators())
        done: dict[str, int] = {}
        failures: list[Failure] = []
        for operator in operators:
            awaited = Awaited(operator, moment, _conditions())
            for slug, work in _work_of(operator, moment):
                if skip(operator, slug) or not awaited.holds(slug):
                    continue
                awaited.forget()
                began = time.perf_counter()
                try:
                    count = work()
                except Exception as error:
                    if not tolerant:
                        raise
                    FAILED.add(sweep=slug)
                    failures.append(_failed(operator, slug, error))
                else:
                    SWEPT.add(time.perf_counter() - began, sweep=slug)
                    done[slug] = done.get(slug, 0) + count
        counts = tuple((slug, count) for slug, count in done.items() if count)
        return Step(moment, counts, tuple(failures))


def _work_of(operator: UUID, moment: datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    for sweep in _in_order():
        yield sweep.slug, partial(sweep.run, operator, moment)
    yield _JOURNAL, partial(_installed().sequence, operator)


def _conditions() -> dict[str, Waiting | None]:
    return {
        **{each.slug: each.waiting for each in _in_order()},
        _JOURNAL: _installed().unsequenced,
    }


def _failed(operator: UUID, slug: str, error: Exception) -> Failure:
    failure = Failure(operator, slug, type(error).__qualname__)
    log.error(
        "The sweep %s of operator %s failed with %s; it will be tried again.",
        slug,
        operator,
        failure.error,
        exc_info=error,
    )
    return failure


def next_moment(after: datetime, *, only: UUID | None = None) -> datetime | None:
    """The first moment strictly later than ``after`` at which something becomes due."""
    moments: list[datetime] = []
    for operator in [only] if only else list(_installed().operators()):
        with operator_scope(operator):
            for sweep in _in_order():
                moment = sweep.next_moment(operator, after)
                if moment is not None and moment > after:
                    moments.append(moment)
    return min(moments, default=None)


def steps_until(
    moment: datetime, *, only: UUID | None = None, tolerant: bool = False
) -> Iterator[Step]:
    """Live through the time up to and including ``moment``, one due moment at a time.

    Yields each step after it has happened, so that a page can show progress; the clock stands
    at ``step.moment`` then. A moment in the past is the present moment.
    Raises ``ClockStandsFast`` if the installed clock cannot be set.
    """
    installed = clock.installed()
    if not isinstance(installed, _Settable):
        raise ClockStandsFast(
            "Time can be moved in a demo, a rehearsal or a test only; this is neither."
        )
    step = _settle(None, only=only, tolerant=tolerant)
    yield step
    while (now := clock.now()) < moment:
        upcoming = next_moment(step.moment, only=only)
        target = moment if upcoming is None else min(upcoming, moment)
        step = _settle(max(target, now), only=only, tolerant=tolerant)
        yield step


def _settle(moment: datetime | None, *, only: UUID | None, tolerant: bool) -> Step:
    """Set the clock and do what is due until nothing more becomes due by what was done."""
    done: Counter[str] = Counter()
    failures: dict[tuple[UUID, str], Failure] = {}
    with _turn:
        if moment is not None:
            cast("_Settable", clock.installed()).set(moment)
        for _ in range(_PASSES):
            step = run_now(only=only, tolerant=tolerant)
            done.update(dict(step.done))
            failures.update({(each.operator, each.sweep): each for each in step.failures})
            if not any(slug != _JOURNAL for slug, _ in step.done):
                break
    return Step(step.moment, tuple(done.items()), tuple(failures.values()))


def run_until(moment: datetime, *, only: UUID | None = None, tolerant: bool = False) -> list[Step]:
    """``steps_until`` to its end; only the steps at which something happened."""
    steps = steps_until(moment, only=only, tolerant=tolerant)
    return [step for step in steps if step.done or step.failures]
