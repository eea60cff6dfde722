"""What the journal says about consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.consent.rules import is_publication
from tutela.consent.wording import (
    CHANNELS,
    MODES,
    PROOF_BY_OTHERS,
    PROOF_FORMS,
    PROOF_REASONS,
)
from tutela.journal.entries import Entry, Row, entry
from tutela.journal.naming import called, limit, name_of


@entry("consent.given")
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Entry):
    mode: str
    act: str
    point: str
    language: str
    text_hash: str
    record: UUID | None
    conditions: tuple[str, ...] | None = None
    wording = _("Consent to “%(purpose)s” was given by %(mode)s, at the form “%(point)s”")


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
        "Consent was withdrawn %(channel)s and the processing stopped: %(purposes)s. "
        "Other grounds to keep the data: %(remaining)s"
    )


@entry("consent.expired")
@dataclass(frozen=True, kw_only=True)
class ConsentExpired(Entry):
    text_hash: str
    wording = _("Consent to “%(purpose)s” expired and the processing stopped")


@entry("consent.dated")
@dataclass(frozen=True, kw_only=True)
class ConsentDated(Entry):
    """An event of the policy gave an open-ended consent its end (000 8/b1(c))."""

    cause: UUID
    ends: datetime | None
    text_hash: str
    wording = _("Consent to “%(purpose)s” got its end: %(ends)s")


@entry("consent.stopped")
@dataclass(frozen=True, kw_only=True)
class ProcessingStopped(Entry):
    obligation: UUID
    purposes: tuple[str, ...]
    wording = _("Processing was stopped as the policy promises: %(purposes)s")


@entry("consent.choice-made")
@dataclass(frozen=True, kw_only=True)
class ChoiceMade(Entry):
    """No visitor is named, so that nothing leads from here to the person they may become."""

    agreed: bool
    language: str
    wording = _("A visitor chose about “%(purpose)s”; agreed: %(agreed)s")


@entry("consent.choices-joined")
@dataclass(frozen=True, kw_only=True)
class ChoicesJoined(Entry):
    given: int
    withdrawn: int
    wording = _(
        "Choices made before signing in became the person’s: %(given)s given, "
        "%(withdrawn)s withdrawn"
    )


@entry("consent.proof-taken")
@dataclass(frozen=True, kw_only=True)
class ProofTaken(Entry):
    """Somebody took what proves a consent, or that there is none (001 1.3.1(c), 003 3.2(b))."""

    reason: str
    form: str
    events: int
    wording = _("Of the consent to “%(purpose)s” was taken: %(form)s; %(reason)s")


_CONSENT = _("consent to “%(purpose)s”")
_OTHERS = {"contract": _("an agreement"), "hold": _("a hold")}


def _ground(row: Row, value: Any) -> Any:
    """A ground that remains, as ``rules.remaining_grounds`` names it."""
    kind, _dot, purpose = str(value).partition(".")
    if kind == "consent":
        return _CONSENT % {"purpose": name_of(row, "purpose", purpose)}
    return _OTHERS.get(kind)


_PUBLIC = _("making public: %(field)s (%(purpose)s)")


def _publication(row: Row, value: Any) -> Any:
    """A consent to make a field public, as its title; any other purpose is named elsewhere."""
    if not is_publication(str(value)):
        return None
    purpose, _kind, field = [*str(value).split("/"), ""][:3]
    words = {"purpose": name_of(row, "purpose", purpose), "field": name_of(row, "fields", field)}
    return _PUBLIC % words


for _kind in (ConsentGiven, ConsentWithdrawn, ConsentExpired, ProcessingStopped, ProofTaken):
    for _name in ("purpose", "purposes"):
        called(_name, _publication, kind=_kind.kind)
called("remaining", _ground)
called("ends", limit, kind=ConsentDated.kind)
called("mode", MODES)
called("channel", CHANNELS)
called("reason", PROOF_REASONS | PROOF_BY_OTHERS, kind="consent.proof-taken")
called("form", PROOF_FORMS, kind="consent.proof-taken")
