"""Letters that lie about who wrote them, or that are built to keep their reader busy."""

from __future__ import annotations

import base64
import time

import pytest
from tests.intake.conftest import MARIA, UNSUBSCRIBE, letter, rows

from tutela.consent import actions as consent
from tutela.db.scope import operator_scope
from tutela.intake import reading
from tutela.intake.wording import State

BUSY = 5.0
"""Seconds in which each of these is read on a machine that does much else; without bounds they
take minutes."""


def _from(*headers: str) -> bytes:
    return "\r\n".join([*headers, "Subject: Hello", "", "Text"]).encode()


@pytest.mark.parametrize(
    "raw",
    [
        _from(f"From: {MARIA}", "From: other@mail.example"),
        _from("From: other@mail.example", f"FROM: {MARIA}"),
        _from(f"From: {MARIA}, other@mail.example"),
        _from(f"From: {MARIA}, other@mail.example", f"Sender: {MARIA}"),
        _from(f"From: Friends: {MARIA}, other@mail.example;"),
        _from(f"From: Friends: {MARIA};"),
        _from(f"From: {MARIA} <other@mail.example>"),
        _from(f"From: <{MARIA}> <other@mail.example>"),
        _from(f"From: {MARIA}", "Subject: x").replace(
            b"maria", b"other@mail.example,".ljust(5_000) + b"maria"
        ),
    ],
)
def test_a_letter_of_several_senders_is_of_nobody(raw):
    read = reading.read(raw)
    assert (read.sender, read.several) == ("", True)


@pytest.mark.parametrize(
    "header",
    [
        f'From: "{MARIA}" <other@mail.example>',
        "From: =?utf-8?q?maria=40mail=2Eexample?= <other@mail.example>",
        "From: =?utf-8?q?maria=40mail=2Eexample=2C?= <other@mail.example>",
        "From: =?utf-8?b?PG1hcmlhQG1haWwuZXhhbXBsZT4=?= <other@mail.example>",
        f"From: other@mail.example ({MARIA})",
    ],
)
def test_a_name_that_looks_like_an_address_is_a_name(header):
    assert reading.read(_from(header)).sender == "other@mail.example"


@pytest.mark.parametrize("header", ["From: undisclosed-recipients:;", "From: ", "From: Maria"])
def test_a_letter_without_an_address_names_nobody(header):
    read = reading.read(_from(header))
    assert (read.sender, read.several) == ("", "undisclosed" in header)


def test_a_letter_of_two_senders_waits_for_a_person_and_touches_nobody(house, arrive):
    sent = house.send("order", email=MARIA)
    raw = letter(subject=UNSUBSCRIBE).replace(b"From:", b"From: other@mail.example\nFrom:", 1)
    arrived = arrive(raw)
    assert (arrived.state, arrived.reason) == (State.HELD, "several-senders")
    assert arrived.subject is None
    with operator_scope(house.id):
        assert "newsletter" in consent.live(house.id, sent.subject)
    assert len(rows(house)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Reply_To": "other@mail.example"},
        {"Resent_From": "other@mail.example"},
        {"Resent_Sender": "Somebody <other@mail.example>"},
    ],
)
def test_a_letter_that_wants_its_answer_elsewhere_proves_nothing(house, arrive, settings, headers):
    """It stops the mailings, which harms nobody, and the person is asked at their own address."""
    settings.TUTELA_MAIL_BELIEVE = frozenset({"mx.example"})
    house.send("order", email=MARIA)
    house.letters()
    proof = {"Authentication_Results": "mx.example; dmarc=pass header.from=mail.example"}
    arrived = arrive(letter(subject=UNSUBSCRIBE, **headers, **proof))
    assert (arrived.state, arrived.reason) == (State.CONFIRMING, "unproven")
    assert [each.to for each in house.letters()] == [[MARIA]]


def test_an_answer_that_goes_to_the_sender_itself_is_not_elsewhere(house, arrive, settings):
    settings.TUTELA_MAIL_BELIEVE = frozenset({"mx.example"})
    house.send("order", email=MARIA)
    proof = {"Authentication_Results": "mx.example; dmarc=pass header.from=mail.example"}
    arrived = arrive(letter(subject=UNSUBSCRIBE, Reply_To=f"Maria <{MARIA}>", **proof))
    assert (arrived.state, arrived.reason) == (State.TAKEN, "marked")


def _nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\ninner"
    for _ in range(depth):
        inner = b"From: a@one.example\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    return inner


def _parts_in_parts(depth: int) -> bytes:
    if not depth:
        return b"Content-Type: text/plain\r\n\r\ninner"
    edge = b"b%d" % depth
    return (
        b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (edge, edge)
        + _parts_in_parts(depth - 1)
        + b"\r\n--%b--\r\n" % edge
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@one.example\r\nSubject: " + b"=?utf-8?b?QUFB?= " * 60_000 + b"\r\n\r\nText",
        b"From: a@one.example\r\nSubject: =?utf-8?q?" + b"=41" * 500_000 + b"?=\r\n\r\nText",
        b"From: a@one.example\r\nSubject: x\r\nX-Long: " + b"y" * 10_000_000 + b"\r\n\r\nText",
        b"From: a@one.example\r\nSubject: x\r\n" + b"X-Many: y\r\n" * 50_000 + b"\r\nText",
        b"From: " + b"=?utf-8?q?a?= " * 20_000 + b"<a@one.example>\r\nSubject: x\r\n\r\nText",
        b"From: " + b"a@one.example, " * 20_000 + b"\r\nSubject: x\r\n\r\nText",
        b"From: a@one.example\r\nSubject: " + b"(" * 100_000 + b"\r\n\r\nText",
        b"Subject: x\r\n" + _nested(100),
        b"Subject: x\r\nFrom: a@one.example\r\n" + _parts_in_parts(900),
    ],
    ids=lambda raw: raw[:24].decode(),
)
def test_no_letter_keeps_its_reader_busy(raw):
    begun = time.monotonic()
    read = reading.read(raw)
    assert time.monotonic() - begun < BUSY
    assert read.sender in {"a@one.example", ""}


@pytest.mark.parametrize(
    "named",
    ["us-ascii", "koi8-r", "utf-16", "utf-7", "idna", "unicode_escape", "zip", "no-such", "rot13"],
)
def test_a_wrong_name_of_a_character_set_hides_no_word(named):
    text = "Прошу удалить мои данные"
    raw = f"From: a@one.example\r\nContent-Type: text/plain; charset={named}\r\n\r\n{text}"
    assert reading.read(raw.encode()).text == text


@pytest.mark.parametrize("named", ["koi8-r", "windows-1251", "utf-16", "iso-8859-5"])
def test_a_right_name_of_a_character_set_counts(named):
    text = "Прошу удалить мои данные"
    head = f"From: a@one.example\r\nContent-Type: text/plain; charset={named}\r\n"
    head += "Content-Transfer-Encoding: base64\r\n\r\n"
    assert reading.read(head.encode() + base64.encodebytes(text.encode(named))).text == text
