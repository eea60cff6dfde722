"""``tutela worker`` goes on beside pages that were killed and came back elsewhere."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from tests.campaigns.homes import lived_in
from tests.campaigns.processes import Installation, free_port
from tests.campaigns.visitor import Post, Visitor, letters

pytestmark = pytest.mark.campaign
FORM = "/en/prohomeexchange/forms/newsletter/"
ADDRESS = "worker@example.com"


def _until(come: Callable[[], bool], patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not come():
        assert time.monotonic() < end, "It did not come to be."
        time.sleep(0.2)


def _post(tutela: Installation) -> list[Post]:
    return [each for each in letters(tutela.mail()) if each.to == ADDRESS]


@contextlib.contextmanager
def _pages_asleep(tutela: Installation) -> Iterator[None]:
    """Whatever happens meanwhile, the worker has done it."""
    os.kill(tutela.main, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(tutela.main, signal.SIGCONT)


def _the_worker_sends_a_letter(tutela: Installation) -> None:
    count = len(_post(tutela))
    with _pages_asleep(tutela):
        tutela.sql(
            "UPDATE requests_letter SET state = 'queued' WHERE id = "
            "(SELECT id FROM requests_letter ORDER BY queued_at DESC LIMIT 1)"
        )
        _until(lambda: len(_post(tutela)) > count)
    assert all(link.startswith(tutela.url) for link in _post(tutela)[-1].links)


def test_a_worker_waits_for_the_pages_and_follows_them_to_a_new_socket_and_port(tmp_path):
    tutela = lived_in(tmp_path / "home")
    try:
        tutela.restart_worker()
        _until(lambda: b"Waiting for tutela up" in tutela.said.read_bytes())
        tutela.start()
        visitor = Visitor(tutela.url)
        page = visitor.get(FORM)
        ticked = dict.fromkeys(page.form().boxes, "on")
        assert visitor.send(page, page.form(), email=ADDRESS, **ticked).status == 302
        _until(lambda: len(_post(tutela)) == 1)
        _the_worker_sends_a_letter(tutela)

        tutela.kill_main()
        tutela.move_to(free_port())
        tutela.start()
        _the_worker_sends_a_letter(tutela)
    finally:
        tutela.stop()
