"""One shape for every error, in two languages, and nothing of what was sent in any of them."""

from __future__ import annotations

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client
from tests.api.conftest import SLUG, Application, person

from tutela.api import door
from tutela.api.endpoints import ENDPOINTS, ROOT
from tutela.api.limits import Buckets
from tutela.db.scope import operator_scope
from tutela.inventory import actions as inventory
from tutela.policy import actions as policies

CANARY = "maria-canary@mail.example"
NEW = {"category": "user", "language": "en"}


def wrong_things(subject: str) -> list[tuple[int, str, dict]]:
    """status, slug, the request."""
    form = {"values": {"email": CANARY}, "consents": ["orders"], "language": "en"}
    return [
        (400, "unreadable", {"path": "/subjects", "raw": b"{"}),
        (400, "unreadable", {"path": "/subjects", "raw": b"\xff\xfe"}),
        (400, "unreadable", {"path": "/subjects", "raw": b'{"category": NaN}'}),
        (400, "unreadable", {"path": "/subjects", "raw": b'{"category": "\\ud800"}'}),
        (415, "not-json", {"path": "/subjects", "body": NEW, "content_type": "text/plain"}),
        (413, "too-large", {"path": "/subjects", "raw": b'"' + b"a" * 300_000 + b'"'}),
        (422, "invalid", {"path": "/subjects", "body": {CANARY: 1}}),
        (422, "invalid", {"path": "/subjects", "body": NEW | {"category": CANARY}}),
        (422, "invalid", {"path": "/subjects", "body": NEW | {"category": "no-such"}}),
        (422, "invalid", {"path": "/subjects", "body": [CANARY]}),
        (422, "invalid", {"path": "/forms/order", "body": form | {"values": {CANARY: "x"}}}),
        (422, "incomplete", {"path": "/forms/order", "body": form}),
        (422, "invalid", {"path": "/forms/order", "body": form | {"consents": ["resale"]}}),
        (404, "no-such-form", {"path": "/forms/no-such-form", "body": form}),
        (404, "no-such-address", {"path": f"/{CANARY}", "body": {}}),
        (405, "wrong-method", {"path": "/subjects", "method": "DELETE", "body": {}}),
        (
            404,
            "nobody-known",
            {"path": "/subjects/find", "body": {"field": "email", "value": CANARY}},
        ),
        (422, "invalid", {"path": "/subjects/find", "body": {"field": "city", "value": CANARY}}),
        (422, "invalid", {"path": f"/subjects/{CANARY}/withdrawals", "body": {}}),
        (422, "invalid", {"path": f"/obligations?{CANARY}=1", "method": "GET"}),
        (422, "invalid", {"path": f"/obligations?state={CANARY}", "method": "GET"}),
        (422, "invalid", {"path": "/obligations?limit=1&limit=2", "method": "GET"}),
        (422, "invalid", {"path": "/obligations?limit=0", "method": "GET"}),
        (400, "unreadable", {"path": "/obligations?state=%ff", "method": "GET"}),
        (400, "unreadable", {"path": "/obligations?state=%00", "method": "GET"}),
        (
            409,
            "nothing-to-withdraw",
            {
                "path": f"/subjects/{subject}/withdrawals",
                "body": {"purposes": None, "language": "en"},
            },
        ),
    ]


def ask(program: Application, request: dict, language: str):
    method = request.get("method", "POST")
    own = {"accept_language": language}
    if "content_type" in request:
        own["content_type"] = request["content_type"]
    if "raw" not in request:
        return program.ask(method, request["path"], request.get("body"), **own)
    return program.client.generic(
        method,
        ROOT + request["path"],
        request["raw"],
        content_type="application/json",
        headers={
            "authorization": f"Bearer {program.key}",
            "accept-language": language,
            "idempotency-key": "0" * 32,
        },
    )


def test_every_mistake_has_its_problem_in_the_callers_language_and_repeats_nothing(program):
    subject = person(program)
    for status, slug, request in wrong_things(subject):
        told = {language: ask(program, request, language) for language in ("en", "ru")}
        for language, answer in told.items():
            about = (slug, request["path"], answer.content)
            assert answer.status_code == status, about
            assert answer.headers["Content-Type"] == "application/problem+json", about
            assert answer.headers["Content-Language"] == language
            problem = json.loads(answer.content)
            assert problem["type"] == f"urn:tutela:problem:{slug}", about
            assert problem["status"] == status
            assert "canary" not in answer.content.decode(), about
            sentences = [problem["title"], problem["detail"]]
            sentences += [each["detail"] for each in problem.get("errors", ())]
            for sentence in sentences:
                assert bool(re.search("[а-яё]", sentence)) is (language == "ru"), sentence
        assert (slug != "invalid") or json.loads(told["en"].content)["errors"], request


