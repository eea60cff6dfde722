"""Who is here: the visit, and the hooks through which ``app`` says how to find out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tutela.core.errors import NotAllowed
from tutela.core.vocabulary import VISITOR, Actor, ActorKind

if TYPE_CHECKING:
    from django.http import HttpResponseBase


class Operator(Protocol):
    """What the frame needs to know of an operator."""

    @property
    def id(self) -> UUID: ...
    @property
    def slug(self) -> str: ...
    @property
    def brand(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Staff:
    """A signed-in member of staff: an opaque id, the roles at this operator, what they permit.

    ``role`` is the one they act in: the widest they have. ``first`` names the page that has to
    be answered before any other of the operator opens, if there is one. ``recent`` is true while
    sensitive pages open without asking again who is there.
    """

    id: str
    role: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    first: str = ""
    recent: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, resolved: language, operator, and the person as far as the page needs it."""

    language: str
    page: str
    operator: Operator | None = None
    subject: UUID | None = None
    staff: Staff | None = None
    submission: UUID | None = None

    @property
    def operator_id(self) -> UUID:
        if self.operator is None:
            raise LookupError(f"The page “{self.page}” has no <operator> in its path.")
        return self.operator.id

    @property
    def subject_id(self) -> UUID:
        if self.subject is None:
            raise LookupError(f"The page “{self.page}” is not for subjects.")
        return self.subject

    @property
    def submission_id(self) -> UUID:
        """The id of the form that was sent; the same form sent twice carries the same id."""
        if self.submission is None:
            raise LookupError(f"Nothing was sent to the page “{self.page}”.")
        return self.submission

    @property
    def actor(self) -> Actor:
        """The actor for the gate and the journal."""
        if self.staff is not None:
            return Actor(ActorKind.STAFF, self.staff.id, self.staff.role)
        if self.subject is not None:
            return Actor(ActorKind.SUBJECT, str(self.subject))
        return VISITOR

    def may(self, permission: str) -> bool:
        return self.staff is not None and permission in self.staff.permissions


def _nobody(*_: object) -> None:
    return None


@dataclass
class Hooks:
    """``operator`` runs before the operator's scope is opened, the others inside it.

    ``operator(slug)`` finds the operator, ``subject(request, operator)`` the signed-in person,
    ``staff(request, operator)`` the member of staff (operator None: on pages of no operator),
    ``zone(operator_id)`` the operator's time zone name.
    """

    operator: Callable[[str], Operator | None] = _nobody
    subject: Callable[[HttpRequest, Operator], UUID | None] = _nobody
    staff: Callable[[HttpRequest, Operator | None], Staff | None] = _nobody
    zone: Callable[[UUID], str] = field(default=lambda _: "UTC")


hooks = Hooks()


def install(
    *,
    operator: Callable[[str], Operator | None],
    subject: Callable[[HttpRequest, Operator], UUID | None],
    staff: Callable[[HttpRequest, Operator | None], Staff | None],
    zone: Callable[[UUID], str],
) -> None:
    """Tell the kit how to find people; ``tutela.app`` does this once."""
    hooks.operator, hooks.subject, hooks.staff, hooks.zone = operator, subject, staff, zone


class SignInNeeded(NotAllowed):
    """Sign in first; the page opens after that."""


def _cookie_name(operator: Operator) -> str:
    return f"subject-{operator.slug}"


def subject_token(request: HttpRequest, operator: Operator) -> str:
    """The session token that the person's browser sent, or an empty string."""
    return request.COOKIES.get(_cookie_name(operator), "")


def keep_subject(response: HttpResponseBase, operator: Operator, token: str) -> None:
    """Give the browser the session token that ``identity`` made; it ends with the browser."""
    response.set_cookie(
        _cookie_name(operator),
        token,
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        samesite="Lax",
    )


def forget_subject(response: HttpResponseBase, operator: Operator) -> None:
    response.delete_cookie(_cookie_name(operator), samesite="Lax")


def visitor_token(request: HttpRequest, operator: Operator) -> str:
    """What the browser of a visitor who made a choice sends, or an empty string."""
    return request.COOKIES.get(f"visitor-{operator.slug}", "")


def keep_visitor(response: HttpResponseBase, operator: Operator, token: str, seconds: int) -> None:
    """Let the browser remember a choice. Only the answer to a choice may call this: looking at a
    public page sets nothing."""
    response.set_cookie(
        f"visitor-{operator.slug}",
        token,
        max_age=seconds,
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        samesite="Lax",
    )


def forget_visitor(response: HttpResponseBase, operator: Operator) -> None:
    response.delete_cookie(f"visitor-{operator.slug}", samesite="Lax")


def session_mark(request: HttpRequest, operator: Operator | None, *, staff: bool) -> str:
    """A digest of the session that a form token is bound to; empty for a visitor."""
    secret = ""
    if staff:
        secret = request.session.session_key or ""
    elif operator is not None:
        secret = subject_token(request, operator)
    return hashlib.sha256(secret.encode()).hexdigest() if secret else ""


def next_path(request: HttpRequest) -> str:
    """Where the person was going before signing in: a path on this host, or an empty string."""
    return on_this_host(request.GET.get("next", ""))


def on_this_host(wanted: str) -> str:
    """``wanted`` if it is a path on this host, else an empty string."""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe and wanted.startswith("/") else ""
