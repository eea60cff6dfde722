"""Requests without a key that works are limited by where they come from.

A key cannot be guessed (it has 256 bits), but each attempt asks the database. A source that sent
too many is answered without asking, until its bucket fills again. A key that has worked in this
process goes on working, whoever else comes from the same address; where the address is unknown,
because a proxy nobody told us of stands before us, a wider bucket serves for all of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from http import HTTPStatus

from tutela.api.limits import MOST, Buckets
from tutela.core.errors import TutelaError

PER_MINUTE = 30
OF_NOBODY = 600
"""For all requests whose source is not known."""

_buckets = Buckets()
_lock = threading.Lock()
_worked: OrderedDict[bytes, None] = OrderedDict()


def is_shut(source: str, key: str) -> bool:
    """Whether this source has failed too often, and the key has not worked here before."""
    return _buckets.exhausted(source) is not None and _digest(key) not in _worked


def failed(source: str) -> None:
    _buckets.take(source, PER_MINUTE if source else OF_NOBODY)


@contextlib.contextmanager
def counted(source: str) -> Iterator[None]:
    """Count a key that is refused (status 401) against its source."""
    try:
        yield
    except TutelaError as error:
        if error.status == HTTPStatus.UNAUTHORIZED:
            failed(source)
        raise


def worked(key: str) -> None:
    with _lock:
        digest = _digest(key)
        _worked[digest] = None
        _worked.move_to_end(digest)
        if len(_worked) > MOST:
            _worked.popitem(last=False)


def forget() -> None:
    """Begin anew, as another process would."""
    global _buckets  # noqa: PLW0603 - the memory of one process
    _buckets = Buckets()
    with _lock:
        _worked.clear()


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode(errors="replace")).digest()
