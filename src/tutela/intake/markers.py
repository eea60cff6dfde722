"""Which channel of the policy a subject line names: pure.

A policy asks for a mark in the subject line. Case, quotes, reply prefixes, spaces and a few wrong
letters do not matter, and any language in which the policy gives the mark is understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from tutela.policy.model import Channel, Policy

_PREFIX = re.compile(
    r"^\s*((re|fwd?|aw|wg|sv|tr|отв|ответ|пересл|на)\s*(\[\d+\]|\(\d+\))?\s*:\s*)+", re.IGNORECASE
)
_NOT_WORDS = re.compile(r"[^\w]+")
_LIKE = 0.88
"""How alike a mark and a part of the line must be: about one wrong letter in eight."""
_SHORTEST = 12
"""A shorter mark must stand there letter by letter: a few wrong ones make another word of it."""
_LONGEST_LINE = 400


def channel_for(policy: Policy, subject_line: str) -> Channel | None:
    """The channel whose mark the subject line carries, else the mailbox without a mark."""
    line = plain(subject_line[:_LONGEST_LINE])
    mail = [each for each in policy.channels.values() if each.kind == "mail"]
    best, found = 0.0, None
    for each in mail:
        for marker in each.marker.values():
            alike = likeness(plain(marker), line)
            if alike > best:
                best, found = alike, each
    return found or next((each for each in mail if not each.marker), None)


def likeness(marker: str, line: str) -> float:
    """1 where ``line`` has ``marker`` in it, less with wrong letters, 0 for anything else."""
    if not marker or not line:
        return 0.0
    if f" {marker} " in f" {line} ":
        return 1.0
    if len(marker) < _SHORTEST:
        return 0.0
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(marker)
    best = 0.0
    for part in _parts(line, len(marker.split())):
        matcher.set_seq1(part)
        if matcher.real_quick_ratio() >= _LIKE and matcher.quick_ratio() >= _LIKE:
            best = max(best, matcher.ratio())
    return best if best >= _LIKE else 0.0


def _parts(line: str, count: int) -> Iterator[str]:
    """Runs of about as many words as the mark has: a space may be lost or added by mistake."""
    words = line.split()
    for length in {max(1, count - 1), count, count + 1}:
        for start in range(max(1, len(words) - length + 1)):
            yield " ".join(words[start : start + length])


def plain(text: str) -> str:
    """Words alone, in small letters; ё and е are one letter to whoever writes in haste."""
    folded = unicodedata.normalize("NFKC", _PREFIX.sub("", text)).casefold().replace("ё", "е")
    return " ".join(_NOT_WORDS.sub(" ", folded).split())
