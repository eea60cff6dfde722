"""Sessions of staff: a row each, so that they can be listed, limited and ended from elsewhere.

Django's session carries the row's id and nothing is believed without the row. ``auth.login`` makes
a new session key, so one that somebody planted before is worth nothing (session fixation).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.identity.staff.limits import SEEN_STEP, alive
from tutela.identity.staff.models import StaffSession
from tutela.identity.staff.parameters import current

_KEY = "staff-session"


def _open(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:  # noqa: ARG001
    """Every sign-in, whoever caused it, begins a session with its limits."""
    now = clock.machine()
    way, second = getattr(request, "staff_way", ("password", False))
    former = request.session.get(_KEY)
    if former:
        StaffSession.objects.filter(id=former).delete()
    row = StaffSession.objects.create(
        id=new_id(),
        user_id=user.pk,
        way=way,
        second=second,
        opened_at=now,
        seen_at=now,
        confirmed_at=now,
        ends_at=now + current().absolute,
    )
    request.session[_KEY] = row.id.hex


def _close(sender: Any, request: HttpRequest, **_: Any) -> None:  # noqa: ARG001
    if opened := request.session.get(_KEY):
        StaffSession.objects.filter(id=opened).delete()


user_logged_in.connect(_open, dispatch_uid="tutela.identity.staff.open")
user_logged_out.connect(_close, dispatch_uid="tutela.identity.staff.close")


def of(request: HttpRequest) -> StaffSession | None:
    """The session of this request, or None if it has ended; its last use is written down."""
    opened = request.session.get(_KEY)
    user = request.user
    if not opened or not user.is_authenticated:
        return None
    now, limits = clock.machine(), current()
    row = StaffSession.objects.filter(id=opened, user_id=user.pk).first()
    if row is None or not alive(seen_at=row.seen_at, ends_at=row.ends_at, now=now, limits=limits):
        return None
    if now >= row.seen_at + SEEN_STEP:
        StaffSession.objects.filter(id=row.id).update(seen_at=now)
    return row


def is_recent(row: StaffSession) -> bool:
    """Whether the person proved to be there so lately that sensitive pages open."""
    return clock.machine() < row.confirmed_at + current().recent


def confirm(row: StaffSession, *, second: bool) -> None:
    """The person has proved again to be there."""
    changes: dict[str, Any] = {"confirmed_at": clock.machine()}
    if second:
        changes["second"] = True
    StaffSession.objects.filter(id=row.id).update(**changes)


def listing(user_id: int) -> list[StaffSession]:
    """The sessions in which a member of staff is signed in now, the latest first."""
    now, limits = clock.machine(), current()
    rows = StaffSession.objects.filter(user_id=user_id).order_by("-opened_at")
    return [
        row
        for row in rows
        if alive(seen_at=row.seen_at, ends_at=row.ends_at, now=now, limits=limits)
    ]


def end(user_id: int, session_id: UUID) -> bool:
    """End one session of this member of staff; nobody else's."""
    gone, _ = StaffSession.objects.filter(id=session_id, user_id=user_id).delete()
    return bool(gone)


def end_all(user_id: int, *, but: UUID | None = None) -> int:
    """End every session of a member of staff, except ``but``; how many ended."""
    rows = StaffSession.objects.filter(user_id=user_id)
    if but is not None:
        rows = rows.exclude(id=but)
    gone, _ = rows.delete()
    return gone


def forget(now: datetime) -> int:
    """Remove sessions that nobody can use any more; how many."""
    ended, _ = StaffSession.objects.filter(ends_at__lte=now).delete()
    idle, _ = StaffSession.objects.filter(seen_at__lte=now - current().idle).delete()
    return ended + idle
