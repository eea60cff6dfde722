"""The registry of endpoints: each is one function with its path, function and answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import HttpRequest

from tutela.core.measures import ADDRESSES
from tutela.core.registry import Registry

if TYPE_CHECKING:
    from tutela.api.callers import Call
    from tutela.api.schemas import Answer

ROOT = "/api/v1"
"""Every endpoint's address begins with this; an incompatible change gets another number."""

_PARAMETER = re.compile(r"{(\w+)}")
V = TypeVar("V", bound=Callable[..., Any])


class ApiRequest(HttpRequest):
    """What an endpoint receives: Django's request with the caller resolved by the kit."""

    call: Call


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``function`` is what a key must have to use it; empty where every key may. ``writes`` says
    that it changes something, so that it needs an idempotency key and is done once. ``alone`` says
    that it is run in no transaction, because it begins its own."""

    method: str
    path: str
    view: Callable[..., Answer]
    function: str
    answer: type[Answer]
    status: int
    writes: bool
    alone: bool
    problems: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))


ENDPOINTS: Registry[Endpoint] = Registry("API endpoint")


def endpoint(
    method: str,
    path: str,
    *,
    function: str,
    answer: type[Answer],
    status: int = 200,
    writes: bool = False,
    alone: bool = False,
    problems: tuple[int, ...] = (),
) -> Callable[[V], V]:
    """Register the decorated function; see the package's docstring.

    ``problems`` are statuses beyond those that every endpoint may answer with (403, 404, 409).
    An endpoint about one look is run ``alone``: it asks ``gate.at_once``, or one statement. What it
    raises rolls nothing back. Raises ``ValueError`` at import if a reading endpoint says that it
    writes, or a writing one that it is alone: its answer is kept in the transaction of its work.
    """
    if writes and (alone or method == "GET"):
        raise ValueError(f"{method} {path} cannot write; use another method, in a transaction.")

    def register(view: V) -> V:
        made = Endpoint(method, path, view, function, answer, status, writes, alone, problems)
        ENDPOINTS.register(made.name, made)
        ADDRESSES.add(path)
        return view

    return register
