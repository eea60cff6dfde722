"""What the policy room writes into the journal."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@entry("policy.published")
@dataclass(frozen=True, kw_only=True)
class PolicyPublished(Entry):
    """A version was posted; ``digest`` is the SHA-256 over its declarations and texts."""

    number: int
    digest: str
    wording = _("Version %(number)s of the policy was published")