def test_a_mistake_is_pointed_at(program):
    body = {"values": {"email": "x"}, "consents": [], "language": "xx"}
    _, told = program.send("/forms/order", body)
    assert [each["pointer"] for each in told["errors"]] == ["/language"]
    _, told = program.send("/forms/order", body | {"language": "en"})
    assert {each["pointer"] for each in told["errors"]} == {
        "/values/full-name",
        "/values/email",
        "/values/phone",
        "/consents",
    }


def test_a_text_that_is_not_taken_is_counted_although_the_request_was_rolled_back(program):
    values = {"email": CANARY, "message": "Take it from 4111 1111 1111 1111"}
    form = {"values": values, "consents": ["orders"], "language": "en"}
    answer = program.ask("POST", "/forms/order", form)
    assert (answer.status_code, b"4111" in answer.content) == (422, False)
    operator = policies.operator_id(SLUG)
    with operator_scope(operator):
        assert inventory.counted(operator)["turned-away"] == {"order": 1}


def test_an_error_of_ours_tells_an_incident_and_nothing_else(program, monkeypatch, caplog):
    def fail(*_arguments, **_keywords):
        raise KeyError(CANARY)

    monkeypatch.setattr("tutela.identity.actions.new_subject", fail)
    status, told = program.send("/subjects", NEW)
    assert (status, told["type"]) == (500, "urn:tutela:problem:internal")
    assert told["incident"] in caplog.text
    assert CANARY not in caplog.text + json.dumps(told)


@pytest.mark.parametrize("code", ["40P01", "55P03", "57014", "57P01", "08006", None])
def test_what_may_go_well_the_next_time_says_so(program, monkeypatch, code):
    def fail(*_arguments, **_keywords):
        class Cause(Exception):
            sqlstate = code

        raise OperationalError(CANARY) from Cause()

    monkeypatch.setattr("tutela.identity.actions.new_subject", fail)
    answer = program.ask("POST", "/subjects", NEW)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert CANARY not in answer.content.decode()


def test_too_many_requests_are_told_when_to_go_on(shop):
    program = shop.application(per_minute=3)
    seen = [program.ask("GET", "/application") for _ in range(4)]
    assert [each.status_code for each in seen] == [200, 200, 200, 429]
    assert [each.headers["RateLimit-Remaining"] for each in seen] == ["2", "1", "0", "0"]
    assert 0 < int(seen[3].headers["Retry-After"]) <= 20
    assert seen[3].headers["RateLimit-Limit"] == "3"
    assert shop.application().get("/application")[0] == 200, "another key has its own limit"


def test_a_bucket_fills_evenly_and_never_beyond_its_size():
    now = [0.0]
    buckets = Buckets(lambda: now[0])
    assert [buckets.take("a", 2).wait for _ in range(3)] == [0, 0, 30]
    now[0] = 30.0
    assert [buckets.take("a", 2).wait for _ in range(2)] == [0, 30]
    now[0] = 1e6
    assert [buckets.take("a", 2).wait for _ in range(3)] == [0, 0, 30]
    assert buckets.exhausted("a") is not None
    assert buckets.exhausted("b") is None


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "PATCH"])
def test_no_other_origin_and_no_other_method_is_let_in(method):
    asking = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    for name, each in ENDPOINTS.items():
        path = ROOT + each.path.replace("{", "").replace("}", "")
        answer = Client(raise_request_exception=False).generic(method, path, headers=asking)
        assert (answer.status_code, name) == (405, name)
        assert not [one for one in answer.headers if one.lower().startswith("access-control")]


def test_answers_set_no_cookie_are_kept_by_nobody_and_speak_no_html(program):
    for path in ("/policy", "/no-such-address"):
        answer = program.ask("GET", path)
        assert not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Vary"] == "Accept-Language"


def test_a_cookie_of_staff_opens_nothing(shop, admin_client):
    admin_client.raise_request_exception = False
    answer = admin_client.get(f"{ROOT}/policy")
    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_no_address_of_the_api_takes_what_could_be_a_persons_data():
    personal = {"email", "phone", "name", "value", "address"}
    for each in ENDPOINTS.values():
        assert not personal & set(each.parameters), each.name
        if each.method == "GET":
            assert not personal & set(each.view.__annotations__), each.name


def test_the_largest_body_is_smaller_than_what_django_would_take(settings):
    assert door.LARGEST < settings.DATA_UPLOAD_MAX_MEMORY_SIZE
