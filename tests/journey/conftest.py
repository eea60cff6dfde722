"""Demonstrations that really run, with people who have lived in them for a season."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from tests.campaigns.homes import lived_in
from tests.campaigns.processes import Installation
from tests.journey.walker import Walker


@pytest.fixture(scope="session")
def town(tmp_path_factory) -> Iterator[Installation]:
    """A demonstration whose clock nobody moves."""
    with lived_in(tmp_path_factory.mktemp("town") / "home").running() as running:
        yield running


@pytest.fixture(scope="session")
def story(tmp_path_factory) -> Iterator[Installation]:
    """A demonstration in which time goes on."""
    with lived_in(tmp_path_factory.mktemp("story") / "home").running() as running:
        yield running


@pytest.fixture
def walk(chromium: Browser) -> Iterator[Callable[..., Walker]]:
    """``walk(tutela)`` opens a new browser without script; at the end nothing may have broken."""
    opened: list[Walker] = []

    def new(tutela: Installation, *, script: bool = False) -> Walker:
        opened.append(Walker(chromium, tutela.url, script=script))
        return opened[-1]

    yield new
    for walker in opened:
        walker.context.close()
        assert walker.complaints == []
        assert walker.strangers == []
