"""A purge on demand: what the nightly sweep does, to its end, with figures as it goes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tutela.retention import anonymising, sweeping
from tutela.retention.sweeping import Outcome, Pace

EVERY = 500
"""After so many people the figures are told."""


@dataclass(slots=True)
class Progress:
    """How far a purge has come. ``longest`` is the longest transaction, in seconds: no row was
    locked for longer; ``memory`` the most this process has used so far, in megabytes."""

    began: float = field(default_factory=time.perf_counter)
    done: int = 0
    failed: int = 0
    longest: float = 0.0

    @property
    def people(self) -> int:
        return self.done + self.failed

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    @property
    def rate(self) -> float:
        return self.people / self.seconds if self.seconds else 0.0

    @property
    def memory(self) -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say_nothing(_: Progress) -> None:
    """Report to nobody."""


def purge(
    operator_id: UUID,
    now: datetime,
    tell: Callable[[Progress], None] = _say_nothing,
    every: int = EVERY,
) -> Progress:
    """Destroy all that has ended by ``now`` and can go; first, what the policy lets stay without
    its people is anonymised. Call it outside of any transaction.

    A few people are one transaction, so it may be killed and called again at any time: what is
    done is done, the rest is still due. What is impossible now is blocked and waits
    (004 9.3), and is not looked at twice in one run.
    """
    progress, told, pace = Progress(), 0, Pace()

    def turned(people: int, seconds: float) -> None:
        progress.done += people
        progress.longest = max(progress.longest, seconds)
        if people:
            tell(progress)

    anonymising.sweep(operator_id, now, turned)
    while people := sweeping.people_due(operator_id, now):
        before = progress.people
        while people:
            outcomes = pace.sweep(operator_id, people, now)
            people = people[len(outcomes) :]
            progress.longest = max(progress.longest, pace.took)
            progress.done += outcomes.count(Outcome.DONE)
            progress.failed += outcomes.count(Outcome.FAILED)
            if progress.people // every > told:
                told = progress.people // every
                tell(progress)
        if progress.people == before:
            break
    return progress
