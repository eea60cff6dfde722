"""The policy of the bakery, with more bases and recipients than a bakery needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.gate.reasons import CONTROLS
from tutela.policy import actions as policies
from tutela.policy.model import (
    Access,
    Basis,
    Binding,
    Category,
    Field,
    FourEyes,
    NeedsDecision,
    Policy,
    Purpose,
    Recipient,
    Residency,
    Role,
    Separation,
    Store,
)

FOLDER = Path(__file__).parents[1] / "data" / "policies" / "minimal"
NOW = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
ORDER_FIELDS = frozenset({"name", "phone", "note"})


def _recipient(slug: str, **changes: object) -> Recipient:
    base = Recipient(
        slug=slug,
        role="recipient",
        title={},
        country="US",
        purposes=("orders",),
        fields=ORDER_FIELDS,
        ground="consent",
    )
    return replace(base, **changes)


def rich_policy() -> Policy:
    policy = policies.load_folder(FOLDER)
    bases = {
        slug: Basis(slug, kind, title={})
        for slug, kind in {
            "consent": "consent",
            "agreement": "contract",
            "duty": "law",
            "interest": "legitimate-interest",
            "order-of-the-day": "internal-act",
        }.items()
    }
    purposes = dict(policy.purposes)
    purposes["orders"] = replace(purposes["orders"], bases=("consent", "agreement"))
    for slug, basis in {"taxes": "duty", "fraud": "interest", "habit": "order-of-the-day"}.items():
        purposes[slug] = Purpose(slug, {}, (basis,), ORDER_FIELDS, ("customer",))
    recipients = {
        "courier": policy.recipients["courier"],
        "friend": _recipient("friend"),
        "partner": _recipient("partner", ground="contract"),
        "abroad": _recipient("abroad", country="SI"),
        "helper": _recipient("helper", role="processor"),
        "printer": _recipient(
            "printer",
            role="processor",
            instruction={"data": sorted(ORDER_FIELDS), "purposes": ["newsletter"]},
        ),
    }
    categories = {
        **policy.categories,
        "papers": Category("papers", {}, sensitivity="identity-document"),
    }
    fields = {**policy.fields, "passport": Field("passport", "papers", "document", {})}
    purposes["checks"] = Purpose("checks", {}, ("duty",), frozenset({"passport"}), ("customer",))
    stores = {
        "house": Store("house", "vault", {}, "Lark Bakery LLC", {}, "US-FL"),
        "copies": Store("copies", "backup", {}, "Lark Bakery LLC", {}, "US-GA"),
        "cloud": Store("cloud", "external", {}, "Cloud Company", {}, "SI"),
    }
    bindings = (
        *policy.bindings,
        *(Binding(f"bound/{control}", control) for control in sorted(set(CONTROLS.values()))),
    )
    return replace(
        policy,
        categories=categories,
        fields=fields,
        bases=bases,
        purposes=purposes,
        recipients=recipients,
        bindings=bindings,
        stores=stores,
        residency=Residency(("US",), ("bound/vault.residency",)),
        separate=(Separation(frozenset({"service", "marketing"}), ("bound/purpose.separate",)),),
    )


def strict_policy() -> Policy:
    """The same operator, which narrows roles, asks for acknowledgements, decisions, four eyes."""
    policy = rich_policy()
    fields = {
        **policy.fields,
        "card": Field("card", "money", "bank-account", {}),
        "allergy": Field("allergy", "health", "text", {}),
    }
    orders = replace(
        policy.purposes["orders"], fields=frozenset({*ORDER_FIELDS, "card", "allergy"})
    )
    return replace(
        policy,
        categories={
            **policy.categories,
            "money": Category("money", {}, "financial"),
            "health": Category("health", {}, "special"),
        },
        fields=fields,
        purposes={**policy.purposes, "orders": orders},
        roles={
            "clerk": Role("clerk", sensitivities=frozenset({"ordinary"})),
            "baker": Role(
                "baker", like="clerk", purposes=frozenset({"orders"}), actions=frozenset({"use"})
            ),
            "application": Role("application", actions=frozenset({"collection", "provision"})),
        },
        access=Access(acknowledgement="each-version"),
        decisions={
            "handing-over": NeedsDecision("handing-over", frozenset({"provision", "access"})),
            "ending": NeedsDecision(
                "ending", frozenset({"destruction", "use"}), frozenset({"retention", "newsletter"})
            ),
        },
        four_eyes={"destroy-person": FourEyes("destroy-person")},
    )


@pytest.fixture(scope="session")
def strict() -> Policy:
    return strict_policy()


@pytest.fixture(scope="session")
def policy() -> Policy:
    return rich_policy()


@pytest.fixture
def at() -> Iterator[clock.ManualClock]:
    with clock.use(clock.ManualClock(NOW)) as manual:
        yield manual


@pytest.fixture
def operator(db: None, at: clock.ManualClock) -> UUID:
    """The bakery with its policy in force, as any installation has it."""
    policies.publish(policies.load_folder(FOLDER))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def scope(operator: UUID) -> Iterator[UUID]:
    with operator_scope(operator):
        yield operator


@pytest.fixture
def subject() -> UUID:
    return new_id()
