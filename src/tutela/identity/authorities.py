"""Who may act for whom: authorities of representatives and guardians, from asking to their end.

An authority is asked for, checked by staff against its document, stands for some rights until a
day, and ends: by the person, by the holder, by the operator, by time, or at the age of majority.
Here are the rows; that the gate lets somebody act is done by ``requests.representing``, which
changes the standing in the same transaction. The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import Conflict, NotFound
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor, ActorKind, Right
from tutela.db import swift
from tutela.identity.entries import (
    AuthorityAsked,
    AuthorityConfirmed,
    AuthorityEnded,
    AuthorityRefused,
)
from tutela.identity.models import Authority
from tutela.identity.wording import ENDINGS, EVIDENCE, REFUSALS
from tutela.journal import actions as journal


class State(StrEnum):
    ASKED = "asked"
    STANDING = "standing"
    REFUSED = "refused"
    ENDED = "ended"


class Relation(StrEnum):
    REPRESENTATIVE = "representative"
    GUARDIAN = "guardian"


class UnknownAuthority(NotFound):
    """There is no such authority; open it from the list."""


class NotOpen(Conflict):
    """The authority is no longer in the state in which this could be done; look at it anew."""


class NotChosen(NotFound):
    """Something has to be chosen from its list."""


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """``subject`` is the person acted for, None while nobody is found; ``holder`` who acts."""

    id: UUID
    subject: UUID | None
    holder: UUID
    relation: str
    rights: tuple[str, ...]
    evidence: str
    document: UUID | None
    state: str
    asked_at: datetime
    decided_at: datetime | None
    until: datetime | None
    ended_at: datetime | None
    why: str

    def stands(self, now: datetime) -> bool:
        return self.state == State.STANDING and (self.until is None or now < self.until)


def ask(
    operator_id: UUID,
    holder: UUID,
    subject: UUID | None,
    *,
    relation: str,
    rights: Collection[str],
    evidence: str,
    document: UUID | None = None,
) -> UUID:
    """Note that ``holder`` wants to act for ``subject``; nothing follows before staff have checked
    the document. ``evidence`` is the kind of the document, ``document`` the attachment if there
    is one. Raises ``NotChosen``."""
    known = [each for each in Right if each in rights]
    if relation not in set(Relation) or evidence not in EVIDENCE or not known:
        raise NotChosen(
            _("Choose who you are to the person, your document, and at least one right.")
        )
    row = Authority.objects.create(
        operator_id=operator_id,
        id=new_id(),
        subject_id=subject,
        holder_id=holder,
        relation=relation,
        rights=[str(each) for each in known],
        evidence=evidence,
        document=document,
        state=State.ASKED,
        asked_at=clock.now(),
    )
    journal.append(
        operator_id,
        AuthorityAsked(
            subject=subject,
            actor=Actor(ActorKind.SUBJECT, str(holder)),
            automated=False,
            authority=row.id,
            relation=relation,
            evidence=evidence,
            rights=tuple(row.rights),
        ),
    )
    return row.id


def confirm(
    operator_id: UUID, authority: UUID, *, until: datetime | None, by: Actor
) -> AuthorityRow:
    """Staff have checked the document: the authority stands from now, until ``until``.

    Raises ``UnknownAuthority`` and ``NotOpen`` (decided already, or the person is not known)."""
    now = clock.now()
    row = _locked(operator_id, authority)
    if row.state != State.ASKED or row.subject_id is None or row.subject_id == row.holder_id:
        raise NotOpen(_("This can no longer be confirmed. Open it from the list anew."))
    if until is not None and until <= now:
        raise NotOpen(_("The last day lies in the past. Refuse it, or choose a later day."))
    _change(row, state=State.STANDING, decided_at=now, decided_by=str(by), until=until)
    journal.append(
        operator_id,
        AuthorityConfirmed(
            subject=row.subject_id,
            actor=by,
            automated=False,
            authority=row.id,
            relation=row.relation,
            evidence=row.evidence,
            rights=tuple(row.rights),
        ),
    )
    return _row(row)


def refuse(operator_id: UUID, authority: UUID, why: str, *, by: Actor) -> AuthorityRow:
    """Staff found the document wanting, for a reason of ``REFUSALS``."""
    if why not in REFUSALS:
        raise NotChosen(_("Choose one of the reasons in the list."))
    row = _locked(operator_id, authority)
    if row.state != State.ASKED:
        raise NotOpen(_("This has been decided already. Open it from the list anew."))
    _change(row, state=State.REFUSED, decided_at=clock.now(), decided_by=str(by), why=why)
    journal.append(
        operator_id,
        AuthorityRefused(
            subject=row.subject_id, actor=by, automated=False, authority=row.id, why=why
        ),
    )
    return _row(row)


def end(operator_id: UUID, authority: UUID, why: str, *, by: Actor = SYSTEM) -> AuthorityRow | None:
    """End an authority that stands, or one asked for; None if it had ended before. ``why`` is one
    of ``ENDINGS``."""
    if why not in ENDINGS:
        raise ValueError(f"An authority cannot end because of “{why}”; see ENDINGS.")
    row = _locked(operator_id, authority)
    if row.state not in {State.ASKED, State.STANDING}:
        return None
    _change(row, state=State.ENDED, ended_at=clock.now(), why=why)
    journal.append(
        operator_id,
        AuthorityEnded(
            subject=row.subject_id,
            actor=by,
            automated=by == SYSTEM,
            authority=row.id,
            relation=row.relation,
            why=why,
        ),
    )
    return _row(row)


def end_all(operator_id: UUID, people: Collection[UUID]) -> int:
    """End whatever was asked for or given over or to people who are destroyed; how many."""
    rows = Authority.objects.filter(
        Q(subject_id__in=people) | Q(holder_id__in=people),
        operator_id=operator_id,
        state__in=[State.ASKED, State.STANDING],
    )
    return sum(end(operator_id, each.id, "destroyed") is not None for each in list(rows))


def get(operator_id: UUID, authority: UUID) -> AuthorityRow:
    """One authority; raises ``UnknownAuthority``."""
    row = Authority.objects.filter(operator_id=operator_id, id=authority).first()
    if row is None:
        raise UnknownAuthority(_("There is no such authority. Open it from the list."))
    return _row(row)


def over(operator_id: UUID, subject: UUID) -> list[AuthorityRow]:
    """Authorities of others over the person, newest first."""
    return _rows(Authority.objects.filter(operator_id=operator_id, subject_id=subject))


def held(operator_id: UUID, holder: UUID) -> list[AuthorityRow]:
    """Authorities the person holds or asked for, newest first."""
    return _rows(Authority.objects.filter(operator_id=operator_id, holder_id=holder))


def listing(
    operator_id: UUID, *, state: State | None = None, limit: int = 100
) -> list[AuthorityRow]:
    rows = Authority.objects.filter(operator_id=operator_id)
    return _rows(rows if state is None else rows.filter(state=state))[:limit]


EXPIRED = """
EXISTS (SELECT FROM identity_authority WHERE operator_id = %(operator)s
        AND state = 'standing' AND until <= %(now)s)
