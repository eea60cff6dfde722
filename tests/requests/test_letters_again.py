"""A letter that met no mail server waits and is tried again, whatever the clock does meanwhile."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.requests.conftest import STARTED

from tutela.requests import letters


@pytest.fixture
def no_mail_server(settings):
    """Nobody listens where letters should leave."""

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        usual = settings.EMAIL_BACKEND
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            settings.EMAIL_HOST, settings.EMAIL_PORT = probe.getsockname()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        try:
            yield
        finally:
            settings.EMAIL_BACKEND = usual

    return away


def test_it_waits_a_little_and_leaves_once(house, no_mail_server):
    house.send("order")
    with no_mail_server():
        assert letters.send_queued(house.id) == 0
    assert house.letters() == []
    house.at.set(STARTED + timedelta(minutes=2))
    assert len(house.letters()) == 1
    assert house.letters() == []


def test_a_clock_that_was_ahead_and_is_put_back_keeps_no_letter_waiting(house, no_mail_server):
    house.at.set(STARTED + timedelta(hours=7))
    house.send("order")
    with no_mail_server():
        assert letters.send_queued(house.id) == 0
    house.at.set(STARTED)
    assert len(house.letters()) == 1
