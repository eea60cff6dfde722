"""Asking another server: one answer of a bounded size, and no going where it points next."""

from __future__ import annotations

from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any, **_keywords: Any) -> None:
        """Follow nobody elsewhere with a code, a token or personal data in hand."""


def fetch(asked: Request, *, patience: float, largest: int) -> bytes:
    """The body of a good answer. Raises ``OSError`` for everything else."""
    with build_opener(_NoRedirect).open(asked, timeout=patience) as answer:
        body: bytes = answer.read(largest)
    return body
