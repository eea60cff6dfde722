from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(datetime(2024, 6, 3, 9, 0, tzinfo=UTC))
    with clock.use(manual):
        yield manual


@pytest.fixture
def operator(db: None, at: clock.ManualClock) -> Iterator[UUID]:
    operator_id = new_id()
    with operator_scope(operator_id):
        yield operator_id
