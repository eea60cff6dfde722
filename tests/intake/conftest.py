"""The sample operator, and letters as mail programs write them."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from tests.requests.conftest import House, house, stranger

from tutela.db.scope import operator_scope
from tutela.intake import actions as intake
from tutela.intake.models import Message

__all__ = ["House", "house", "stranger"]

MARIA = "maria@mail.example"
UNSUBSCRIBE = "Unsubscribe from mailing list"


def letter(
    subject: str = "What do you hold about me?",
    text: str = "Please tell me what you hold about me.",
    *,
    sender: str = MARIA,
    name: str = "1",
    to: str = "privacy@prohomeexchange.example",
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """``headers`` are named with underscores; ``files`` are name, media and content."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Maria Sample <{sender}>", to, subject
    made["Message-ID"] = f"<letter-{name}@mail.example>"
    for header, value in headers.items():
        made[header.replace("_", "-")] = value
    made.set_content(text)
    for file, media, content in files:
        kind, _, form = media.partition("/")
        made.add_attachment(content, maintype=kind, subtype=form, filename=file)
    return made.as_bytes()


@pytest.fixture
def arrive(house):
    def take(raw: bytes, **options: object) -> intake.Arrived:
        with operator_scope(house.id):
            return intake.arrive(house.id, raw, **options)

    return take


def rows(house) -> list[Message]:
    with operator_scope(house.id):
        return list(Message.objects.filter(operator_id=house.id).order_by("received_at", "id"))
