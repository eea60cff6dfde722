"""Attacks with a clock: does the time of an answer tell whether somebody is known?

Samples of known and unknown addresses are taken in turn, so that whatever else the machine does
slows both alike, and compared by their ranks (Mann and Whitney 1947): how often a known one took
longer than an unknown one. Four standard deviations from a half, together with medians that lie
apart, is a difference that somebody outside could find; chance alone gives it once in 16,000 runs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median

import pytest
from tests.requests.conftest import VALUES, public

from tutela.db.scope import operator_scope
from tutela.identity.limits import LINKS_PER_ADDRESS
from tutela.requests import letters, sign_ins

PAIRS = 60
DEVIATIONS = 4
APART = 0.1
"""The share by which medians must differ to be told apart over a network."""


def tells(known: list[float], unknown: list[float]) -> bool:
    """Whether the two lists of seconds can be told apart."""
    pairs = len(known) * len(unknown)
    longer = sum((a > b) + (a == b) / 2 for a in known for b in unknown) / pairs
    deviation = ((len(known) + len(unknown) + 1) / (12 * pairs)) ** 0.5
    ratio = median(known) / median(unknown)
    return abs(longer - 0.5) > DEVIATIONS * deviation and abs(ratio - 1) > APART


def timed(ask: Callable[[str], float], known: list[str]) -> tuple[list[float], list[float]]:
    """Seconds for known and unknown addresses in turn, the one first and then the other."""
    found: tuple[list[float], list[float]] = ([], [])
    for number, address in enumerate(known):
        turns = [(address, found[0]), (f"nobody{number}@mail.example", found[1])]
        for each, times in turns[:: 1 if number % 2 else -1]:
            times.append(ask(each))
    return found


@pytest.fixture
def known(house) -> list[str]:
    """Addresses of people who are known, each as often as its mailbox may be written to."""
    addresses = [f"known{number}@mail.example" for number in range(PAIRS // LINKS_PER_ADDRESS.most)]
    with operator_scope(house.id):
        for each in addresses:
            house.send("order", email=each)
    return addresses * LINKS_PER_ADDRESS.most


class Forms:
    """A stranger who sends forms, each time from another network address."""

    def __init__(self, stranger) -> None:
        self.stranger, self.sent = stranger, 0

    def timed(self, page: str, **values: str) -> float:
        """Seconds until the answer to a form that was open already."""
        form = self.stranger.get(page).content.decode().partition("<main")[2]
        token = re.search(r'name="form-token" value="([^"]+)"', form)
        assert token
        self.sent += 1
        source = f"203.0.{self.sent // 200}.{self.sent % 200 + 1}"
        said = {"form-token": token[1], **values}
        begun = time.perf_counter()
        answer = self.stranger.post(page, said, headers={"X-Forwarded-For": source})
        taken = time.perf_counter() - begun
        assert answer.status_code == 302, answer.content.decode()
        return taken


@pytest.fixture
def sign_in(stranger, settings) -> Callable[[str], float]:
    settings.TUTELA_PROXIES = 1
    forms, page = Forms(stranger), public("sign-in/")
    forms.timed(page, email="first@mail.example")  # what a process does once
    return lambda address: forms.timed(page, email=address)


@pytest.fixture
def question(house, stranger, settings) -> Callable[[str], float]:
    """“What do you hold about me?”, asked without an account."""
    settings.TUTELA_PROXIES = 1
    forms, page = Forms(stranger), public("ask/")
    (point,) = [each for each in house.policy.points.values() if each.kind == "letter"]
    said = {each.field: VALUES[each.field] for each in point.fields if each.field in VALUES}
    said |= {"kind": "access"} | dict.fromkeys((f"consent-{p}" for p in point.purposes), "on")

    def ask(address: str) -> float:
        return forms.timed(page, **said | {"email": address})

    ask("first@mail.example")
    return ask


def test_the_time_of_a_sign_in_answer_does_not_tell_who_is_known(known, sign_in):
    assert not tells(*timed(sign_in, known))


def test_the_time_of_an_answer_to_whoever_asks_for_their_data_does_not_tell_it(known, question):
    assert not tells(*timed(question, known))


def test_a_letter_that_is_written_before_the_answer_would_tell(known, sign_in, monkeypatch):
    """The same measurement with the equalising taken out; on a very busy machine the second or
    third round shows it."""

    def at_once(operator, address, **said):
        first = asked(operator, address, **said)
        sign_ins.answer_asked(operator)
        letters.send_queued(operator)
        return first

    asked = sign_ins.ask
    monkeypatch.setattr(sign_ins, "ask", at_once)
    assert any(tells(*timed(sign_in, known)) for _ in range(3))
