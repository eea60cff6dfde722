"""A policy of two versions, the second of which is to be accepted anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tests.policy.spoiling import Copy

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
app.wire()


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(datetime(2024, 6, 3, 9, 0, tzinfo=UTC))
    with clock.use(manual):
        yield manual


@pytest.fixture
def publish(db: None, at: clock.ManualClock, tmp_path: Path) -> Callable[..., UUID]:
    """Publish a version whose policy.reaccept has the parameters ``manner``, in new words."""

    def make(number: int, manner: str = "", **changes: str) -> UUID:
        copy = Copy(Path(shutil.copytree(MINIMAL, tmp_path / f"version-{number}")))
        copy.change("number: 1, dated", f"number: {number}, dated")
        if number > 1:
            copy.change(
                "processes my name, e-mail address", f"processes (version {number}) my name, e-mail"
            )
        if manner:
            line = f'  - {{control: policy.reaccept, clauses: ["4.2"], with: {manner}}}\n'
            copy.change("controls:\n", f"controls:\n{line}")
        for old, new in changes.items():
            copy.change(old, new)
        copy.change("controls:\n", BINDINGS)
        policies.publish(policies.load_folder(copy.path))
        return policies.operator_id("lark-bakery")

    return make


BINDINGS = """controls:
  - {control: notice.warn, clauses: ["3.4"], with: {step: publishing, points: [order]}}
  - {control: notice.warn, clauses: ["2.4"], with: {step: first-run}}
  - {control: notice.collect, clauses: ["2.1"]}
"""


@pytest.fixture
def operator(publish: Callable[..., UUID]) -> UUID:
    return publish(1)


@pytest.fixture
def scope(operator: UUID) -> Iterator[UUID]:
    with operator_scope(operator):
        yield operator
