"""Every endpoint against every caller who must not use it, made from the table of endpoints."""

from __future__ import annotations

import json
import uuid

import pytest
from tests.api.conftest import VALUES, Application, person, stored

from tutela.api.endpoints import ENDPOINTS, ROOT, Endpoint
from tutela.applications import actions as applications
from tutela.applications.wording import ACTIONS, FUNCTIONS
from tutela.core.vocabulary import LawPurpose
from tutela.db.scope import operator_scope
from tutela.gate.matrix import DECLARED, MATRIX
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations

NAMES = sorted(ENDPOINTS)
ABOUT_SOMEBODY = [
    name for name in NAMES if {"subject", "obligation"} & set(ENDPOINTS[name].parameters)
]
READ = {"purpose": "orders", "fields": ["email"]}
BODIES = {
    "POST /subjects/{subject}/location": lambda at: {"address": "Miami"},
    "POST /subjects/{subject}/location/removal": lambda at: {},
    "POST /subjects/{subject}/public": lambda at: {
        "record": at["account_record"],
        "fields": ["country"],
        "language": "en",
    },
    "POST /subjects/{subject}/public/withdrawal": lambda at: {"record": at["account_record"]},
    "POST /subjects/{subject}/automated-decisions": lambda at: (
        READ | {"rule": "order-limit-2", "outcome": "declined", "legal": False}
    ),
    "POST /policy/places/{place}/postings": lambda at: {},
    "POST /technical": lambda at: {"items": {"ip-address": "203.0.113.9"}},
    "POST /visits": lambda at: {
        "counts": [{"page": "home", "device": "phone", "language": "en", "visits": 3}]
    },
    "POST /account-tokens/check": lambda at: {"token": at["token"]},
    "POST /subjects/{subject}/account/acceptances": lambda at: {"documents": ["agreement"]},
    "POST /subjects/{subject}/account/deletion": lambda at: {},
    "POST /subjects/{subject}/account/tokens": lambda at: {"product": "widget"},
    "POST /subjects/{subject}/children": lambda at: {
        "values": VALUES,
        "consents": [],
        "language": "en",
    },
    "POST /decisions": lambda at: READ | {"subject": at["subject"], "action": "use"},
    "POST /decisions/explanation": lambda at: (
        READ | {"subject": at["subject"], "action": "extraction"}
    ),
    "POST /forms/{point}": lambda at: {
        "values": VALUES,
        "consents": ["orders"],
        "language": "en",
    },
    "POST /subjects": lambda at: {"category": at["category"], "language": "en"},
    "POST /subjects/find": lambda at: {"field": "email", "value": VALUES["email"]},
    "POST /subjects/{subject}/consents": lambda at: {
        "consents": [{"purpose": "orders", "text_sha256": at["hash"]}],
        "language": "en",
        "mode": "tick",
    },
    "POST /subjects/{subject}/records": lambda at: {"point": "order", "values": VALUES},
    "PUT /subjects/{subject}/records/{record}/values/{field}": lambda at: {
        "purpose": "orders",
        "value": "maria.new@mail.example",
    },
    "POST /subjects/{subject}/conversations": lambda at: {
        "values": {"message": "Is it still there?", "email": VALUES["email"]},
        "consents": ["feedback"],
        "language": "en",
    },
    "POST /subjects/{subject}/conversations/{conversation}/messages": lambda at: {
        "values": {"message": "It is."},
        "language": "en",
    },
    "POST /subjects/{subject}/requests": lambda at: {"kind": "access", "language": "en"},
    "POST /subjects/{subject}/version": lambda at: {"accepted": True, "language": "en"},
    "POST /subjects/{subject}/values": lambda at: READ,
    "POST /subjects/{subject}/values/history": lambda at: READ,
    "POST /subjects/{subject}/purposes-reached": lambda at: {"purposes": ["orders"]},
    "POST /subjects/{subject}/contracts": lambda at: {"purposes": [], "until": None},
    "POST /subjects/{subject}/contracts/{contract}/end": lambda at: {},
    "POST /subjects/{subject}/withdrawals": lambda at: {"purposes": ["orders"], "language": "en"},
}


ELSEWHERE = {
    "POST /subjects/{subject}/location",
    "POST /subjects/{subject}/location/removal",
    "POST /subjects/{subject}/account/acceptances",
    "POST /subjects/{subject}/children",
    "POST /subjects/{subject}/conversations",
    "POST /subjects/{subject}/conversations/{conversation}/messages",
    "GET /subjects/{subject}/conversations/{conversation}/messages",
    "POST /subjects/{subject}/version",
    "POST /technical",
    "POST /policy/places/{place}/postings",
}
"""What this key's scope, this operator's policy or this person does not have; the tests of the
rooms of accounts, conversations, notices and policy ask it of others."""

