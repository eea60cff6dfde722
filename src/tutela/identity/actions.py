"""Who is known to an operator, who is signed in, and which roles its staff have.

Everything here runs inside ``operator_scope(operator_id)``. The room knows no address and no
name: who owns an e-mail is asked of the vault, through the gate, by the room ``requests``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id, new_token
from tutela.core.vocabulary import SYSTEM, VISITOR, Actor, ActorKind
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.identity import authorities, rules
from tutela.identity.entries import (
    IdentityChecked,
    RoleGranted,
    RoleRevoked,
    SignInFailed,
    SignInIssued,
    SubjectDestroyed,
    SubjectRegistered,
    SubjectSignedIn,
)
from tutela.identity.errors import UnknownRole, UnknownSubject
from tutela.identity.models import Minor, Reference, Session, SignIn, StaffRole, Subject, Visitor
from tutela.identity.proofs import Proof
from tutela.identity.staff import sessions
from tutela.identity.staff.errors import OwnRole
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy import closing
from tutela.policy.errors import NoPolicyInForce

_SUBJECT = """
SELECT subject_id, language, category, created_at, destroyed_at FROM identity_subject
WHERE operator_id = %s AND subject_id = %s
"""


_END_SESSIONS = """
DELETE FROM identity_session WHERE operator_id = %s AND subject_id = ANY(%s) RETURNING subject_id
"""
_MARK_DESTROYED = """
UPDATE identity_subject SET destroyed_at = %s
WHERE operator_id = %s AND subject_id = ANY(%s) AND destroyed_at IS NULL RETURNING subject_id
"""
_IS_KNOWN = "SELECT identity_is_known(%s, %s)"


@dataclass(frozen=True, slots=True)
class SubjectRow:
    id: UUID
    language: str
    category: str
    created_at: datetime
    destroyed_at: datetime | None


class StaffUser(Protocol):
    """What this room needs of Django's user, signed in or not."""

    @property
    def is_active(self) -> bool: ...

    @property
    def pk(self) -> Any: ...


def _row(subject: Subject) -> SubjectRow:
    return SubjectRow(
        id=subject.subject_id,
        language=subject.language,
        category=subject.category,
        created_at=subject.created_at,
        destroyed_at=subject.destroyed_at,
    )


def new_subject(operator_id: UUID, language: str, category: str) -> UUID:
    """Make a person known by a new opaque id; ``category`` is a slug of the policy's subjects.

    Raises ``OperatorClosed`` where the operator is wound up (000 8/b4)."""
    closing.demand_open(operator_id)
    subject_id = new_id()
    Subject.objects.create(
        operator_id=operator_id,
        subject_id=subject_id,
        language=language,
        category=category,
        created_at=clock.now(),
    )
    journal.append(operator_id, SubjectRegistered(subject=subject_id, category=category))
    return subject_id


def subject(operator_id: UUID, subject_id: UUID) -> SubjectRow:
    """The person's row, destroyed or not; ``UnknownSubject`` if there never was one."""
    found = swift.row(_SUBJECT, (operator_id, subject_id))
    if found is None:
        raise _nobody()
    return SubjectRow(*found)


def ensure_known(operator_id: UUID, subject_id: UUID) -> None:
    """``UnknownSubject`` if there never was such a person. The one question here that is asked
    outside of a scope, in one statement."""
    if connection.in_atomic_block:
        with operator_scope(operator_id):
            subject(operator_id, subject_id)
    elif swift.row(_IS_KNOWN, (operator_id, subject_id)) != (True,):
        raise _nobody()


def _nobody() -> UnknownSubject:
    return UnknownSubject(_("Nobody is known to this operator by this identifier."))


