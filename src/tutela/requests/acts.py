"""Acts as a reader sees them: a title, a number, and whether the signature is genuine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal import actions as journal
from tutela.journal.formats import parse_keys
from tutela.journal.offline import verify_document
from tutela.retention import actions as retention

TITLES = {
    "destruction": _("Act of destruction"),
    "partial": _("Act of partial destruction"),
    "anonymisation": _("Act of anonymisation"),
    "processors": _("Act of destruction by the processors"),
    "impossibility": _("Act of impossibility"),
    "journal": _("Act of removal from the journal"),
}


@dataclass(frozen=True, slots=True)
class ActShown:
    id: UUID
    kind: str
    title: str
    number: str
    at: datetime


def shown(row: retention.ActRow) -> ActShown:
    return ActShown(row.id, row.kind, str(TITLES.get(row.kind, row.kind)), row.label, row.made_at)


def genuine(operator_id: UUID, row: retention.ActRow) -> bool:
    """Whether the act is what the operator's journal key signed; the same check that anybody can
    make offline, with the key that the journal has on record."""
    keys = parse_keys([journal.public_key(operator_id)])
    return verify_document(row.envelope, keys).holds
