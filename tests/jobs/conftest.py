"""A small world for the engine: things that become due, for two operators."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.core.registry import Registry
from tutela.jobs import engine
from tutela.jobs.sweeps import Sweep, Waiting

NORTH = UUID("018f0000-0000-7000-8000-000000000001")
SOUTH = UUID("018f0000-0000-7000-8000-000000000002")
START = datetime(2024, 6, 3, 9, tzinfo=UTC)


def day(number: int) -> datetime:
    return START.replace(day=number)


@dataclass
class World:
    """``due`` lists what is to be done and when; ``lived`` tells what was done, when, in order."""

    due: list[tuple[datetime, UUID, str]] = field(default_factory=list)
    lived: list[tuple[datetime, UUID, str]] = field(default_factory=list)
    breaks: dict[tuple[UUID, str], Exception] = field(default_factory=dict)
    leads_to: dict[str, str] = field(default_factory=dict)
    sequenced: list[UUID] = field(default_factory=list)
    looked: list[tuple[UUID, str]] = field(default_factory=list)
    sweeps: Registry[Sweep] = field(default_factory=lambda: Registry("sweep"))

    def add_sweep(self, slug: str, waiting: Waiting | None = None) -> None:
        def run(operator: UUID, now: datetime) -> int:
            self.looked.append((operator, slug))
            if error := self.breaks.get((operator, slug)):
                raise error
            mine = [each for each in self.due if each[0] <= now and each[1:] == (operator, slug)]
            for each in sorted(mine):
                self.due.remove(each)
                self.lived.append((now, operator, slug))
                if follower := self.leads_to.get(slug):
                    self.due.append((now, operator, follower))
            return len(mine)

        def upcoming(operator: UUID, after: datetime) -> datetime | None:
            moments = [at for at, *rest in self.due if rest == [operator, slug] and at > after]
            return min(moments, default=None)

        self.sweeps.register(slug, Sweep(slug, run, upcoming, waiting))

    def waits(self, operator: UUID, now: datetime, slug: str) -> bool:
        return any(at <= now and rest == [operator, slug] for at, *rest in self.due)

    def sequence(self, operator: UUID) -> int:
        self.sequenced.append(operator)
        return 0


@pytest.fixture
def world(monkeypatch):
    made = World()
    for slug in ("alpha", "beta"):
        made.add_sweep(slug)
    monkeypatch.setattr(engine, "SWEEPS", made.sweeps)
    monkeypatch.setattr(engine, "_providers", [])
    engine.install(operators=lambda: [NORTH, SOUTH], sequence=made.sequence)
    with clock.use(ManualClock(START)):
        yield made
