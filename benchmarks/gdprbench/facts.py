"""What GDPRbench prescribes: records, distributions and the four workloads.

Supreeth Shastri and others, “Understanding and Benchmarking the Impact of GDPR on Database
Systems”, PVLDB 13(7), 2020. Record n has a key, eight metadata values that follow from n, a time
to live and 100 characters of data.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

PURPOSES, USERS, OBJECTIONS, DECISIONS, OTHERS = 25, 10_000, 100, 2, 10
TTL = (30, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000, 22_000, 24_000, 1_000_000)
"""Seconds; record n lives ``TTL[n % 10]``."""
DATA = 100
THETA = 0.99
"""The skew of YCSB's zipfian distribution."""


def data(n: int, version: int = 0) -> str:
    """The 100 characters of record ``n`` after ``version`` updates: whoever reads them can tell
    that they are whole and whose they are."""
    head = f"key{n}.{version}."
    return head + hashlib.sha512(head.encode()).hexdigest()[: DATA - len(head)]


def owner_of(text: str) -> tuple[int, int]:
    """The number and version of the record these characters belong to.

    Raises ``AssertionError`` if they are not exactly what was stored.
    """
    number, version, _ = text.removeprefix("key").split(".")
    if text != data(int(number), int(version)):
        raise AssertionError("A record was read that nobody stored.")
    return int(number), int(version)


def metadata(n: int, share: int = 0) -> dict[str, str]:
    """The metadata of record ``n``; ``share`` moves SHR, which is what updates change."""
    return {
        "PUR": f"purpose{n % PURPOSES}",
        "USR": f"user{n % USERS}",
        "OBJ": f"obj{n % OBJECTIONS}",
        "DEC": f"dec{n % DECISIONS}",
        "ACL": f"acl{n % OTHERS}",
        "SHR": f"shr{(n + share) % OTHERS}",
        "SRC": f"src{n % OTHERS}",
        "CAT": f"cat{n % OTHERS}",
    }


WORKLOADS: dict[str, tuple[str, tuple[tuple[str, int], ...]]] = {
    "controller": (
        "uniform",
        (
            ("create", 25),
            ("delete_by_key", 25),
            ("update_metadata_by_purpose", 25),
            ("update_metadata_by_user", 25),
        ),
    ),
    "customer": (
        "zipfian",
        (
            ("read_by_user", 20),
            ("read_metadata_by_key", 20),
            ("update_data", 20),
            ("update_metadata_by_key", 20),
            ("delete_by_key", 20),
        ),
    ),
    "processor": (
        "uniform",
        (("read_by_key", 80), ("read_by_purpose", 10), ("read_by_object", 10)),
    ),
    "regulator": (
        "zipfian",
        (("read_metadata_by_user", 46), ("read_logs", 31), ("verify_deletion", 23)),
    ),
}
"""Per workload: how records are drawn, and the share of each operation in percent."""


class Zipfian:
    """Numbers below ``count``, a few of them often (Gray and others, SIGMOD 1994), spread over
    the whole range by a hash, as YCSB's scrambled zipfian does."""

    def __init__(self, count: int, chance: random.Random) -> None:
        self._count, self._chance = count, chance
        self._zeta = _zeta(count)
        self._alpha = 1 / (1 - THETA)
        self._eta = (1 - (2 / count) ** (1 - THETA)) / (1 - _zeta(2) / self._zeta)

    def draw(self) -> int:
        u = self._chance.random()
        uz = u * self._zeta
        if uz < 1:
            rank = 0
        elif uz < 1 + 0.5**THETA:
            rank = 1
        else:
            rank = int(self._count * (self._eta * u - self._eta + 1) ** self._alpha)
        return int.from_bytes(hashlib.blake2b(rank.to_bytes(8), digest_size=8).digest()) % (
            self._count
        )


_zetas: dict[int, float] = {}


def _zeta(count: int) -> float:
    if count not in _zetas:
        _zetas[count] = math.fsum(1 / place**THETA for place in range(1, count + 1))
    return _zetas[count]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on the record, user, purpose or objection of number ``n``."""

    name: str
    n: int


def steps(
    workload: str,
    records: int,
    count: int,
    *,
    client: int,
    clients: int,
    seed: int = 0,
    fresh: int = 0,
) -> Iterator[Step]:
    """``count`` operations of one client; both sides of the comparison get the same ones.

    New records of different clients have different numbers.
    """
    chance = random.Random(f"{workload}/{records}/{client}/{seed}")  # noqa: S311 - not a secret
    draw, mix = WORKLOADS[workload]
    zipfian = Zipfian(records, chance)
    names, shares = zip(*mix, strict=True)
    fresh = (fresh or records) + client
    for name in chance.choices(names, shares, k=count):
        if name == "create":
            yield Step(name, fresh)
            fresh += clients
            continue
        yield Step(name, zipfian.draw() if draw == "zipfian" else chance.randrange(records))
