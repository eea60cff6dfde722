"""What the journal says about people and roles."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.identity.staff import entries as _staff  # noqa: F401 - registers its kinds
from tutela.identity.wording import (
    ENDINGS,
    EVIDENCE,
    HANDOVER_REFUSALS,
    PROOFS,
    REFUSALS,
    RELATIONS,
    RIGHTS,
    ROLES,
)
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, counted


@entry("subject.registered")
@dataclass(frozen=True, kw_only=True)
class SubjectRegistered(Entry):
    category: str
    wording = _("A person of the category “%(category)s” became known to the operator")


@entry("subject.sign-in-issued")
@dataclass(frozen=True, kw_only=True)
class SignInIssued(Entry):
    wording = _("A single-use sign-in link was issued to the person")


@entry("subject.sign-in-failed")
@dataclass(frozen=True, kw_only=True)
class SignInFailed(Entry):
    wording = _("A sign-in was tried that is used up, too old or was never issued")


@entry("handover.key-registered")
@dataclass(frozen=True, kw_only=True)
class HandoverKeyRegistered(Entry):
    """``key`` is the SHA-256 of the public key."""

    key: str
    wording = _("A site of the operator may hand people over with the key %(key)s")


@entry("handover.key-ended")
@dataclass(frozen=True, kw_only=True)
class HandoverKeyEnded(Entry):
    key: str
    wording = _("People are no longer handed over with the key %(key)s")


@entry("handover.sign-in-failed")
@dataclass(frozen=True, kw_only=True)
class HandoverFailed(Entry):
    why: str
    wording = _("A hand-over from the operator’s site was refused: %(why)s")


@entry("subject.handed-over")
@dataclass(frozen=True, kw_only=True)
class SubjectHandedOver(Entry):
    wording = _("The person was handed over, signed in, by the operator’s own site")


@entry("subject.identity-checked")
@dataclass(frozen=True, kw_only=True)
class IdentityChecked(Entry):
    """``fields`` are those compared, never what was in them."""

    proof: str
    fields: tuple[str, ...] = ()
    wording = _("It was checked who the person is: %(proof)s")


@entry("subject.identity-not-proven")
@dataclass(frozen=True, kw_only=True)
class IdentityNotProven(Entry):
    fields: tuple[str, ...] = ()
    wording = _("What was typed did not match what is held; nothing was shown")


@entry("subject.signed-in")
@dataclass(frozen=True, kw_only=True)
class SubjectSignedIn(Entry):
    wording = _("The person signed in with a single-use link")


@entry("subject.destroyed")
@dataclass(frozen=True, kw_only=True)
class SubjectDestroyed(Entry):
    sessions: int
    wording = _("Nothing of the person is left; ended with it: %(sessions)s")


@entry("authority.asked")
@dataclass(frozen=True, kw_only=True)
class AuthorityAsked(Entry):
    authority: UUID
    relation: str
    evidence: str
    rights: tuple[str, ...]
    wording = _("Somebody asked to act for the person as %(relation)s: %(rights)s; %(evidence)s")


@entry("authority.confirmed")
@dataclass(frozen=True, kw_only=True)
class AuthorityConfirmed(Entry):
    authority: UUID
    relation: str
    evidence: str
    rights: tuple[str, ...]
    wording = _("The authority of a %(relation)s was checked (%(evidence)s); rights: %(rights)s")


@entry("authority.refused")
@dataclass(frozen=True, kw_only=True)
class AuthorityRefused(Entry):
    authority: UUID
    why: str
    wording = _("An authority to act for the person was not confirmed: %(why)s")


@entry("authority.ended")
@dataclass(frozen=True, kw_only=True)
class AuthorityEnded(Entry):
    authority: UUID
    relation: str
    why: str
    wording = _("The authority of a %(relation)s ended: %(why)s")


@entry("subject.minor-noticed")
@dataclass(frozen=True, kw_only=True)
class MinorNoticed(Entry):
    wording = _("The person is under the age from which the policy lets people act alone")


@entry("subject.came-of-age")
@dataclass(frozen=True, kw_only=True)
class CameOfAge(Entry):
    wording = _("The person has come of age and acts alone from now on")


@entry("staff.role-granted")
@dataclass(frozen=True, kw_only=True)
class RoleGranted(Entry):
    user: int
    role: str
    wording = _("Member of staff %(user)s was given the role “%(role)s”")


@entry("staff.role-revoked")
@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Entry):
    user: int
    role: str
    wording = _("The role “%(role)s” was taken from member of staff %(user)s")


for _kind in (AuthorityAsked.kind, AuthorityConfirmed.kind, AuthorityEnded.kind):
    called("relation", RELATIONS, kind=_kind)
for _kind in (AuthorityAsked.kind, AuthorityConfirmed.kind):
    called("evidence", EVIDENCE, kind=_kind)
    called("rights", RIGHTS, kind=_kind)
called("why", HANDOVER_REFUSALS, kind=HandoverFailed.kind)
called("proof", PROOFS, kind=IdentityChecked.kind)
called("why", REFUSALS, kind=AuthorityRefused.kind)
called("why", ENDINGS, kind=AuthorityEnded.kind)
called("role", ROLES)
called(
    "sessions",
    counted(
        n_("%(count)d open session", "%(count)d open sessions", "count"), none=_("no open session")
    ),
)