def subjects(
    operator_id: UUID,
    *,
    category: str = "",
    destroyed: bool | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[SubjectRow]:
    """People in the order they became known, ``limit`` at a time after the id ``after``."""
    found = Subject.objects.filter(operator_id=operator_id)
    if category:
        found = found.filter(category=category)
    if destroyed is not None:
        found = found.filter(destroyed_at__isnull=not destroyed)
    if after is not None:
        found = found.filter(subject_id__gt=after)
    return [_row(each) for each in found.order_by("subject_id")[:limit]]


def known_since(operator_id: UUID, moment: datetime) -> int:
    """How many people became known after a moment."""
    return Subject.objects.filter(operator_id=operator_id, created_at__gt=moment).count()


def living(operator_id: UUID) -> int:
    """How many people there are of whom something may be held."""
    return Subject.objects.filter(operator_id=operator_id, destroyed_at__isnull=True).count()


def set_language(operator_id: UUID, subject_id: UUID, language: str) -> None:
    """Remember the language in which the person wants letters and acts."""
    Subject.objects.filter(operator_id=operator_id, subject_id=subject_id).update(language=language)


def issue_sign_in(operator_id: UUID, subject_id: UUID) -> str:
    """A secret for one sign-in within 30 minutes; only its hash is kept."""
    if subject(operator_id, subject_id).destroyed_at is not None:
        raise UnknownSubject(
            "The data of this person is destroyed; there is nothing to sign in to."
        )
    now = clock.now()
    token = new_token()
    SignIn.objects.create(
        operator_id=operator_id,
        subject_id=subject_id,
        id=new_id(),
        digest=rules.digest(token),
        issued_at=now,
        expires_at=now + rules.SIGN_IN_LASTS,
    )
    journal.append(operator_id, SignInIssued(subject=subject_id))
    return token


def redeem(operator_id: UUID, token: str) -> str | None:
    """Use a sign-in link once: the secret of a new session, or None if it is used or too old.

    The single UPDATE decides between two browsers that redeem at the same moment.
    """
    now = clock.now()
    matching = SignIn.objects.filter(operator_id=operator_id, digest=rules.digest(token))
    if not matching.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        return None
    subject_id = matching.get().subject_id
    session = open_session(operator_id, subject_id, Proof.MAIL_LINK)
    actor = Actor(ActorKind.SUBJECT, str(subject_id))
    journal.append(operator_id, SubjectSignedIn(subject=subject_id, actor=actor, automated=False))
    return session


def open_session(operator_id: UUID, subject_id: UUID, proof: Proof) -> str:
    """The secret of a new session for a person of whom ``proof`` shows who they are. The caller
    journals what showed it."""
    now = clock.now()
    session = new_token()
    Session.objects.create(
        operator_id=operator_id,
        subject_id=subject_id,
        id=new_id(),
        digest=rules.digest(session),
        opened_at=now,
        seen_at=now,
        ends_at=now + rules.SESSION_ABSOLUTE,
        proof=proof,
    )
    return session


def proof_of(operator_id: UUID, session_token: str) -> Proof:
    """How it was shown who the person of this session is."""
    rows = Session.objects.filter(operator_id=operator_id, digest=rules.digest(session_token))
    found = rows.values_list("proof", flat=True).first()
    return Proof(found) if found else Proof.CLAIMED


def strengthen(
    operator_id: UUID, session_token: str, proof: Proof, fields: tuple[str, ...]
) -> None:
    """The person of this session has proven more; journalled before anything is shown for it."""
    rows = Session.objects.filter(operator_id=operator_id, digest=rules.digest(session_token))
    row = rows.get()
    rows.update(proof=proof)
    actor = Actor(ActorKind.SUBJECT, str(row.subject_id))
    done = IdentityChecked(
        subject=row.subject_id, actor=actor, automated=False, proof=proof, fields=fields
    )
    journal.append(operator_id, done)


def confirm_identity(operator_id: UUID, subject_id: UUID, by: Actor) -> int:
    """Staff have seen an identity document of the person: it counts for the sessions open now;
    how many there are."""
    rows = Session.objects.filter(operator_id=operator_id, subject_id=subject_id)
    done = IdentityChecked(subject=subject_id, actor=by, automated=False, proof=Proof.DOCUMENT)
    journal.append(operator_id, done)
    return rows.update(proof=Proof.DOCUMENT)


def note_failed_sign_in(operator_id: UUID) -> None:
    """Journal that a link was tried that signs nobody in: used, too old, or never issued."""
    journal.append(operator_id, SignInFailed(actor=VISITOR, automated=False))


def session_subject(operator_id: UUID, session_token: str) -> UUID | None:
    """Whose session this is, or None if it is unknown, idle for too long, or past its end."""
    now = clock.now()
    rows = Session.objects.filter(operator_id=operator_id, digest=rules.digest(session_token))
    row = rows.first()
    if row is None or not rules.alive(seen_at=row.seen_at, ends_at=row.ends_at, now=now):
        return None
    if now >= row.seen_at + rules.SEEN_STEP:
        rows.update(seen_at=now)
    return row.subject_id


def end_session(operator_id: UUID, session_token: str) -> None:
    """Sign out of this one browser."""
    Session.objects.filter(operator_id=operator_id, digest=rules.digest(session_token)).delete()


def end_sessions(operator_id: UUID, subject_id: UUID) -> int:
    """Sign the person out everywhere and void every unused link; how many sessions ended."""
    return _end_sessions(operator_id, [subject_id])[subject_id]


def _end_sessions(operator_id: UUID, subjects: list[UUID]) -> Counter[UUID]:
    SignIn.objects.filter(operator_id=operator_id, subject_id__in=subjects).delete()
    return Counter(each for (each,) in swift.rows(_END_SESSIONS, (operator_id, subjects)))


def forget_dead_sign_ins(operator_id: UUID, now: datetime) -> int:
    """Remove links and sessions that nobody can use any more; how many rows went."""
    links, _ = SignIn.objects.filter(operator_id=operator_id, expires_at__lte=now).delete()
    old = Session.objects.filter(operator_id=operator_id)
    ended, _ = old.filter(ends_at__lte=now).delete()
    idle, _ = old.filter(seen_at__lte=now - rules.SESSION_IDLE).delete()
    return links + ended + idle


def mark_destroyed(operator_id: UUID, subject_id: UUID) -> bool:
    """State that nothing of the person is left, and end the sessions; False if it was stated."""
    return mark_all_destroyed(operator_id, [subject_id]) == 1


def mark_all_destroyed(operator_id: UUID, subjects: Collection[UUID]) -> int:
    """The same of many people; of how many it was not stated before."""
    asked = (clock.now(), operator_id, list(subjects))
    gone = [subject for (subject,) in swift.rows(_MARK_DESTROYED, asked)]
    if not gone:
        return 0
    ended = _end_sessions(operator_id, gone)
    authorities.end_all(operator_id, gone)
    for table in (Minor, Reference, Visitor):
        table.objects.filter(operator_id=operator_id, subject_id__in=gone).delete()
    said = [SubjectDestroyed(subject=each, sessions=ended[each]) for each in gone]
    journal.append_many(operator_id, said)
    return len(gone)


def destroyed(operator_id: UUID) -> QuerySet[Subject, UUID]:
    """The ids of people of whom nothing is left, as a query that others may look into."""
    gone = Subject.objects.filter(operator_id=operator_id, destroyed_at__isnull=False)
    return gone.values_list("subject_id", flat=True)


GONE_BEFORE = """
SELECT subject_id FROM identity_subject
WHERE operator_id = %(operator)s AND destroyed_at < %(before)s AND destroyed_at >= %(since)s
"""
"""``destroyed_before``, in SQL, and not before ``since``."""


def destroyed_before(operator_id: UUID, moment: datetime) -> QuerySet[Subject, UUID]:
    """Those of them of whom nothing has been left since before ``moment``."""
    gone = Subject.objects.filter(operator_id=operator_id, destroyed_at__lt=moment)
    return gone.values_list("subject_id", flat=True)


def destroyed_at(operator_id: UUID, subject_id: UUID) -> datetime | None:
    """Since when nothing is left of the person; None while something is."""
    row = Subject.objects.filter(operator_id=operator_id, subject_id=subject_id)
    return row.values_list("destroyed_at", flat=True).first()


def staff_roles(user: StaffUser, operator_id: UUID) -> frozenset[str]:
    """The roles of a member of staff at this operator; none for a user who is switched off."""
    if not user.is_active:
        return frozenset()
    rows = StaffRole.objects.filter(operator_id=operator_id, user_id=user.pk)
    return frozenset(rows.values_list("role", flat=True))


def _known(operator_id: UUID, role: str) -> str:
    """A built-in role, or one that the operator's policy names as its own."""
    if role in tuple(rules.Role):
        return str(rules.Role(role))
    try:
        own = policies.in_force(operator_id).roles
    except NoPolicyInForce:
        own = {}
    if role in own and own[role].like:
        return role
    known = ", ".join([*rules.Role, *(each.slug for each in own.values() if each.like)])
    raise UnknownRole(f"There is no role “{role}”; use one of: {known}.")


def grant_role(operator_id: UUID, user_id: int, role: str, *, by: Actor = SYSTEM) -> bool:
    """Give a member of staff a role here; False if they have it.

    Nobody gives one to themselves (``OwnRole``). The member's sessions end: they begin anew with
    what the new roles open.
    """
    _nobody_to_themselves(user_id, by)
    _row_of_it, made = StaffRole.objects.get_or_create(
        operator_id=operator_id,
        user_id=user_id,
        role=_known(operator_id, role),
        defaults={"granted_at": clock.now()},
    )
    if made:
        done = RoleGranted(user=user_id, role=role, actor=by, automated=by == SYSTEM)
        journal.append(operator_id, done)
        sessions.end_all(user_id)
    return made


def _nobody_to_themselves(user_id: int, by: Actor) -> None:
    if by.kind is ActorKind.STAFF and by.id == str(user_id):
        raise OwnRole(_("Nobody changes their own roles. Ask another officer."))


def revoke_role(operator_id: UUID, user_id: int, role: str, *, by: Actor = SYSTEM) -> bool:
    """Take a role from a member of staff; False if they did not have it. Their sessions end."""
    _nobody_to_themselves(user_id, by)
    rows = StaffRole.objects.filter(operator_id=operator_id, user_id=user_id, role=role)
    if not rows.exists():  # a role that the policy no longer names can still be taken back
        _known(operator_id, role)
    gone, _counts = rows.delete()
    if gone:
        done = RoleRevoked(user=user_id, role=role, actor=by, automated=by == SYSTEM)
        journal.append(operator_id, done)
        sessions.end_all(user_id)
    return bool(gone)


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """A member of staff and one of the roles they hold; ``name`` is what they sign in by."""

    user_id: int
    name: str
    role: str
    granted_at: datetime
    active: bool


def role_holders(operator_id: UUID) -> list[RoleHolder]:
    """Who holds which role at this operator, those who are switched off too."""
    rows = list(StaffRole.objects.filter(operator_id=operator_id).order_by("granted_at", "user_id"))
    users = get_user_model().objects.in_bulk([each.user_id for each in rows])
    return [
        RoleHolder(each.user_id, user.get_username(), each.role, each.granted_at, user.is_active)
        for each in rows
        if (user := users.get(each.user_id)) is not None
    ]
