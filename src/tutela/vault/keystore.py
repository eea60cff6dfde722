"""The erasable half of every key: one file of 32-byte shares beside the database, never in it.

PostgreSQL cannot forget at once: a deleted row stays in dead tuples, in the write-ahead log and in
every copy of its files. So each sealed value needs, beside its wrapped data key, a share that
lies in this file at a numbered slot; to destroy the value is to overwrite its slot in place. A
copy of the database together with today's keys then opens nothing that was destroyed.

    file    TUTELA_HOME/keys/vault/<operator>/shares, slot n at byte 32 n
    share   32 random bytes; after destruction the fixed ``GRAVE``

- A slot is on the disk before the transaction that uses it commits. If that transaction fails,
  its slots open nothing, and stay so: no slot is ever used twice, so a late overwriting cannot
  hit the value of somebody else. (Should an old copy of the file come back, the database refuses
  the second use of a slot.)
- ``flock`` orders processes and threads: each call opens the file anew.
- Overwriting is idempotent. What it cannot reach: copies of this file, and what a solid-state
  disk or a copying file system keeps of the old block. Copy the keys apart from the database,
  encrypted, and keep few generations.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from tutela.vault import keyfiles
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import KEY_SIZE

GRAVE = hashlib.sha256(b"tutela: this share was destroyed").digest()
"""Not zeros: a damaged disk writes those, and losing a key must not look like destroying it."""


LOST = hashlib.sha256(b"tutela: this share was lost").digest()
"""In slots that the database uses and a copy of this file, taken before, does not reach."""


def allocate(operator: UUID, count: int) -> list[tuple[int, bytes]]:
    """``count`` new slots with their shares, already safe on the disk."""
    with _opened(operator, fcntl.LOCK_EX) as file:
        first = -(-os.fstat(file).st_size // KEY_SIZE)
        shares = os.urandom(KEY_SIZE * count)
        _write(file, shares, first)
        _let_others_in(file)
        os.fdatasync(file)
    return [(first + i, shares[KEY_SIZE * i : KEY_SIZE * (i + 1)]) for i in range(count)]


def take(operator: UUID, count: int) -> list[tuple[int, bytes]]:
    """``allocate`` out of a small stock of this process, so that the disk is waited for once in
    ``STOCK`` values. What is left of the stock when the process ends are slots nobody uses.

    Each share is read back: had the file been exchanged meanwhile, the stock would be worthless.
    """
    if count > STOCK:
        return allocate(operator, count)
    place = str(keyfiles.folder(operator))
    with _stocking:
        stock = _stocks.setdefault(place, [])
        if len(stock) < count or not _still_there(operator, stock[:count]):
            stock[:] = allocate(operator, STOCK)
        taken, stock[:count] = stock[:count], []
    return taken


STOCK = 64
_stocks: dict[str, list[tuple[int, bytes]]] = {}
_stocking = threading.Lock()


def _still_there(operator: UUID, taken: list[tuple[int, bytes]]) -> bool:
    with contextlib.suppress(KeyLost):
        return shares(operator, [slot for slot, _ in taken]) == [share for _, share in taken]
    return False


def _forget_stocks() -> None:
    """After a fork both processes would use the same slots; the child begins a stock of its own,
    with a lock that no thread of its parent holds."""
    global _stocking  # noqa: PLW0603 - the one moment at which it is exchanged
    _stocks.clear()
    _stocking = threading.Lock()


os.register_at_fork(after_in_child=_forget_stocks)


def shares(operator: UUID, slots: Sequence[int]) -> list[bytes | None]:
    """The share in each slot; None where it was destroyed. Raises ``KeyLost`` beyond the end."""
    with _opened(operator, fcntl.LOCK_SH) as file:
        found = [os.pread(file, KEY_SIZE, KEY_SIZE * slot) for slot in slots]
    if any(len(share) != KEY_SIZE or share == LOST for share in found):
        raise KeyLost("The file of key shares is cut short; bring it back from its backup.")
    return [None if share == GRAVE else share for share in found]


def shred(operator: UUID, slots: Iterable[int]) -> None:
    """Overwrite the slots in place; when this returns, the disk has done it."""
    with _opened(operator, fcntl.LOCK_EX) as file:
        for slot in slots:
            _write(file, GRAVE, slot)
        _let_others_in(file)
        os.fdatasync(file)


def _let_others_in(file: int) -> None:
    """Nobody has to wait for the disk of somebody else: what is written is seen by all."""
    fcntl.flock(file, fcntl.LOCK_UN)


def lost(operator: UUID, slots: Sequence[int]) -> set[int]:
    """Those of the slots that have neither a share nor a grave."""
    with _opened(operator, fcntl.LOCK_SH) as file:
        found = {slot: os.pread(file, KEY_SIZE, KEY_SIZE * slot) for slot in slots}
    return {slot for slot, share in found.items() if len(share) != KEY_SIZE or share == LOST}


def reach(operator: UUID, slots: int) -> int:
    """Make the file at least so many slots long, so that no slot that the database knows is given
    away again; how many were added. For a copy of the file from before the database."""
    with _opened(operator, fcntl.LOCK_EX) as file:
        there = -(-os.fstat(file).st_size // KEY_SIZE)
        if there < slots:
            _write(file, LOST * (slots - there), there)
            os.fsync(file)
    return max(slots - there, 0)


def _write(file: int, data: bytes, slot: int) -> None:
    """Raises ``OSError`` when the disk is full. What was written of a part stays unused."""
    if os.pwrite(file, data, KEY_SIZE * slot) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def _opened(operator: UUID, lock: int) -> Iterator[int]:
    path = keyfiles.folder(operator) / "shares"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, lock)
        if not os.fstat(file).st_size:
            keyfiles.sync_folder(path.parent)
        yield file
    finally:
        os.close(file)
