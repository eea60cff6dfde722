"""Who calls: the key in the request, the application behind it, and what it was let do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest

from tutela.core.vocabulary import Actor, ActorKind, Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """An application whose key was recognised. ``per_minute`` is its limit of requests."""

    application: UUID
    key: str
    scope: Scope
    functions: frozenset[str]
    per_minute: int


@dataclass(frozen=True, slots=True)
class Call:
    """One request, resolved: the operator, the caller and the language of the sentences."""

    operator_id: UUID
    caller: Caller
    language: str

    @property
    def application_id(self) -> UUID:
        return self.caller.application

    @property
    def actor(self) -> Actor:
        """The actor for the gate and the journal; the scope of the key goes with it."""
        return Actor(ActorKind.APPLICATION, str(self.caller.application), scope=self.caller.scope)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a request that was answered; ``sealed`` is empty while the request
    is being answered."""

    digest: bytes
    status: int
    sealed: bytes


class Keys(Protocol):
    """What the room that owns the keys offers to the kit; ``app`` installs it.

    ``operator_of`` needs no database and gives None for what is no key. Everything else runs
    inside the operator's scope, but ``authenticate_alone``, which takes one statement outside of
    any. Both raise a problem of status 401 for a key that is unknown, over or revoked. ``claim``
    takes the name of a request for this application, waiting for another transaction that has
    it, and returns what was kept under it, or None if it is ours now; ``keep`` then remembers
    the answer.
    """

    def operator_of(self, key: str) -> UUID | None: ...
    def authenticate(self, operator: UUID, key: str) -> Caller: ...
    def authenticate_alone(self, operator: UUID, key: str) -> Caller: ...
    def refused(self, operator: UUID, caller: Caller, function: str) -> None: ...
    def claim(
        self, operator: UUID, application: UUID, name: bytes, digest: bytes
    ) -> Kept | None: ...
    def keep(self, operator: UUID, application: UUID, name: bytes, answer: Kept) -> None: ...


@dataclass
class Hooks:
    """``keys`` is the room of the keys; ``load`` imports every room's endpoints, once; ``source``
    is where a request comes from, or an empty string where that is not known."""

    keys: Keys | None = None
    load: Callable[[], None] = lambda: None
    source: Callable[[HttpRequest], str] = lambda _request: ""


hooks = Hooks()


def install(*, keys: Keys, load: Callable[[], None], source: Callable[[HttpRequest], str]) -> None:
    """Tell the kit who knows the keys, the endpoints and the sources of requests; ``tutela.app``
    does this once."""
    hooks.keys, hooks.load, hooks.source = keys, load, source


def keys() -> Keys:
    if hooks.keys is None:
        raise LookupError("Nobody has told the API who knows its keys; app.wire() does.")
    return hooks.keys


def bearer(request: HttpRequest) -> str:
    """The key in the header ``Authorization: Bearer …`` (RFC 6750), or an empty string."""
    kind, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else ""