MADE_UP = dict.fromkeys(
    (
        "subject",
        "consent",
        "record",
        "obligation",
        "listing",
        "account_record",
        "conversation",
        "request_id",
        "contract",
    ),
    str(uuid.uuid4()),
) | {
    "step": "leaving-the-site",
    "hash": "0" * 64,
    "token": "made-up",
    "field": "email",
    "purpose": "orders",
    "point": "order",
    "category": "user",
    "place": "widgets",
}


@pytest.fixture
def things(shop, program) -> dict[str, str]:
    """Something real for every parameter of a path."""
    subject = person(program, "newsletter", "orders", "account")
    _, past = program.get(f"/subjects/{subject}/consents/history")
    (given,) = [each for each in past["items"] if each["purpose"] == "orders"]
    record = stored(program, subject)
    agreed = {"purposes": [], "until": None}
    _, contract = program.send(f"/subjects/{subject}/contracts", agreed)
    born = {"birth-date": "1988-02-29", "country": "Exampleland"}
    account = stored(program, subject, "account", **born)
    made_public = {"record": account, "fields": ["country"], "language": "en"}
    _, listed = program.send(f"/subjects/{subject}/public", made_public)
    _, token = program.send(f"/subjects/{subject}/account/tokens", {"product": "widget"})
    over = {"purposes": ["newsletter"], "language": "en"}
    program.send(f"/subjects/{subject}/withdrawals", over)
    with operator_scope(shop.id):
        (due, *_) = obligations.listing(shop.id, subject=uuid.UUID(subject))
    _, asked = program.send(f"/subjects/{subject}/requests", {"kind": "access", "language": "en"})
    journal.sequence(shop.id)
    return MADE_UP | {
        "request_id": asked["request"],
        "subject": subject,
        "consent": given["consent"],
        "hash": given["text_sha256"],
        "record": record,
        "token": token["token"],
        "contract": contract["contract"],
        "account_record": account,
        "listing": listed["listing"],
        "field": "email",
        "obligation": str(due.id),
        "purpose": "orders",
        "point": "order",
        "category": "user",
        "place": "widgets",
    }


def call(caller: Application, name: str, things: dict[str, str]) -> tuple[int, dict]:
    each = ENDPOINTS[name]
    path = each.path.format(**things)
    if each.method == "GET":
        return caller.get(path)
    return caller.send(path, BODIES[name](things), each.method)


def narrow(each: Endpoint) -> list[str]:
    return [slug for slug in FUNCTIONS if slug != each.function]


def test_every_endpoint_that_takes_a_body_is_called_with_one():
    assert set(BODIES) == {name for name in NAMES if ENDPOINTS[name].method != "GET"}
    assert len(NAMES) > 20


@pytest.mark.parametrize("name", sorted(set(NAMES) - ELSEWHERE))
def test_a_key_that_was_made_for_it_is_let_in(program, things, name):
    status, told = call(program, name, things)
    assert status == ENDPOINTS[name].status, told


@pytest.mark.parametrize("name", [name for name in NAMES if ENDPOINTS[name].function])
def test_a_key_without_the_function_is_refused_and_that_is_journalled(shop, things, name):
    each = ENDPOINTS[name]
    other = shop.application(functions=narrow(each))
    status, told = call(other, name, things)
    assert (status, told["type"]) == (403, "urn:tutela:problem:outside-functions")
    with operator_scope(shop.id):
        (entry,) = journal.entries(shop.id, kinds=["application.refused"])
    assert (str(entry.actor), entry.data["function"]) == (f"application:{other.id}", each.function)


@pytest.mark.parametrize("key", ["", "nonsense", "changed", "revoked", "ended", "elsewhere"])
def test_a_key_that_does_not_work_opens_nothing(shop, key):
    own = shop.application()
    mark, slug, prefix, secret = own.key.split("_")
    if key == "changed":
        own.key = f"{mark}_{slug}_{prefix}_{secret[:-1]}{'0' if secret[-1] != '0' else '1'}"
    elif key == "elsewhere":
        own.key = f"{mark}_no-such-operator_{prefix}_{secret}"
    elif key == "revoked":
        with operator_scope(shop.id):
            applications.revoke(shop.id, own.id)
    elif key == "ended":
        with operator_scope(shop.id):
            applications.issue(shop.id, own.id, overlap=applications.rules.OVERLAP * 0)
    else:
        own.key = key
    for name in NAMES:
        status, told = call(own, name, MADE_UP)
        assert (status, name) == (401, name), told
        assert secret not in json.dumps(told)


