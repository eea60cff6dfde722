"""Every action by every actor for every purpose in every standing, against a table by hand.

A cell lists the permitted actions by one letter each: C collection, R recording,
Y systematization, A accumulation, S storage, L clarification, E extraction, U use,
D dissemination, P provision, X access, Z depersonalization, B blocking, T deletion,
K destruction. What is not in the table is refused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gate.conftest import NOW, ORDER_FIELDS

from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, VISITOR, Action, Actor, ActorKind, LawPurpose, Scope
from tutela.gate.rules import (
    Block,
    ConsentState,
    Contract,
    Hold,
    Operation,
    Standing,
    decide,
    dissemination_of,
)
from tutela.policy.model import Policy

LETTERS = dict(zip("CRYASLEUDPXZBTK", Action, strict=True))
DAY = timedelta(1)
OPERATOR, PERSON = new_id(), new_id()

EVERYTHING = Scope(
    frozenset({"orders", "newsletter", *LawPurpose}), frozenset(str(each) for each in Action)
)
"""A scope that narrows nothing, so that the table shows what the other rules say."""
ACTORS = {
    "visitor": VISITOR,
    "subject": Actor(ActorKind.SUBJECT, str(PERSON)),
    "stranger": Actor(ActorKind.SUBJECT, str(new_id())),
    "representative": Actor(ActorKind.REPRESENTATIVE, str(PERSON)),
    "officer": Actor(ActorKind.STAFF, "7", "officer"),
    "clerk": Actor(ActorKind.STAFF, "8", "clerk"),
    "auditor": Actor(ActorKind.STAFF, "9", "auditor"),
    "cleaner": Actor(ActorKind.STAFF, "10", "cleaner"),
    "application": Actor(ActorKind.APPLICATION, "site", scope=EVERYTHING),
    "without scope": Actor(ActorKind.APPLICATION, "site"),
    "system": SYSTEM,
}

LIVE = ConsentState(NOW - DAY, None, "a" * 64)
ENDED = ConsentState(NOW - 2 * DAY, NOW, "a" * 64)
AGREED = Standing(consents={"orders": LIVE, "newsletter": LIVE})
STANDINGS = {
    "new": Standing(),
    "agreed": AGREED,
    "published": Standing(consents={"orders": LIVE, dissemination_of("orders"): LIVE}),
    "expired": Standing(consents={"orders": ENDED, "newsletter": ENDED}),
    "contract": Standing(contracts=(Contract("c-1", ("orders",), NOW - DAY),)),
    "contract over": Standing(contracts=(Contract("c-1", ("orders",), NOW - DAY, NOW),)),
    "refused": replace(AGREED, refused=True),
    "blocked": replace(AGREED, blocks=(Block("check", NOW),)),
    "block over": replace(AGREED, blocks=(Block("check", NOW - DAY, NOW),)),
    "held": replace(AGREED, holds=(Hold("duty", ORDER_FIELDS | {"email"}),)),
    "disputed": replace(AGREED, holds=(Hold("dispute", ORDER_FIELDS | {"email"}),)),
    "held for it": replace(AGREED, holds=(Hold("agreement", ORDER_FIELDS, NOW + DAY),)),
    "hold over": replace(AGREED, holds=(Hold("duty", ORDER_FIELDS, NOW),)),
    "destroyed": replace(AGREED, destroyed=True),
}

FORM = {"visitor": "C", "subject": "C", "officer": "C", "clerk": "C"} | {
    "application": "C",
    "system": "C",
}
WORK = {
    "visitor": "C",
    "subject": "C",
    "officer": "CRYASLEUPX",
    "clerk": "CRYASLEUPX",
    "application": "CRYASLEUPX",
    "system": "CRYASLEUPX",
}
PUBLISH = WORK | {
    "officer": "CRYASLEUDPX",
    "application": "CRYASLEUDPX",
    "system": "CRYASLEUDPX",
}
INSIDE = {
    "visitor": "C",
    "subject": "C",
    "officer": "CRYASLEU",
    "clerk": "CRYASLEU",
    "application": "CRYASLEU",
    "system": "CRYASLEU",
}
DUTY = {"officer": "RYASLEU", "clerk": "RYASLEU", "system": "RYASLEU"}
MEND_DUTY = {"officer": "L", "clerk": "L", "system": "L"}
MEND = {"officer": "L", "clerk": "L", "application": "L", "system": "L"}
RIGHTS = {"subject": "LEB", "officer": "RLB", "clerk": "RLB", "system": "LEB"}
END = {"officer": "ZBTK", "system": "ZBTK"}
# The courier is a processor: what it needs to find somebody (ADR 0033) is a parcel as long as
# nothing else is known of whom it is about.
END_OR_PARCEL = {"officer": "ZBTK", "system": "RUZBTK"}
END_BLOCKED = {"officer": "BTK", "system": "BTK"}
KEEP = {"officer": "B", "system": "B"}
LOOK = {"officer": "E", "clerk": "E"}
LETTER = {"officer": "EU", "clerk": "EU", "system": "EU"}
LEAD_BACK = {"officer": "E"}
NOBODY: dict[str, str] = {}

EXPECTED = {
    # A contract may carry orders, so a form may be sent before there is one.
    "orders": {
        "new": FORM,
        "agreed": WORK,
        "published": PUBLISH,
        "expired": FORM,
        "contract": INSIDE,  # the courier's ground is consent
        "contract over": FORM,
        "refused": FORM,
        "blocked": MEND,
        "block over": WORK,
        "held": NOBODY,
        "disputed": NOBODY,
        "held for it": WORK,
        "hold over": WORK,
        "destroyed": NOBODY,
    },
    # Consent alone carries the newsletter, and no recipient is declared for it.
    "newsletter": {
        "new": NOBODY,
        "agreed": INSIDE,
        "published": NOBODY,
        "expired": NOBODY,
        "contract": NOBODY,
        "contract over": NOBODY,
        "refused": NOBODY,
        "blocked": MEND,
        "block over": INSIDE,
        "held": NOBODY,
        "disputed": NOBODY,
        "held for it": INSIDE,
        "hold over": INSIDE,
        "destroyed": NOBODY,
    },
    # A law that the policy names carries taxes: no form asks for it, no key of an application lists
    # it, no recipient is declared, and what the person says changes nothing.
    "taxes": dict.fromkeys(STANDINGS, DUTY)
    | {"blocked": MEND_DUTY, "disputed": NOBODY, "held for it": NOBODY, "destroyed": NOBODY},
    "subject-rights": dict.fromkeys(STANDINGS, RIGHTS)
    | {"destroyed": NOBODY},  # a block does not stop the answer to the person
    "retention": dict.fromkeys(STANDINGS, END)
    | {"new": END_OR_PARCEL, "contract over": END_OR_PARCEL}
    | {"blocked": END_BLOCKED, "held": KEEP, "disputed": KEEP}
    | {"held for it": KEEP, "destroyed": NOBODY},
    "oversight": dict.fromkeys(STANDINGS, LOOK) | {"blocked": NOBODY, "destroyed": NOBODY},
    "service-letter": dict.fromkeys(STANDINGS, LETTER) | {"destroyed": NOBODY},
}
FIELDS = {"orders": ORDER_FIELDS, "taxes": ORDER_FIELDS, "newsletter": frozenset({"email"})}


def operation(purpose: str, action: Action, actor: Actor) -> Operation:
    return Operation(
        operator=OPERATOR,
        subject=PERSON,
        action=action,
        purpose=purpose,
        fields=FIELDS.get(purpose, frozenset({"name"})),
        actor=actor,
        recipient="courier",
        point={"newsletter": "newsletter"}.get(purpose, "order"),
        reason="answer-request",
    )


USE_OF_ORDERS = operation("orders", Action.USE, SYSTEM)


@pytest.mark.parametrize(
    ("purpose", "standing"), [(p, s) for p, row in EXPECTED.items() for s in row]
)
def test_exactly_what_the_table_lists_is_permitted(
    policy: Policy, purpose: str, standing: str
) -> None:
    found = {
        name: "".join(
            letter
            for letter, action in LETTERS.items()
            if decide(policy, STANDINGS[standing], operation(purpose, action, actor), NOW).permitted
        )
        for name, actor in ACTORS.items()
    }
    assert found == dict.fromkeys(ACTORS, "") | EXPECTED[purpose][standing]


def test_the_table_names_every_standing_for_every_purpose() -> None:
    assert all(row.keys() == STANDINGS.keys() for row in EXPECTED.values())


PARCEL = {"system": "RU"}
PARCELS = dict.fromkeys(STANDINGS, NOBODY) | {"new": PARCEL, "contract over": PARCEL}


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("recipient", ["helper", "printer", "friend", "nobody", ""])
def test_where_storage_ends_only_parcels_to_processors_are_written_down_and_used(
    policy: Policy, standing: str, recipient: str
) -> None:
    """“helper” and “printer” are processors; whoever has agreed or made a contract is a person."""
    found = {
        name: "".join(
            letter
            for letter in "RU"
            if decide(
                policy,
                STANDINGS[standing],
                replace(operation("retention", LETTERS[letter], actor), recipient=recipient),
                NOW,
            ).permitted
        )
        for name, actor in ACTORS.items()
    }
    expected = PARCELS[standing] if recipient in {"helper", "printer"} else NOBODY
    assert found == dict.fromkeys(ACTORS, "") | expected


@pytest.mark.parametrize("name", ACTORS)
def test_a_pseudonym_leads_back_to_a_person_for_the_officer_with_a_reason_alone(
    policy: Policy, name: str
) -> None:
    asked = replace(
        operation("reidentification", Action.EXTRACTION, ACTORS[name]),
        subject=None,
        fields=frozenset(),
    )
    allowed = {
        letter
        for letter, action in LETTERS.items()
        if decide(policy, Standing(), replace(asked, action=action), NOW).permitted
    }
    assert allowed == set(LEAD_BACK.get(name, ""))
    assert not decide(policy, Standing(), replace(asked, reason=""), NOW).permitted


@pytest.mark.parametrize("name", ACTORS)
def test_looking_for_a_person_is_reading_what_identifies_and_nothing_else(
    policy: Policy, name: str
) -> None:
    looking = replace(
        operation("identification", Action.EXTRACTION, ACTORS[name]),
        subject=None,
        fields=frozenset({"email"}),
    )
    may = name not in {"representative", "auditor", "cleaner", "without scope"}
    for action in Action:
        expected = may and action is Action.EXTRACTION
        assert (
            decide(policy, Standing(), replace(looking, action=action), NOW).permitted is expected
        )
    for beyond in (frozenset({"name"}), frozenset({"email", "note"})):
        assert not decide(policy, Standing(), replace(looking, fields=beyond), NOW).permitted
