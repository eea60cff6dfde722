"""What the journal says about notices and the acceptance of versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("notice.shown")
@dataclass(frozen=True, kw_only=True)
class NoticeShown(Entry):
    """Written with what the person sends after reading it; ``notice`` is its fingerprint."""

    point: str
    language: str
    notice: str
    wording = _("The notice of the form “%(point)s” was shown before it was filled in")


@entry("policy.accepted")
@dataclass(frozen=True, kw_only=True)
class VersionAccepted(Entry):
    old_version: int
    new_version: int
    accepted: bool
    act: str
    wording = _(
        "A person answered to version %(new_version)s of the policy after version "
        "%(old_version)s; agreed: %(accepted)s"
    )
