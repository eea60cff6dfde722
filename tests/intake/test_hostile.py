"""What chance makes of subject lines and messages: the mark is still found, and nothing breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.intake import markers, reading
from tutela.policy import actions as policies

OPERATORS = Path(__file__).parents[2] / "operators"
NAMES = sorted(each.parent.name for each in OPERATORS.glob("*/policy.yaml"))
PREFIXES = st.sampled_from(["", "Re: ", "RE[3]: ", "Fwd: Re: ", "Отв: ", "Пересл: ", "  AW: "])
QUOTES = st.sampled_from([("", ""), ("«", "»"), ("“", "”"), ('"', '"'), ("[", "]"), ("„", "“.")])
CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase, str])


def marks(name: str) -> list[tuple[str, str]]:
    channels = policies.load_folder(OPERATORS / name).channels.values()
    return [
        (each.slug, mark)
        for each in channels
        if each.kind == "mail"
        for mark in each.marker.values()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_mark_of_every_operator_is_understood_however_it_is_written(name):
    policy = policies.load_folder(OPERATORS / name)
    for slug, mark in marks(name):
        understood(policy, slug, mark)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def understood(policy, slug, mark, data):
    assert markers.channel_for(policy, _written(mark, data)).slug == slug


def _written(mark: str, data: st.DataObject) -> str:
    begins, ends = data.draw(QUOTES)
    written = data.draw(CASES)(mark).replace(" ", data.draw(st.sampled_from([" ", "  ", "\t"])))
    letters = list(written)
    if len(mark) >= 16:
        place = data.draw(st.integers(1, len(letters) - 2))
        slip = data.draw(st.sampled_from(["none", "lost", "twice", "swapped"]))
        if slip == "lost":
            del letters[place]
        elif slip == "twice":
            letters.insert(place, letters[place])
        elif slip == "swapped":
            letters[place], letters[place - 1] = letters[place - 1], letters[place]
    return f"{data.draw(PREFIXES)}{begins}{''.join(letters)}{ends}"


def test_there_are_marks_of_several_operators_in_both_languages():
    found = {name: [mark for _slug, mark in marks(name)] for name in NAMES}
    every = [mark for each in found.values() for mark in each]
    assert sum(map(bool, found.values())) > 1
    assert any(mark.isascii() for mark in every)
    assert any(not mark.isascii() for mark in every)


HEADERS = st.sampled_from(
    [
        b"From: a@mail.example",
        b"From: =?utf-8?b?////?= <a@mail.example>",
        b"From: \xff\xfe <>",
        b"Subject: =?no-such?q?=zz?=",
        b"Subject: " + b"x" * 5_000,
        b"Content-Type: multipart/mixed; boundary=a",
        b"Content-Type: multipart/mixed",
        b"Content-Type: text/plain; charset=no-such",
        b"Content-Type: text/html; charset=utf-7",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Type: message/rfc822",
        b"Content-Disposition: attachment; filename*=no''%ff",
        b"Auto-Submitted: \x00auto",
        b"Date: never",
    ]
)
BODIES = st.one_of(
    st.binary(max_size=400),
    st.sampled_from(
        [b"--a\n" * 200, b"--a\n\n--a--\n", b"=\n=zz=", b"<div>" * 2_000, b"\x00" * 50]
    ),
)


@settings(max_examples=150, deadline=None)
@given(headers=st.lists(HEADERS, max_size=8), body=BODIES, raw=st.binary(max_size=200))
def test_no_message_breaks_the_reading_and_each_is_known_again(headers, body, raw):
    for message in (raw, b"\r\n".join(headers) + b"\r\n\r\n" + body):
        read = reading.read(message)
        assert read.digest == reading.read(message).digest
        assert len(read.text) <= reading.MOST_TEXT
        assert "\x00" not in read.subject + read.sender
