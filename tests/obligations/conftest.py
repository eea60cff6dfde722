"""The first sample operator, a clock that is told to move, and a handler of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.obligations import actions as obligations
from tutela.obligations.actions import Evidence, ObligationRow
from tutela.policy import actions as policies

SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"


@dataclass
class Worker:
    """Carries out the outcome ``unpublish``, or raises what it is told to raise."""

    raises: list[BaseException] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)

    def __call__(self, operator: UUID, row: ObligationRow, now: datetime) -> Evidence | None:
        self.asked.append(row.id)
        if self.raises:
            raise self.raises.pop(0)
        return {"page": "gone"}


@pytest.fixture
def worker() -> Iterator[Worker]:
    before = obligations.HANDLERS._things.pop("unpublish", None)
    made = Worker()
    obligations.HANDLERS.register("unpublish", made)
    yield made
    del obligations.HANDLERS._things["unpublish"]
    if before is not None:
        obligations.HANDLERS.register("unpublish", before)


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(datetime(2024, 6, 3, 14, 0, tzinfo=UTC))
    with clock.use(manual):
        yield manual


def _publish() -> UUID:
    policy = policies.load_folder(SAMPLE)
    policies.publish(policy, datetime(2024, 5, 1, 12, tzinfo=UTC))
    return policies.operator_id(policy.operator.slug)


@pytest.fixture
def operator(db: None, at: clock.ManualClock) -> UUID:
    return _publish()


@pytest.fixture
def committed(transactional_db: None, at: clock.ManualClock) -> UUID:
    return _publish()
