"""A message as other rooms and pages see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.intake.models import Message
from tutela.intake.wording import WAITING, State


@dataclass(frozen=True, slots=True)
class MailRow:
    """``mailbox`` is empty for a letter that was delivered; ``record`` has the original."""

    id: UUID
    subject_id: UUID | None
    record: UUID | None
    mailbox: str
    size: int
    language: str
    event: str
    channel: str
    state: State
    reason: str
    proven: str
    cause: UUID | None
    files: int
    unfit: int
    received_at: datetime
    settled_at: datetime | None
    settled_by: str
    left_at: datetime | None

    @property
    def waits(self) -> bool:
        return self.state in WAITING


def as_row(row: Message) -> MailRow:
    values = {name: getattr(row, name) for name in MailRow.__dataclass_fields__}
    return MailRow(**{**values, "state": State(row.state)})
