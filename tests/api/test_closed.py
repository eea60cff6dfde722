"""An installation that is closed is closed to programs too: sealed, or restored and not yet set
right again."""

from __future__ import annotations

import pytest
from tests.api.conftest import Application

from tutela.api.door import DESCRIPTION
from tutela.core import closed
from tutela.core.errors import TutelaError

pytestmark = pytest.mark.django_db


class Shut(TutelaError):
    """Come back when it is open."""

    status = 503


@pytest.fixture
def shut(monkeypatch):
    monkeypatch.setitem(closed.REASONS._things, "test", lambda: Shut("Come back later."))


@pytest.mark.parametrize(("method", "path"), [("POST", "/subjects"), ("GET", "/policy")])
def test_nothing_is_answered_before_it_is_open_again(shut, method, path):
    answer = Application("tutela_any_key").ask(method, path, {})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "Come back later."
    assert answer.headers["Retry-After"]


def test_its_description_is_public_all_the_same(shut, client):
    assert client.get(DESCRIPTION).status_code == 200
