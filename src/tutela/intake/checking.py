"""Files that come with a letter: what each really is, whatever it is called.

The original is kept whole, as evidence, so nothing is removed from it. What is wrong with a file
is said beside it, and such a file is never handed out by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutela.core.spool import Spool
from tutela.intake.reading import Part
from tutela.policy.model import Field
from tutela.vault import actions as vault

_AS_PAPER = Field("letter-file", "", "document", {}, megabytes=25, megapixels=50)
_AS_SOUND = Field("letter-file", "", "voice", {}, megabytes=25, megapixels=50)
MOST = 50
"""So many files of one letter are looked at; what comes after counts as unfit."""


@dataclass(frozen=True, slots=True)
class Checked:
    """``kind`` is the ending of what it really is; ``problem`` a sentence, or empty."""

    number: int
    kind: str
    size: int
    problem: str

    @property
    def fit(self) -> bool:
        return not self.problem


def check(parts: Sequence[Part]) -> list[Checked]:
    """Look into every file of a letter, in its order."""
    return [_checked(number, part) for number, part in enumerate(parts)]


def _checked(number: int, part: Part) -> Checked:
    size = len(part.content)
    if number >= MOST:
        return Checked(number, "", size, "Too many files came with this letter.")
    clean = clean_of(part)
    if isinstance(clean, vault.UnfitFile):
        return Checked(number, "", size, str(clean))
    return Checked(number, clean.media.ending.upper(), size, "")


def clean_of(part: Part) -> vault.Clean | vault.UnfitFile:
    """The file, fit to be handed out, or what is wrong with it."""
    field = _AS_SOUND if part.media.startswith("audio/") else _AS_PAPER
    spool = Spool()
    spool.write(part.content)
    try:
        return vault.examine(
            field, spool, size=len(part.content), declared=part.media, name=part.name
        )
    except vault.UnfitFile as unfit:
        return unfit
