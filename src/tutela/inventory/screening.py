"""Looks for words of special categories and of biometrics in free text. Pure.

A word list finds candidates, no more: a member of staff decides (000 4; 152-FZ articles 10 and 11,
GDPR article 9). It is kept short, so that a desk is not flooded; what it finds is a kind, and the
words themselves are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LONGEST = 20_000
"""No free text is longer."""


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """One pattern for each kind: its stems at the beginning of a word, whatever the ending."""
    stems: dict[str, list[str]] = {}
    text = files("tutela.inventory").joinpath("special_words.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        kind, stem = line.split("\t")
        stems.setdefault(kind, []).append(re.escape(stem).replace(r"\ ", r"\s+"))
    return {
        kind: re.compile(rf"\b(?:{'|'.join(each)})", re.IGNORECASE) for kind, each in stems.items()
    }


def kinds() -> tuple[str, ...]:
    """Every kind that can be found."""
    return tuple(_patterns())


def found(text: str) -> tuple[str, ...]:
    """The kinds that the text may tell of, in the order of the list."""
    looked_at = text[:LONGEST].replace("ё", "е").replace("Ё", "Е")
    return tuple(kind for kind, each in _patterns().items() if each.search(looked_at))
