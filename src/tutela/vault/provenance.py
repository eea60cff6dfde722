"""Where a value came from. Pure.

A source that has to be named (a page, a paper, a method of deriving) may itself be personal data,
so the reference is sealed together with the value it belongs to:

    sealed text   NUL "source" NUL reference NUL text, or the text alone without a reference

No text that people type holds a NUL.
"""

from __future__ import annotations

from dataclasses import dataclass

from tutela.vault.errors import ProvenanceMissing

SUBJECT = "subject"
STAFF = "staff"
THIRD_PARTY = "third-party"
PUBLIC_SOURCE = "public-source"
DERIVED = "derived"
PUBLIC_BY_ACT = "public-by-act"
KINDS = (SUBJECT, STAFF, THIRD_PARTY, PUBLIC_SOURCE, DERIVED, PUBLIC_BY_ACT)
"""Who or what a value is from (003 8.2.1-8.2.6; 004 2.10/b3). ``staff`` wrote it down as heard;
``public-by-act`` was made public by the person's own act."""

WITH_REFERENCE = frozenset({THIRD_PARTY, PUBLIC_SOURCE, DERIVED, PUBLIC_BY_ACT})
"""Kinds that say nothing unless they say which: the document, the address, the method, the act."""

_MARK = "\x00source\x00"


@dataclass(frozen=True, slots=True)
class Provenance:
    """``kind`` is one of ``KINDS``; ``reference`` says which source, in words that are sealed.
    Raises ``ProvenanceMissing`` for another kind, or where the reference is missing."""

    kind: str = SUBJECT
    reference: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ProvenanceMissing(f"Say where the value is from: {', '.join(KINDS)}.")
        if self.kind in WITH_REFERENCE and not self.reference.strip():
            raise ProvenanceMissing("Say which source it is: a document, an address, a method.")
        if "\x00" in self.reference:
            raise ProvenanceMissing("The reference holds a character that no text contains.")


def joined(text: str, reference: str) -> str:
    """What is sealed."""
    return f"{_MARK}{reference}\x00{text}" if reference else text


def parted(sealed_text: str) -> tuple[str, str]:
    """The text and the reference that were sealed together."""
    if not sealed_text.startswith(_MARK):
        return sealed_text, ""
    reference, _end, text = sealed_text.removeprefix(_MARK).partition("\x00")
    return text, reference
