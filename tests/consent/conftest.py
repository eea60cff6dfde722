"""A published policy, a clock that stands still, and a way to know a person."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.policy import actions as policies

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(datetime(2024, 6, 3, 9, 0, tzinfo=UTC))
    with clock.use(manual):
        yield manual


@pytest.fixture
def operator(db: None, at: clock.ManualClock) -> UUID:
    policy = policies.load_folder(MINIMAL)
    policies.publish(policy, datetime(2024, 5, 1, tzinfo=UTC))
    return policies.operator_id(policy.operator.slug)


@pytest.fixture
def declaring(db: None, at: clock.ManualClock, tmp_path: Path) -> Callable[..., UUID]:
    """``declaring(orders="...")`` publishes the policy with a ``consent`` block at that purpose."""

    def publish(**blocks: str) -> UUID:
        folder = tmp_path / "policy"
        shutil.copytree(MINIMAL, folder)
        written = (folder / "policy.yaml").read_text(encoding="utf-8")
        for purpose, block in blocks.items():
            head, found, tail = written.partition(f"\n  {purpose}:\n")
            assert found, purpose
            written = f"{head}{found}    consent: {block}\n{tail}"
        (folder / "policy.yaml").write_text(written, encoding="utf-8")
        policy = policies.load_folder(folder)
        policies.publish(policy, datetime(2024, 5, 1, tzinfo=UTC))
        return policies.operator_id(policy.operator.slug)

    return publish


@pytest.fixture
def scope(operator: UUID) -> Iterator[UUID]:
    with operator_scope(operator):
        yield operator


@pytest.fixture
def person(scope: UUID) -> Callable[[], UUID]:
    return lambda: identity.new_subject(scope, "en", "customer")
