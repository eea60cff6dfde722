"""The disk is full where the shares of keys lie: the kernel itself says so, through /dev/full."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from tests.requests.conftest import SLUG, VALUES, post, public, words

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.requests.models import Submission

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")


@contextlib.contextmanager
def no_room(operator: UUID) -> Iterator[None]:
    shares = Path(settings.TUTELA_HOME, "keys", "vault", str(operator), "shares")
    aside = shares.with_name("shares.aside")
    shares.parent.mkdir(parents=True, exist_ok=True)
    shares.touch(0o600)
    shares.rename(aside)
    shares.symlink_to(FULL)
    try:
        yield
    finally:
        aside.replace(shares)


def _everybody(house) -> int:
    with operator_scope(house.id):
        return len(list(identity.subjects(house.id, limit=100)))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no room left to save anything. Nothing was saved"),
        ("ru", "На диске не осталось места. Ничего не сохранено"),
    ],
)
def test_a_form_is_refused_in_a_sentence_and_taken_once_there_is_room(
    house, stranger, language, sentence
):
    path = public("forms/order/", language)
    ticked = {"consent-orders": "on"}
    with no_room(house.id):
        answer = post(stranger, path, **VALUES, **ticked)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert sentence in words(answer)
    with operator_scope(house.id):
        assert not Submission.objects.exists()
    assert _everybody(house) == 0

    assert post(stranger, path, **VALUES, **ticked).status_code == 302
    assert _everybody(house) == 1
    assert f"/{SLUG}/" in path


def test_a_person_still_withdraws_while_nothing_new_can_be_saved_in_the_vault(house):
    sent = house.send("order")
    with no_room(house.id):
        answer = post(house.person(sent.subject), f"/en/{SLUG}/my/withdraw/")
    assert answer.status_code == 302
