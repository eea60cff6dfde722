"""Every form that a member of staff, a person or a stranger comes to by links, sent what people,
programs and attackers send: a sentence, never an error of ours, and nothing echoed as markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from tests.campaigns.visitor import Answer, Form
from tests.journey.exploring import page_of
from tests.requests.conftest import SLUG, House
from tests.requests.test_every_form import ODD

from tutela.jobs import engine
from tutela.web.pages import ROUTES, Audience

HUGE = "я" * 30_000
KEPT = {"form-token", "idempotency"}
"""What a browser sends back as it was."""
LEAVE = {"desk-sign-out", "sign-out"}
STARTS = {
    Audience.STAFF: (f"/en/desk/{SLUG}/", "/en/desk/account/"),
    Audience.SUBJECT: (f"/en/{SLUG}/my/", f"/en/{SLUG}/my/prove/"),
    Audience.PUBLIC: (f"/en/{SLUG}/", "/en/desk/sign-in/", f"/en/{SLUG}/ask/"),
}


@pytest.fixture
def clients(house: House, settings) -> dict[Audience, Client]:
    """One of each, where people have sent forms, asked for something and gone away."""
    settings.TUTELA_DEMO = True
    known = house.send("account")
    house.send("order")
    house.send("claim")
    gone = house.send("order", email="gone@mail.example", phone="+1 305 555 0143")
    house.withdraw(gone.subject)
    engine.run_now()
    return {
        Audience.STAFF: house.staff(),
        Audience.SUBJECT: house.person(known.subject),
        Audience.PUBLIC: Client(raise_request_exception=False),
    }


def _read(client: Client, path: str) -> tuple[HttpResponse, Answer]:
    got = client.get(path)
    kind = got.headers.get("Content-Type", "")
    body = b"" if got.streaming or not kind.startswith("text/html") else got.content
    return got, Answer(f"http://testserver{path}", got.status_code, [], body)


def _forms(client: Client, starts: tuple[str, ...]) -> Iterator[tuple[str, str, Form]]:
    """Each form once: the page it stands on, where it goes, what is in it."""
    waiting, seen, met = list(starts), set(), set()
    while waiting:
        path = urlsplit(waiting.pop(0)).path
        name = page_of(path)
        if not name or name in seen or not path.startswith("/en/"):
            continue
        seen.add(name)
        _got, page = _read(client, path)
        waiting += page.links
        for form in page.forms:
            target = urlsplit(urljoin(page.url, form.action or path)).path
            key = (page_of(target), form.method, tuple(sorted(form.values)), tuple(form.buttons))
            if key[0] not in LEAVE and key not in met:
                met.add(key)
                yield path, target, form


def _sent(form: Form, odd: Callable[[int], str]) -> dict[str, str]:
    names = [*form.boxes, *(each for each in form.values if each not in KEPT)]
    kept = {name: form.values[name] for name in KEPT & form.values.keys()}
    return {name: odd(n) for n, name in enumerate(names)} | kept | dict(form.buttons[:1])


def _next(start: int) -> Callable[[int], str]:
    """Another value for each field, from the one at this place on."""
    every = list(ODD.values())
    return lambda n: every[(start + n) % len(every)]


FILLINGS: dict[str, Callable[[int], str]] = {
    "script": lambda _n: ODD["script"],
    "null-byte": lambda _n: ODD["null-byte"],
    "huge": lambda _n: HUGE,
    "mixed": _next(0),
    "mixed otherwise": _next(7),
}


@pytest.mark.parametrize("audience", list(Audience))
def test_whatever_a_form_is_sent_a_sentence_answers(clients, audience) -> None:
    client, wrong, tried = clients[audience], [], set()
    for page, target, form in _forms(client, STARTS[audience]):
        tried.add(page_of(target))
        for slug, odd in FILLINGS.items():
            with transaction.atomic():
                answer = getattr(client, form.method)(target, _sent(form, odd))
                transaction.set_rollback(True)
            text = "" if answer.streaming else answer.content.decode(errors="replace")
            if answer.status_code >= 500 or ODD["script"] in text:
                wrong.append((page, page_of(target), slug, answer.status_code))
    assert wrong == []
    assert len(tried & set(ROUTES)) > (20 if audience is Audience.STAFF else 5)
