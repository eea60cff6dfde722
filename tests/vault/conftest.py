"""The bakery's vault, and permits as the gate would make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.mint import mint
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action
from tutela.db.scope import operator_scope, transaction_id
from tutela.policy import actions as policies
from tutela.vault import actions as vault

FOLDER = Path(__file__).parents[1] / "data" / "policies" / "minimal"
FIELDS = ("name", "email", "phone", "note")
ANN = {
    "name": "Ann Larkspur",
    "email": "Ann.Larkspur@Example.org",
    "phone": "(305) 555-0142",
    "note": "Ring twice; allergic to hazelnut.",
}


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 9, 0, tzinfo=UTC))) as manual:
        yield manual


@pytest.fixture
def operator(db: None, at: clock.ManualClock) -> UUID:
    policies.publish(policies.load_folder(FOLDER))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def scope(operator: UUID) -> Iterator[UUID]:
    with operator_scope(operator):
        yield operator


@pytest.fixture
def subject() -> UUID:
    return new_id()


@pytest.fixture
def record() -> UUID:
    return new_id()


Allow = Callable[..., Permit]


@pytest.fixture
def allow(operator: UUID, subject: UUID) -> Allow:
    """A permit of the current transaction; the keywords replace its parts."""

    def allow(action: Action, *fields: str, **changes: object) -> Permit:
        parts: dict[str, object] = {
            "operator": operator,
            "subject": subject,
            "action": action,
            "purpose": "retention" if action is Action.DESTRUCTION else "orders",
            "basis": "consent",
            "fields": frozenset(fields or FIELDS),
            "actor": SYSTEM,
            "clause": "",
            "rule": "",
            "transaction": transaction_id(),
        }
        return mint(Permit(**{**parts, **changes}))

    return allow


@pytest.fixture
def sealed(allow: Allow, record: UUID) -> Callable[..., None]:
    """Ann's order, put into the vault."""

    def sealed(values: dict[str, str] = ANN, into: UUID = record, **changes: object) -> None:
        permit = allow(Action.COLLECTION, **changes)
        vault.store(permit, record=into, point="order", purposes=(permit.purpose,), values=values)

    return sealed
