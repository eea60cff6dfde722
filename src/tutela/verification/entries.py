"""What the journal says about verifications."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called
from tutela.verification.wording import OUTCOMES


@entry("verification.asked")
@dataclass(frozen=True, kw_only=True)
class VerificationAsked(Entry):
    case: UUID
    wording = _("Somebody asked to be verified and sent copies of papers")


@entry("verification.looked")
@dataclass(frozen=True, kw_only=True)
class CopyLooked(Entry):
    case: UUID
    field: str
    wording = _("A member of staff looked at a copy of a paper (%(field)s)")


@entry("verification.proposed")
@dataclass(frozen=True, kw_only=True)
class VerificationProposed(Entry):
    case: UUID
    outcome: str
    wording = _("The first of two people proposed: %(outcome)s")


@entry("verification.decided")
@dataclass(frozen=True, kw_only=True)
class VerificationDecided(Entry):
    """``first`` and ``second`` are who decided, where two did; else ``second`` is empty."""

    case: UUID
    outcome: str
    first: str
    second: str
    wording = _("A verification was decided: %(outcome)s")


for _kind in (VerificationProposed.kind, VerificationDecided.kind):
    called("outcome", OUTCOMES, kind=_kind)
