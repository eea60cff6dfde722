"""Looks for planted values wherever bytes lie, in every dress a value is likely to wear.

A value is looked for as plain text (also folded to lower case, and as it is normalised), in
base64 at each of the three alignments, in hexadecimal, percent-encoded, in UTF-16 of both kinds,
escaped for JSON and HTML, and, because a bare digest of an address gives its owner away as well,
as its unsalted MD5, SHA-1 and SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import quopri
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8  # bytes; a shorter pattern would be found by chance


@dataclass(frozen=True)
class Finding:
    """Where a value was found, and dressed how; never the value itself."""

    place: str
    canary: str
    dress: str
    offset: int


def dresses(value: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every form of ``value``; text is in lower case, as what is searched is."""
    for spelling in dict.fromkeys((value, value.casefold(), value.upper(), value.title())):
        plain = spelling.encode()
        yield "plain", plain.lower()
        yield "percent", quote(spelling, safe="").encode().lower()
        yield "percent with plus", quote_plus(spelling).encode().lower()
        yield "quoted-printable", quopri.encodestring(plain).strip().lower()
        yield "JSON", json.dumps(spelling)[1:-1].encode().lower()
        yield "HTML", html.escape(spelling).encode().lower()
        yield "hex", plain.hex().encode()
        for name in ("utf-16-le", "utf-16-be"):
            yield name, spelling.encode(name).lower()
            yield f"hex of {name}", spelling.encode(name).hex().encode()
        yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """What stays the same in the middle, whatever stands before and behind the value."""
    for before in range(3):
        whole = bytes(before) + plain
        inner = base64.b64encode(whole[: len(whole) // 3 * 3])[-(-before * 4 // 3) :]
        for form in (inner, inner.replace(b"+", b"-").replace(b"/", b"_")):
            yield f"base64 at {before}", form.lower()


def digests(value: str) -> Iterator[tuple[str, bytes]]:
    for spelling in dict.fromkeys((value, value.casefold())):
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, spelling.encode(), usedforsecurity=False)
            yield f"hex of {name}", digest.hexdigest().encode()
            yield f"base64 of {name}", base64.b64encode(digest.digest()).rstrip(b"=").lower()
            yield name, digest.digest().lower()


def _trie(words: Iterable[bytes]) -> bytes:
    """A regular expression for any of these, which looks at each byte of the text about once."""
    rest: dict[bytes, set[bytes]] = {}
    for word in words:
        rest.setdefault(word[:1], set()).add(word[1:])
    branches = [
        re.escape(first) + (_trie(ends) if (ends := each - {b""}) else b"")
        for first, each in sorted(rest.items())
    ]
    return branches[0] if len(branches) == 1 else b"(?:" + b"|".join(branches) + b")"


class Search:
    """Knows what to look for: the canaries by name, and their patterns, each once."""

    def __init__(self, canaries: Mapping[str, str], hashed: Iterable[str] = ()) -> None:
        self._patterns: dict[bytes, tuple[str, str]] = {}
        self._beginnings: re.Pattern[bytes] | None = None
        for name, value in canaries.items():
            self._add(name, dresses(value))
        for value in hashed:
            self._add(f"digest of {value[:3]}…", digests(value))

    def _add(self, name: str, forms: Iterable[tuple[str, bytes]]) -> None:
        for dress, pattern in forms:
            if len(pattern) >= SHORTEST:
                self._patterns.setdefault(pattern, (name, dress))
        self._beginnings = None

    def add_bytes(self, name: str, raw: bytes) -> None:
        """Something sealed or digested that must be gone: as bytes, hexadecimal and base64."""
        self._add(
            name,
            [
                ("bytes", raw.lower()),
                ("hex", raw.hex().encode()),
                ("base64", base64.b64encode(raw).rstrip(b"=").lower()),
            ],
        )

    def data(self, place: str, content: bytes) -> list[Finding]:
        folded = content.lower()
        if self._beginnings is None:
            self._beginnings = re.compile(_trie({each[:SHORTEST] for each in self._patterns}))
        if not self._beginnings.search(folded):
            return []
        return [
            Finding(place, name, dress, folded.index(pattern))
            for pattern, (name, dress) in self._patterns.items()
            if pattern in folded
        ]

    def text(self, place: str, lines: Iterable[str]) -> list[Finding]:
        return self.data(place, "\n".join(lines).encode())

    def tree(self, folder: Path, *, leave_out: Iterable[str] = ()) -> list[Finding]:
        """Every file under ``folder``, and the names of files and folders too."""
        skipped = [folder / each for each in leave_out]
        found: list[Finding] = []
        for path in sorted(folder.rglob("*")):
            if any(path == each or each in path.parents for each in skipped):
                continue
            place = str(path.relative_to(folder))
            found += self.data(f"the name {place}", place.encode())
            if path.is_file() and not path.is_symlink():
                found += self.data(place, path.read_bytes())
        return found
