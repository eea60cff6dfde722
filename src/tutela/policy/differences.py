"""What changed from one version to another, clause by clause. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from tutela.policy.clauses import Clause
from tutela.policy.model import Policy

CHANGED, ADDED, REMOVED = "changed", "added", "removed"
_WORD = re.compile(r"\s+|\S+")
_LIKE = 0.4
"""Two clauses of different numbers with so much in common are one that was moved."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a clause; ``marked`` where the other version does not have them."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause that is not the same in both versions. ``before`` or ``after`` is empty where
    the clause was added or removed; a number that changed is a change too."""

    kind: str
    ref_before: str
    ref_after: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def ref(self) -> str:
        return self.ref_after or self.ref_before

    def to_json(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "clause_before": self.ref_before,
            "clause_after": self.ref_after,
            "before": "".join(each.text for each in self.before),
            "after": "".join(each.text for each in self.after),
        }


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise, or a rule of retention, whose term is not the same in both versions."""

    section: str
    slug: str
    before: str
    after: str


def differences(before: Iterable[Clause], after: Iterable[Clause]) -> tuple[Difference, ...]:
    """Every clause that differs, in the order of the later text."""
    old, new = tuple(before), tuple(after)
    matcher = SequenceMatcher(
        None, [_key(each) for each in old], [_key(each) for each in new], autojunk=False
    )
    found: list[Difference] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            found += _block(old[i:j], new[k:m])
    return tuple(found)


def _key(clause: Clause) -> tuple[str, str]:
    return clause.ref, " ".join(clause.text.split())


def _block(old: tuple[Clause, ...], new: tuple[Clause, ...]) -> Iterator[Difference]:
    """Pair clauses of one reference first, then those whose words are alike in their order."""
    here = {each.ref: each for each in new}
    pairs = {each.ref: here[each.ref] for each in old if each.ref in here}
    paired = {each.ref for each in pairs.values()}
    spare = [each for each in new if each.ref not in paired]
    for each in old:
        if each.ref not in pairs and (like := _like(each, spare)):
            pairs[each.ref] = like
            spare.remove(like)
    by_new = {new_one.ref: ref for ref, new_one in pairs.items()}
    olds = {each.ref: each for each in old}
    for gone in old:
        if gone.ref not in pairs:
            yield Difference(REMOVED, gone.ref, "", _all(gone.text), ())
    for each in new:
        if each.ref not in by_new:
            yield Difference(ADDED, "", each.ref, (), _all(each.text))
        elif _key(each) != _key(olds[by_new[each.ref]]):
            yield _changed(olds[by_new[each.ref]], each)


def _like(clause: Clause, others: list[Clause]) -> Clause | None:
    rated = [(SequenceMatcher(None, clause.text, each.text).ratio(), each) for each in others]
    best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > _LIKE else None


def _all(text: str) -> tuple[Piece, ...]:
    return (Piece(text, marked=True),)


def _changed(old: Clause, new: Clause) -> Difference:
    return Difference(CHANGED, old.ref, new.ref, *_word_by_word(old.text, new.text))


def _word_by_word(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    one, other = _WORD.findall(old), _WORD.findall(new)
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        marked = kind != "equal"
        before += [Piece("".join(one[i:j]), marked)] if j > i else []
        after += [Piece("".join(other[k:m]), marked)] if m > k else []
    return tuple(before), tuple(after)


def between(before: Policy, after: Policy, language: str) -> tuple[Difference, ...]:
    """The differences of two versions in ``language``, or in the original of the later one."""
    chosen = language if language in before.texts and language in after.texts else after.original
    old = before.clauses.get(chosen, before.clauses[before.original])
    return differences(old, after.clauses[chosen])


@dataclass(frozen=True, slots=True)
class Sentence:
    """The sentence that people agree to for a purpose; it is not the same in both versions."""

    purpose: str
    title: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    def to_json(self) -> dict[str, str]:
        return {
            "purpose": self.purpose,
            "before": "".join(each.text for each in self.before),
            "after": "".join(each.text for each in self.after),
        }


def sentences(before: Policy, after: Policy, language: str) -> tuple[Sentence, ...]:
    """Every sentence of consent that changed: who agreed to the old one agreed to that one."""
    found: list[Sentence] = []
    for slug in dict.fromkeys((*before.purposes, *after.purposes)):
        purposes = [each.purposes[slug] for each in (before, after) if slug in each.purposes]
        old, new = (
            _worded(each.purposes[slug].consent_text, language) if slug in each.purposes else ""
            for each in (before, after)
        )
        if old != new:
            title = _worded(purposes[-1].title, language)
            found.append(Sentence(slug, title, *_word_by_word(old, new)))
    return tuple(found)


def _worded(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def terms(before: Policy, after: Policy, language: str) -> tuple[Promised, ...]:
    """The terms that changed: what a reader asks for first."""
    found: list[Promised] = []
    sections: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        ("promises", before.promises, after.promises),
        ("retention", before.retention, after.retention),
    )
    for section, old, new in sections:
        for slug in dict.fromkeys((*old, *new)):
            was, is_now = (_term(side.get(slug), language) for side in (old, new))
            if was != is_now:
                found.append(Promised(section, slug, was, is_now))
    return tuple(found)


def _term(declared: object, language: str) -> str:
    term = getattr(declared, "term", None)
    return term.words(language) if term is not None else ""


def lines(found: Iterable[Difference]) -> Iterator[str]:
    """As a command prints them: the clause, then what is gone and what is new."""
    for each in found:
        moved = f" → {each.ref_after}" if each.ref_before not in {"", each.ref_after} else ""
        yield f"{each.ref_before or each.ref_after}{moved if each.ref_after else ''} ({each.kind})"
        yield from sides(each)


def sides(each: Difference | Sentence) -> Iterator[str]:
    """What is gone and what is new, a line each."""
    for sign, pieces in (("-", each.before), ("+", each.after)):
        if pieces:
            yield f"  {sign} {''.join(piece.text for piece in pieces)}"
