"""What the journal says about applications and their keys."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.applications.wording import FUNCTIONS
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@dataclass(frozen=True, kw_only=True)
class _AboutApplication(Entry):
    application: str


@entry("application.added")
@dataclass(frozen=True, kw_only=True)
class ApplicationAdded(_AboutApplication):
    purposes: tuple[str, ...]
    actions: tuple[str, ...]
    functions: tuple[str, ...]
    wording = _("The application “%(application)s” was added")


@entry("application.scope-changed")
@dataclass(frozen=True, kw_only=True)
class ScopeChanged(_AboutApplication):
    purposes: tuple[str, ...]
    actions: tuple[str, ...]
    functions: tuple[str, ...]
    wording = _("What the application “%(application)s” may do was changed")


@entry("application.key-issued")
@dataclass(frozen=True, kw_only=True)
class KeyIssued(_AboutApplication):
    key: str
    wording = _("The application “%(application)s” was given the key %(key)s")


@entry("application.key-revoked")
@dataclass(frozen=True, kw_only=True)
class KeyRevoked(_AboutApplication):
    key: str
    wording = _("The key %(key)s of the application “%(application)s” was revoked")


@entry("application.refused")
@dataclass(frozen=True, kw_only=True)
class ApplicationRefused(_AboutApplication):
    function: str
    wording = _(
        "The application “%(application)s” was refused what its key is not for: %(function)s"
    )


called("function", FUNCTIONS, kind=ApplicationRefused.kind)
