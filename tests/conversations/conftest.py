"""The services marketplace, where people talk to each other and to the company."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.vault.files import WAV, telling_jpeg
from tests.vault.test_attachments import with_files

from tutela import app
from tutela.conversations import actions as conversations
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal.models import EntryRow
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import actions as requests

SLUG = "uslugi"
SAMPLE = Path(__file__).parents[2] / "operators" / SLUG
STARTED = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)


@functools.cache
def sample() -> Policy:
    return policies.load_folder(SAMPLE)


class Market:
    """The operator and the ways in: the rooms' actions, and browsers."""

    def __init__(self, at: clock.ManualClock) -> None:
        app.wire()
        self.at = at
        self.policy = sample()
        policies.publish(self.policy)
        self.id = policies.operator_id(SLUG)

    def register(self, name: str, address: str, point: str = "account") -> UUID:
        """Somebody whom the company knows by the form ``point``."""
        declared = self.policy.points[point]
        values = {each.field: each.example.get("ru", "") for each in declared.fields}
        values |= {"name": name, "email": address}
        kept = {
            slug: each for slug, each in values.items() if not self.policy.fields[slug].attached
        }
        with operator_scope(self.id):
            return requests.submit(
                self.id,
                point,
                language="en",
                values=kept,
                accepted=declared.purposes,
                idempotency=new_id().hex,
            ).subject

    def begin(self, subject: UUID, other: UUID | None, text: str, **changes: object) -> UUID:
        wanted: dict[str, object] = {
            "message": new_id(),
            "language": "en",
            "values": {"name": "Anna", "message": text},
            "accepted": ("chat",),
        }
        with operator_scope(self.id):
            return conversations.begin(self.id, subject, other, **(wanted | changes))

    def person(self, subject: UUID) -> Client:
        with operator_scope(self.id):
            session = identity.redeem(self.id, identity.issue_sign_in(self.id, subject))
        client = Client(raise_request_exception=False)
        client.cookies[f"subject-{SLUG}"] = session
        return client

    def staff(self, role: str = "officer", name: str = "") -> Client:
        user = User.objects.create_user(name or role)
        with operator_scope(self.id):
            identity.grant_role(self.id, user.pk, role)
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    def told(self, *kinds: str) -> list[EntryRow]:
        with operator_scope(self.id):
            return list(EntryRow.objects.filter(kind__in=kinds).order_by("id"))


@pytest.fixture
def market(db: None) -> Iterator[Market]:
    with clock.use(clock.ManualClock(STARTED)) as at:
        yield Market(at)


def send(client: Client, path: str, action: str = "", **sent: object) -> HttpResponse:
    """Open the page and send the form on it, files and all, as a browser does."""
    form = client.get(path).content.decode().partition("<main")[2]
    form = form.partition(f'action="{action}"' if action else 'class="sheet"')[2]
    token = re.search(r'name="form-token" value="([^"]+)"', form)
    assert token, f"There is no such form on {path}."
    hidden = re.findall(r'type="hidden" name="(notice)" value="([^"]+)"', form)
    return client.post(action or path, {"form-token": token[1], **dict(hidden), **sent})


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", telling_jpeg(), "image/jpeg")


def voice() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.wav", WAV, "audio/x-wav")


__all__ = ["with_files"]
