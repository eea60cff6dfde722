"""What the journal says about accounts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.accounts.wording import ENDINGS
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@entry("account.opened")
@dataclass(frozen=True, kw_only=True)
class AccountOpened(Entry):
    record: UUID
    point: str
    wording = _("An account was opened by the form “%(point)s”")


@entry("account.accepted")
@dataclass(frozen=True, kw_only=True)
class DocumentAccepted(Entry):
    document: str
    version: str
    wording = _("The document “%(document)s” was accepted, version %(version)s")


@entry("account.changed")
@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Entry):
    record: UUID
    fields: tuple[str, ...]
    wording = _("The profile was changed: %(fields)s")


@entry("account.child-added")
@dataclass(frozen=True, kw_only=True)
class ChildAdded(Entry):
    guardian: UUID
    record: UUID
    wording = _("The profile of a child was made by the guardian, who answers for it")


@entry("account.token-issued")
@dataclass(frozen=True, kw_only=True)
class TokenIssued(Entry):
    token: UUID
    product: str
    wording = _("A token for the product “%(product)s” was issued")


@entry("account.deleted")
@dataclass(frozen=True, kw_only=True)
class AccountDeleted(Entry):
    deletion: UUID
    why: str
    tokens: int
    sessions: int
    wording = _(
        "The account was deleted (%(why)s): %(tokens)s tokens and %(sessions)s sessions ended"
    )


called("why", ENDINGS, kind=AccountDeleted.kind)
