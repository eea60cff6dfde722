"""A file on its way: larger than memory should hold, and readable by nobody but this process.

What people send is personal data before it is sealed, and again between opening and sending. So
it waits in a file without a name, in blocks that are sealed with a key that only this object
knows. A process that is killed leaves nothing that has a name or that anybody could read.

    file    block n at byte n (BLOCK + 16): AES-256-GCM (NIST SP 800-38D), its number as the nonce

The key is used for one spool only and each block is sealed once, so no nonce comes twice. The
last block stays in memory until it is full; what fits into it never reaches a disk.
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

BLOCK = 64 * 1024
_TAG = 16


class Spool(io.RawIOBase):
    """Written at its end, read from anywhere."""

    def __init__(self) -> None:
        self._cipher = AESGCM(os.urandom(32))
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by close()
        self._full = 0
        self._last = bytearray()
        self._at = 0
        self._open = (-1, b"")

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    @property
    def size(self) -> int:
        return self._full * BLOCK + len(self._last)

    def write(self, data: ReadableBuffer) -> int:
        """Append ``data``, wherever reading has come to."""
        taken = bytes(data)
        self._last += taken
        while len(self._last) > BLOCK:
            sealed = self._cipher.encrypt(_nonce(self._full), bytes(self._last[:BLOCK]), None)
            os.pwrite(self._file.fileno(), sealed, self._full * (BLOCK + _TAG))
            self._full += 1
            del self._last[:BLOCK]
        return len(taken)

    def readinto(self, buffer: WriteableBuffer) -> int:
        number, start = divmod(self._at, BLOCK)
        found = self._block(number)[start:]
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(found))
        view[:count] = found[:count]
        self._at += count
        return count

    def read(self, size: int = -1) -> bytes:
        """``size`` bytes, fewer only at the end: libraries that read files count on that."""
        found = bytearray()
        while (size < 0 or len(found) < size) and (
            more := super().read(BLOCK if size < 0 else size - len(found))
        ):
            found += more
        return bytes(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("A file has nothing before its beginning.")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._last.clear()
            self._open = (-1, b"")
        super().close()

    def _block(self, number: int) -> bytes:
        if number > self._full:
            return b""
        if number == self._full:
            return bytes(self._last)
        if self._open[0] != number:
            sealed = os.pread(self._file.fileno(), BLOCK + _TAG, number * (BLOCK + _TAG))
            self._open = (number, self._cipher.decrypt(_nonce(number), sealed, None))
        return self._open[1]


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
