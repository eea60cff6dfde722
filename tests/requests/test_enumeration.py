"""Attacks that try to learn who is known: by the sign-in page, its timing, links and forms."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.requests.conftest import post, public, words

from tutela.db.scope import operator_scope
from tutela.identity.limits import LINKS_PER_ADDRESS, LINKS_PER_SOURCE, TooOften
from tutela.identity.models import Attempt
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.requests import sign_ins
from tutela.requests.models import Ask

KNOWN, UNKNOWN = "maria@mail.example", "nobody@mail.example"


def _ask(house, address, source="203.0.113.7"):
    with operator_scope(house.id):
        sign_ins.ask(house.id, address, language="en", source=source)


def _statements(house, address):
    with CaptureQueriesContext(connection) as seen:
        _ask(house, address)
    values = r"\"s\d+_x\d+\"|('[^']*'|NULL)(::\w+)?|\b\d+\b"
    return [re.sub(values, "?", each["sql"]) for each in seen]


def test_asking_for_a_known_address_runs_the_same_statements_as_for_an_unknown_one(house):
    house.send("order")
    _statements(house, KNOWN)  # what a process does once
    assert _statements(house, KNOWN) == _statements(house, UNKNOWN)


def test_the_answer_to_an_unknown_address_is_that_to_a_known_one(house, stranger):
    house.send("order")
    house.letters()
    answers = [post(stranger, public("sign-in/"), email=each) for each in (KNOWN, UNKNOWN)]
    assert len({(each.status_code, each.headers["Location"]) for each in answers}) == 1
    pages = {words(stranger.get(each.headers["Location"])) for each in answers}
    assert len(pages) == 1
    assert [each.to for each in house.letters()] == [[KNOWN]]


def test_the_journal_and_the_rows_do_not_grow_more_for_a_known_address(house):
    house.send("order")
    counts = []
    for address in (KNOWN, UNKNOWN):
        with operator_scope(house.id):
            before = journal.count(house.id), Ask.objects.count()
        _ask(house, address)
        with operator_scope(house.id):
            counts.append((journal.count(house.id) - before[0], Ask.objects.count() - before[1]))
    assert counts[0] == counts[1]


def test_a_form_answers_a_known_address_as_it_answers_an_unknown_one(house, stranger):
    pages = []
    house.send("order")
    for address in (KNOWN, UNKNOWN):
        with operator_scope(house.id):
            receipt = house.send("order", email=address)
        answer = stranger.get(public(f"receipt/{receipt.token}/"))
        pages.append((answer.status_code, words(answer)))
    assert pages[0] == pages[1]


def test_a_mailbox_is_not_flooded_and_the_answer_does_not_tell(house):
    house.send("order")
    house.letters()
    for number in range(LINKS_PER_ADDRESS.most + 3):
        _ask(house, KNOWN, source=f"203.0.113.{number}")
    assert len(house.letters()) == LINKS_PER_ADDRESS.most


def test_one_source_that_tries_many_addresses_is_told_to_wait_and_then_may_go_on(house):
    for number in range(LINKS_PER_SOURCE.most):
        _ask(house, f"guess{number}@mail.example")
    with pytest.raises(TooOften):
        _ask(house, "guess@mail.example")
    house.at.set(house.at.now() + timedelta(minutes=15))
    _ask(house, "guess@mail.example")


def test_the_page_of_a_source_that_tries_too_often_says_when_to_go_on(house, stranger, settings):
    settings.TUTELA_PROXIES = 1
    stranger.defaults["HTTP_X_FORWARDED_FOR"] = "198.51.100.1, 203.0.113.9"
    for _ in range(LINKS_PER_SOURCE.most):
        post(stranger, public("sign-in/"), email=UNKNOWN)
    answer = post(stranger, public("sign-in/"), email=UNKNOWN)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in words(answer)
    stranger.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 203.0.113.10"
    assert post(stranger, public("sign-in/"), email=UNKNOWN).status_code == 302


def test_neither_source_nor_address_is_kept_and_the_counts_are_forgotten(house):
    _ask(house, KNOWN)
    with connection.cursor() as cursor, operator_scope(house.id):
        cursor.execute("SELECT a::text FROM identity_attempt a")
        kept = " ".join(row for (row,) in cursor.fetchall())
    assert kept
    assert "203.0.113.7" not in kept
    assert "maria" not in kept
    house.at.set(house.at.now() + timedelta(minutes=16))
    engine.run_now()
    with operator_scope(house.id):
        assert not Attempt.objects.exists()


def test_tries_to_open_links_are_journalled_and_limited(house, stranger):
    tried = post(stranger, public("sign-in/open/guessed/"))
    assert tried.status_code == 410
    with operator_scope(house.id):
        assert journal.count(house.id, ["subject.sign-in-failed"]) == 1


def test_a_mail_program_that_opens_a_link_beforehand_does_not_use_it_up(house, stranger):
    house.send("order")
    house.letters()
    _ask(house, KNOWN)
    (letter,) = house.letters()
    link = re.search(r"https?://[^/]+(/\S+/sign-in/open/\S+)", letter.body)[1]
    for _ in range(3):
        assert stranger.get(link).status_code == 200
    assert post(stranger, link).status_code == 302
    assert post(stranger, link).status_code == 410
