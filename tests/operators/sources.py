"""Which published policy each sample operator restates, and how to compare the two.

The published texts and the table of their clauses are not part of the repository. They lie in
``../shared``, or where ``TUTELA_SEEDS`` and ``TUTELA_CLAUSES`` say.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import pytest

from tutela.policy.numbers_in_words import WORDS
from tutela.policy.term_grammar import Kind, TermError, parse

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "operators"
SEEDS = Path(os.environ.get("TUTELA_SEEDS", ROOT.parent / "shared" / "seeds"))
TABLE = Path(os.environ.get("TUTELA_CLAUSES", SEEDS.parent / "requirements" / "clauses.tsv"))

SOURCES = {
    "amigo": "000",
    "amorealtor": "003",
    "familami": "001",
    "prohomeexchange": "004",
    "uslugi": "002",
}
"""Each sample's folder and the number its source begins with."""

INVENTED: dict[str, set[str]] = {}
"""Figures of a source that its sample replaces, such as the number of a real house."""

_ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\b[\w-]+(?:\.[\w-]+)+\b(?<=[a-z])")
_FIGURE = re.compile(r"\b0*(\d+(?:\.\d+)*)\b")
_LONGEST_FIGURE = 4
"""Longer ones register a person or a company, and are invented in a sample."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)?|\([^()]*\)")
_LONGEST_TERM = 5


def absent(what: Path) -> None:
    assert not os.environ.get("CI"), f"{what} must be there where CI runs."
    pytest.skip(f"{what} is not here; set TUTELA_SEEDS and TUTELA_CLAUSES.")


def source_of(sample: str) -> str:
    """The published text that ``sample`` restates; skips the test where it is not at hand."""
    found = sorted(SEEDS.glob(f"{SOURCES[sample]}_*.txt"))
    if not found:
        absent(SEEDS)
    return found[0].read_text(encoding="utf-8-sig")


def rows_of(sample: str) -> list[dict[str, str]]:
    """What the table of clauses says of the source of ``sample``: one row for each statement."""
    if not TABLE.is_file():
        absent(TABLE)
    with TABLE.open(encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if row["seed"] == SOURCES[sample]]


def figures(text: str) -> set[str]:
    """The numbers printed in ``text``: of clauses, laws, days and years, but not in addresses."""
    found = _FIGURE.findall(_ADDRESS.sub(" ", text))
    return {each for each in found if len(each.replace(".", "")) <= _LONGEST_FIGURE}


def lengths(text: str) -> set[str]:
    """The lengths of time that ``text`` counts, in figures or in words: ``{"30 day"}``."""
    words = _WORD.findall(text.lower())
    found, start = set(), 0
    while start < len(words):
        length, used = _length_at(words, start)
        if length:
            found.add(length)
        start += used or 1
    return found


def _length_at(words: list[str], start: int) -> tuple[str, int]:
    """The longest length that begins at ``start``, and how many words say it."""
    if not words[start].isdigit() and words[start].partition("-")[0] not in WORDS:
        return "", 0
    for used in range(_LONGEST_TERM, 1, -1):
        try:
            parsed = parse(" ".join(words[start : start + used]))
        except TermError:
            continue
        if parsed.kind is Kind.LENGTH:
            return f"{parsed.amount} {parsed.unit}", used
    return "", 0
