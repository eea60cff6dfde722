"""Lets whoever sends hear the answer: what nobody read of a body is read to its end first.

A refusal is often certain before the body was read: it is too large, there is no such page, the
key is wrong. A server that then answers and closes the line cuts off a browser that still sends,
and a person sees “connection reset” in place of the sentence that says what to do (RFC 9112, 9.6).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

MOST = 64 * 2**20
"""Bytes that are read on and forgotten; whoever sends more than that is cut off."""
_AT_ONCE = 2**16


class ReadingOn:
    """A WSGI application whose answers wait until what was sent has arrived.

    It holds for every page, endpoint and file alike. Bytes that were read are gone at once; a body
    that the application has read whole costs nothing.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        answer = self._application(request, start)
        if request.get("CONTENT_LENGTH") not in _EMPTY or "HTTP_TRANSFER_ENCODING" in request:
            _read_on(request["wsgi.input"].read)
        return answer


_EMPTY = (None, "", "0")


def _read_on(read: Callable[[int], bytes]) -> None:
    left = MOST
    with contextlib.suppress(OSError):  # the sender is gone, and nobody waits for the answer
        while left > 0 and (part := read(min(left, _AT_ONCE))):
            left -= len(part)
