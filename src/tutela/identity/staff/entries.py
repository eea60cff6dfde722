"""What the journal says about the sign-in of staff; numbers of accounts, never their names."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, counted

WAYS = {
    "password": _("a password"),
    "passkey": _("a passkey"),
    "provider": _("the OpenID provider"),
    "link": _("a single-use link"),
}
"""How somebody signed in, in words that follow “with”."""

FACTORS = {
    "app": _("an app with codes"),
    "passkey": _("a passkey"),
    "recovery": _("recovery codes"),
    "mail": _("a code by mail"),
}
"""Second factors in words."""


@entry("staff.signed-in")
@dataclass(frozen=True, kw_only=True)
class StaffSignedIn(Entry):
    user: int
    way: str
    wording = _("Member of staff %(user)s signed in with %(way)s")


@entry("staff.sign-in-failed")
@dataclass(frozen=True, kw_only=True)
class StaffSignInFailed(Entry):
    user: int
    attempts: int
    wording = _("%(attempts)s to sign in as member of staff %(user)s")


@entry("staff.link-issued")
@dataclass(frozen=True, kw_only=True)
class StaffLinkIssued(Entry):
    user: int
    wording = _("A single-use link to choose a password was made for member of staff %(user)s")


@entry("staff.password-set")
@dataclass(frozen=True, kw_only=True)
class StaffPasswordSet(Entry):
    user: int
    wording = _("The password of member of staff %(user)s was changed")


@entry("staff.factor-added")
@dataclass(frozen=True, kw_only=True)
class StaffFactorAdded(Entry):
    user: int
    factor: str
    wording = _("Member of staff %(user)s added a second factor: %(factor)s")


@entry("staff.factor-removed")
@dataclass(frozen=True, kw_only=True)
class StaffFactorRemoved(Entry):
    user: int
    factor: str
    wording = _("Member of staff %(user)s removed a second factor: %(factor)s")


@entry("staff.factors-reset")
@dataclass(frozen=True, kw_only=True)
class StaffFactorsReset(Entry):
    user: int
    wording = _("The second factors of member of staff %(user)s were removed by somebody else")


@entry("staff.switched-off")
@dataclass(frozen=True, kw_only=True)
class StaffSwitchedOff(Entry):
    user: int
    wording = _("Member of staff %(user)s was switched off at this operator")


@entry("staff.unlocked")
@dataclass(frozen=True, kw_only=True)
class StaffUnlocked(Entry):
    user: int
    wording = _("The account of member of staff %(user)s was unlocked after wrong attempts")


@entry("staff.provider-linked")
@dataclass(frozen=True, kw_only=True)
class StaffProviderLinked(Entry):
    user: int
    wording = _("The account of member of staff %(user)s was linked to the OpenID provider")


for _kind in (StaffFactorAdded, StaffFactorRemoved):
    called("factor", FACTORS, kind=_kind.kind)
called("way", WAYS, kind=StaffSignedIn.kind)
called(
    "attempts",
    counted(n_("%(count)d failed attempt", "%(count)d failed attempts", "count")),
    kind=StaffSignInFailed.kind,
)
