"""What the journal says about consents."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("consent.given")
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Entry):
    mode: str
    act: str
    point: str
    language: str
    text_hash: str
    record: UUID | None
    wording = _("Consent to “%(purpose)s” was given (%(mode)s) at the form “%(point)s”")


@entry("consent.refused")
@dataclass(frozen=True, kw_only=True)
class ConsentRefused(Entry):
    point: str
    language: str
    wording = _("A visitor refused at the form “%(point)s”; nothing but the refusal was kept")


@entry("consent.withdrawn")
@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Entry):
    withdrawal: UUID
    channel: str
    purposes: tuple[str, ...]
    remaining: tuple[str, ...]
    wording = _(
        "Consent to “%(purposes)s” was withdrawn (%(channel)s) and the processing stopped; "
        "grounds that remain: %(remaining)s"
    )


@entry("consent.expired")
@dataclass(frozen=True, kw_only=True)
class ConsentExpired(Entry):
    text_hash: str
    wording = _("Consent to “%(purpose)s” expired and the processing stopped")


@entry("consent.stopped")
@dataclass(frozen=True, kw_only=True)
class ProcessingStopped(Entry):
    obligation: UUID
    purposes: tuple[str, ...]
    wording = _("Processing for “%(purposes)s” was stopped as the policy promises")
