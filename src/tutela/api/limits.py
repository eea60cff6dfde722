"""How often an application may ask: a bucket of tokens for each key, in this process.

A bucket holds as many tokens as requests are allowed in a minute and fills evenly, so that a
burst is served and a flood is not. Buckets live in memory: one process serves
(ADR 0010), and where several do, each counts for itself.
The machine's own time is used, because the policy's time may be moved by a demonstration.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0
MOST = 10_000
"""So many buckets are kept; the one that was not used for the longest time goes first."""


@dataclass(slots=True)
class _Bucket:
    size: int
    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left: ``remaining`` whole requests of ``limit`` a minute, all of them again in
    ``reset`` seconds, and ``wait`` seconds until the next one; ``wait`` is 0 if it may go on."""

    limit: int
    remaining: int
    reset: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }
        return told | ({"Retry-After": str(self.wait)} if self.wait else {})


class Buckets:
    """The buckets of one process; safe to use from several threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, name: str, per_minute: int) -> Allowance:
        """Take one token, if there is one."""
        with self._lock:
            bucket = self._filled(name, per_minute)
            if bucket.tokens < 1:
                return self._allowance(bucket, math.ceil((1 - bucket.tokens) * MINUTE / per_minute))
            bucket.tokens -= 1
            return self._allowance(bucket, 0)

    def exhausted(self, name: str) -> Allowance | None:
        """The allowance of a bucket that is known to be empty; nothing is taken."""
        with self._lock:
            known = self._buckets.get(name)
            if known is None:
                return None
            bucket = self._filled(name, known.size)
            if bucket.tokens >= 1:
                return None
            return self._allowance(bucket, math.ceil((1 - bucket.tokens) * MINUTE / bucket.size))

    def _filled(self, name: str, size: int) -> _Bucket:
        now = self._now()
        bucket = self._buckets.get(name)
        if bucket is None or bucket.size != size:
            bucket = self._buckets[name] = _Bucket(size, float(size), now)
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        bucket.tokens = min(size, bucket.tokens + (now - bucket.at) * size / MINUTE)
        bucket.at = now
        self._buckets.move_to_end(name)
        return bucket

    @staticmethod
    def _allowance(bucket: _Bucket, wait: int) -> Allowance:
        missing = bucket.size - bucket.tokens
        return Allowance(
            limit=bucket.size,
            remaining=int(bucket.tokens),
            reset=math.ceil(missing * MINUTE / bucket.size),
            wait=wait,
        )


BUCKETS = Buckets()
