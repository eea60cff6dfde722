"""What can go wrong, as exceptions: their text is the API's sentence and holds nothing you sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

_URN = "urn:tutela:problem:"


@dataclass(frozen=True, slots=True)
class Mistake:
    """``pointer`` is a JSON pointer into the body, or a parameter's name."""

    pointer: str
    detail: str


class Problem(Exception):
    """An answer that is an error (RFC 9457). ``slug`` names it for programs."""

    def __init__(self, status: int, slug: str, detail: str, more: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.clause: str = more.get("clause", "")
        self.incident: str = more.get("incident", "")
        self.errors = tuple(
            Mistake(each["pointer"], each["detail"]) for each in more.get("errors", ())
        )

    def __str__(self) -> str:
        told = [self.detail, *(f"{each.pointer}: {each.detail}" for each in self.errors)]
        return " ".join(told)


class KeyRefused(Problem):
    """The key is missing, unknown, over or revoked."""


class Refused(Problem):
    """The gate, or the key, does not allow it; ``slug`` is the reason."""


class NotFound(Problem):
    """Nothing is known by that identifier or value."""


class Conflict(Problem):
    """It does not fit what is there: other words are in force, or a key was used before."""


class Gone(Problem):
    """The data of this person was destroyed."""


class Invalid(Problem):
    """Something in the request needs mending; ``errors`` say what."""


class TooManyRequests(Problem):
    """The limit of requests was reached, and waiting as often as allowed did not help."""


class Unavailable(Problem):
    """Nobody answered, or not now. It is not known whether the last try was carried out: repeat
    it with the same idempotency key."""


_KINDS: Mapping[int, type[Problem]] = {
    401: KeyRefused,
    403: Refused,
    404: NotFound,
    409: Conflict,
    410: Gone,
    422: Invalid,
    429: TooManyRequests,
    503: Unavailable,
}


def of_answer(answer: httpx.Response) -> Problem:
    """The exception for an answer whose status is an error."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    slug = str(told.get("type", "")).removeprefix(_URN)
    detail = str(told.get("detail") or f"The server answered with status {answer.status_code}.")
    kind = _KINDS.get(answer.status_code, Problem)
    return kind(answer.status_code, slug, detail, told)


def nobody_answered() -> Unavailable:
    return Unavailable(0, "no-answer", "Tutela did not answer; try again later.", {})