@pytest.mark.parametrize("name", ABOUT_SOMEBODY)
def test_another_operators_key_finds_nobody(bakery, things, name):
    """Not even that there is something: the answer is the one for an identifier never made."""
    stranger = bakery.application()
    found = call(stranger, name, things)
    never = call(stranger, name, {**MADE_UP, "hash": things["hash"]})
    assert found[0] == 404
    assert found == never


def test_another_operators_person_is_neither_found_nor_decided_on(bakery, things):
    stranger = bakery.application()
    assert stranger.send("/subjects/find", {"field": "email", "value": VALUES["email"]})[0] == 404
    asked = READ | {"subject": things["subject"], "action": "use"}
    assert stranger.send("/decisions", asked)[0] == 404
    assert stranger.get("/obligations")[1]["items"] == []
    assert stranger.get(f"/obligations?subject={things['subject']}")[1]["items"] == []
    assert stranger.get(f"/obligations?after={things['obligation']}")[0] == 404


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ({"purposes": ["newsletter"]}, "POST /subjects/{subject}/values"),
        ({"purposes": ["newsletter"]}, "POST /subjects/{subject}/values/history"),
        ({"purposes": ["newsletter"]}, "POST /subjects/{subject}/records"),
        ({"purposes": ["orders"]}, "POST /subjects/find"),
        ({"purposes": ["orders"]}, "POST /forms/{point}"),
        ({"purposes": ["identification"]}, "POST /forms/{point}"),
        ({"actions": ["use"]}, "POST /subjects/{subject}/values"),
        ({"actions": ["extraction"]}, "POST /subjects/{subject}/records"),
        ({"actions": ["use"]}, "POST /subjects/find"),
        (
            {"actions": ["extraction", "use"]},
            "PUT /subjects/{subject}/records/{record}/values/{field}",
        ),
    ],
)
def test_what_the_scope_does_not_list_is_refused_by_the_gate(shop, things, missing, name):
    narrowed = shop.application(**missing)
    status, told = call(narrowed, name, things)
    assert (status, told["type"]) == (403, "urn:tutela:problem:outside-scope")
    with operator_scope(shop.id):
        (last, *_) = journal.entries(shop.id, kinds=["gate.refused"], newest_first=True)
    assert last.data["reason"] == "outside-scope"
    assert str(last.actor) == f"application:{narrowed.id}"


def test_a_consent_outside_the_scope_is_not_recorded(shop, program, things):
    narrowed = shop.application(purposes=["newsletter"])
    status, told = call(narrowed, "POST /subjects/{subject}/consents", things)
    assert (status, told["errors"][0]["pointer"]) == (422, "/consents/0/purpose")


def test_a_narrowed_scope_holds_from_the_next_request(shop, things):
    own = shop.application()
    assert call(own, "POST /subjects/{subject}/values", things)[0] == 200
    with operator_scope(shop.id):
        applications.change(shop.id, own.id, shop.rights(purposes=["newsletter"]))
    assert call(own, "POST /subjects/{subject}/values", things)[0] == 403


def test_a_new_key_leaves_the_old_one_a_day(shop):
    from datetime import timedelta  # noqa: PLC0415

    from tutela.core import clock  # noqa: PLC0415

    old = shop.application()
    with operator_scope(shop.id):
        new = Application(applications.issue(shop.id, old.id), old.id)
    assert old.get("/application")[0] == new.get("/application")[0] == 200
    clock.installed().set(clock.now() + timedelta(hours=24))
    assert (old.get("/application")[0], new.get("/application")[0]) == (401, 200)


def test_functions_and_actions_on_offer_are_those_that_exist():
    assert set(FUNCTIONS) == {each.function for each in ENDPOINTS.values() if each.function}
    asked = {str(each) for column, row in MATRIX["application"].items() for each in row}
    assert set(ACTIONS) == asked
    assert {DECLARED, *applications.LAW_PURPOSES} == set(MATRIX["application"])
    assert set(applications.LAW_PURPOSES) <= set(LawPurpose)


def test_the_description_lists_the_endpoints_and_nothing_else(program):
    answer = program.client.get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert told["openapi"] == "3.1.0"
    described = {
        f"{method.upper()} {path.removeprefix(ROOT)}"
        for path, methods in told["paths"].items()
        for method in methods
    }
    assert described == set(ENDPOINTS)