"""
"""Whether there are any that are ``expired``, as a condition in SQL."""


def expired(operator_id: UUID, now: datetime) -> list[AuthorityRow]:
    """Authorities that stand although their last day is over."""
    return _rows(
        Authority.objects.filter(operator_id=operator_id, state=State.STANDING, until__lte=now)
    )


_NEXT = """
SELECT min(until) FROM identity_authority
WHERE operator_id = %s AND state = 'standing' AND until > %s
"""


def next_end(operator_id: UUID, after: datetime) -> datetime | None:
    """When the next authority ends by its own term."""
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None


def guardians_of(operator_id: UUID, now: datetime) -> set[UUID]:
    """The people over whom some guardian's authority stands now."""
    rows = Authority.objects.filter(
        operator_id=operator_id, state=State.STANDING, relation=Relation.GUARDIAN
    )
    return {each.subject for each in _rows(rows) if each.subject and each.stands(now)}


def _locked(operator_id: UUID, authority: UUID) -> Authority:
    rows = Authority.objects.select_for_update().filter(operator_id=operator_id, id=authority)
    row = rows.first()
    if row is None:
        raise UnknownAuthority(_("There is no such authority. Open it from the list."))
    return row


def _change(row: Authority, **values: object) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _rows(rows: Iterable[Authority]) -> list[AuthorityRow]:
    return [_row(each) for each in sorted(rows, key=lambda each: each.id, reverse=True)]


def _row(row: Authority) -> AuthorityRow:
    return AuthorityRow(
        id=row.id,
        subject=row.subject_id,
        holder=row.holder_id,
        relation=row.relation,
        rights=tuple(row.rights),
        evidence=row.evidence,
        document=row.document,
        state=row.state,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        until=row.until,
        ended_at=row.ended_at,
        why=row.why,
    )
