"""What the journal says about what is public."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.publicity.wording import KINDS


@entry("publicity.opened")
@dataclass(frozen=True, kw_only=True)
class MadePublic(Entry):
    listing: UUID
    record: UUID
    fields: tuple[str, ...]
    wording = _("The person made a record public: %(fields)s")


@entry("publicity.closed")
@dataclass(frozen=True, kw_only=True)
class MadePrivate(Entry):
    listing: UUID
    record: UUID
    wording = _("The person took a record back from the public")


@entry("publicity.refused")
@dataclass(frozen=True, kw_only=True)
class PublicationRefused(Entry):
    """Only the kinds of what was found are named, and in which fields."""

    record: UUID
    fields: tuple[str, ...]
    found: tuple[str, ...]
    wording = _("A text was not published (%(fields)s); it held: %(found)s")


@entry("publicity.withheld")
@dataclass(frozen=True, kw_only=True)
class TextWithheld(Entry):
    record: UUID
    fields: tuple[str, ...]
    found: tuple[str, ...]
    wording = _("A public text was withheld from a reader (%(fields)s); it held: %(found)s")


@entry("publicity.bulk-read")
@dataclass(frozen=True, kw_only=True)
class BulkRead(Entry):
    """One source read more than the policy allows in a quarter of an hour."""

    most: int
    wording = _("A reader of public pages was stopped after %(most)s pages in a quarter of an hour")


for _entry in (PublicationRefused, TextWithheld):
    called("found", KINDS, kind=_entry.kind)
