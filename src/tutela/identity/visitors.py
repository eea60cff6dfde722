"""Visitors who made a choice before they signed in. The caller has opened ``operator_scope``.

Looking at public pages makes no visitor; only a choice that has to be remembered does. When the
browser signs in, the visitor is joined with the person, once. The journal says that it happened
and never which visitor it was, so that nothing links the two once the person is destroyed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id, new_token
from tutela.identity.models import Visitor
from tutela.identity.rules import digest

LASTS = timedelta(days=180)
"""How long a choice is remembered for a browser that never signs in."""


def make(operator_id: UUID) -> tuple[UUID, str]:
    """A new visitor: the opaque id for rows, and the secret for the browser."""
    token, now = new_token(), clock.now()
    row = Visitor.objects.create(
        operator_id=operator_id,
        id=new_id(),
        digest=digest(token),
        made_at=now,
        ends_at=now + LASTS,
    )
    return row.id, token


def known(operator_id: UUID, token: str) -> UUID | None:
    """The visitor of this secret; None if it is unknown, over, or joined with a person already."""
    rows = Visitor.objects.filter(
        operator_id=operator_id, digest=digest(token), subject_id=None, ends_at__gt=clock.now()
    )
    return rows.values_list("id", flat=True).first()


def join(operator_id: UUID, token: str, subject: UUID) -> UUID | None:
    """Make the visitor this person, once; the visitor's id, or None if there is none to join. The
    single UPDATE decides between two sign-ins at the same moment."""
    visitor = known(operator_id, token)
    if visitor is None:
        return None
    rows = Visitor.objects.filter(operator_id=operator_id, id=visitor, subject_id=None)
    return visitor if rows.update(subject_id=subject) else None


def drop(operator_id: UUID, visitor: UUID) -> None:
    """Forget a visitor who wants it."""
    Visitor.objects.filter(operator_id=operator_id, id=visitor, subject_id=None).delete()


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove visitors whose time is over; how many."""
    gone, _rows = Visitor.objects.filter(operator_id=operator_id, ends_at__lte=now).delete()
    return gone
