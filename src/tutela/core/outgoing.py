"""Asking another server: one answer of a bounded size, and no going where it points next."""

from __future__ import annotations

from contextlib import AbstractContextManager
from http.client import HTTPResponse
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_keywords: Any) -> None:
        """Follow nobody elsewhere with a code, a token or personal data in hand."""


def ask(asked: Request, *, patience: float) -> AbstractContextManager[HTTPResponse]:
    """A good answer, open for reading; ``patience`` in seconds. Raises ``OSError`` for everything
    else."""
    answer: HTTPResponse = build_opener(_NoRedirect).open(asked, timeout=patience)
    return answer


def fetch(asked: Request, *, patience: float, largest: int) -> bytes:
    """The body of a good answer, no more than ``largest`` bytes of it. Raises ``OSError``."""
    with ask(asked, patience=patience) as answer:
        return answer.read(largest)
