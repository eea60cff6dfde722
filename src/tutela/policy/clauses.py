"""Cuts a published policy into clauses that can be named, bound and linked to.

A reference is written as people write it, and stays when other parts of the text change:

``9.4``           a numbered clause (a section, if the number has one part)
``7.6(1)``        an item ``1)`` of clause 7.6
``2.10/b7``       the seventh bullet of clause 2.10; a second list of it is ``c``, a third ``d``
``4.2/A1``        the same written by lists: ``A`` the first list, ``B`` the second
``3.12/b0``       the words that introduce the list
``3.1/p2``        the second unnumbered paragraph; the words after the number are the first
``10/tail``       the paragraph that closes section 10
``Header/p0``     the title; ``Preamble/p1`` the first paragraph before any section
``Cookies/p1``    a section without a number goes by its title or the first words of it
``9.4(b)``        a part of clause 9.4 that a reader marked off: it falls back to the clause

Pure: text in, values out; no input makes it raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from tutela.policy.cutting import Draft, build
from tutela.policy.lines import read_lines
from tutela.policy.naming import name

_SECTIONS = {
    "header": "Header",
    "заголовок": "Header",
    "шапка": "Header",
    "preamble": "Preamble",
    "преамбула": "Preamble",
}
_PART = re.compile(r"(?P<base>.+)\((?:[a-z]|[а-яё])\)")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        re.split(
            " ", "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya"
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One piece of the text that can be bound.

    ``kind`` is header, heading, clause (numbered), item (``1)``), bullet, paragraph or lead
    (words that only introduce a list). ``heading`` is true where the words name what follows
    and promise nothing. ``parent`` is the ref of what it stands in, or empty; ``level`` counts
    from 1. ``marker`` is the number or bullet as printed, ``line`` the line it begins on,
    ``aliases`` the other ways to write ``ref``.
    """

    ref: str
    number: str
    heading: bool
    level: int
    text: str
    parent: str
    kind: str
    line: int = 0
    marker: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """An identifier for links: letters, digits, dots and hyphens of ASCII."""
        spelt = "".join(_LATIN.get(each, each).replace("-", "") for each in self.ref.casefold())
        words = re.sub(r"[^a-z0-9.]+", "-", spelt).strip("-")
        return f"clause-{words or self.line}"

    @property
    def numbered(self) -> bool:
        return self.kind in {"clause", "item"} or (self.heading and bool(self.number))

    @property
    def introduces(self) -> bool:
        """Whether the words announce a list: they end with a colon."""
        return self.text.endswith(":")


def cut(text: str) -> tuple[Clause, ...]:
    """The clauses of ``text`` in its order; every visible character is in exactly one."""
    drafts = build(read_lines(text))
    name(drafts)
    return tuple(_clauses(drafts))


def _clauses(drafts: Iterable[Draft]) -> Iterator[Clause]:
    for draft in drafts:
        yield Clause(
            ref=draft.ref,
            number=draft.number,
            heading=draft.heading,
            level=draft.level,
            text=draft.text,
            parent=draft.parent.ref if draft.parent and draft.parent.line else "",
            kind=draft.kind,
            line=draft.line,
            marker=draft.marker,
            aliases=tuple(draft.aliases),
        )


class Index:
    """Finds clauses by any way to write their reference."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self.clauses = tuple(clauses)
        self._by_ref = {clause.ref: clause for clause in self.clauses}
        self._by_alias: dict[str, Clause] = {}
        for clause in self.clauses:
            for alias in clause.aliases:
                self._by_alias.setdefault(alias, clause)

    def resolve(self, ref: str) -> Clause | None:
        """The clause that ``ref`` names, or ``None``; an ``(a)`` falls back to its clause."""
        wanted = " ".join(ref.split())
        while wanted:
            if found := self._exactly(wanted):
                return found
            part = _PART.fullmatch(wanted)
            wanted = part["base"] if part else ""
        return None

    def _exactly(self, ref: str) -> Clause | None:
        section, slash, rest = ref.partition("/")
        for known in (section, self._section(section)):
            key = f"{known}{slash}{rest}"
            if found := self._by_ref.get(key) or self._by_alias.get(key):
                return found
        return None

    def _section(self, name: str) -> str:
        folded = name.casefold()
        if known := _SECTIONS.get(folded):
            return known
        titles = [(clause.text.casefold(), clause) for clause in self.clauses if clause.heading]
        for accepts in (
            lambda title: title == folded,
            lambda title: re.match(re.escape(folded) + r"\b", title) is not None,
        ):
            found = [clause for title, clause in titles if accepts(title)]
            if len(found) == 1 or (found and accepts(folded) and found[0].text == name):
                return found[0].ref
        return name


def resolve(ref: str, clauses: Iterable[Clause]) -> Clause | None:
    """The clause of ``clauses`` that ``ref`` names; see ``Index`` for many look-ups."""
    return Index(clauses).resolve(ref)


def passage(clause: Clause, clauses: Iterable[Clause]) -> str:
    """The clause with the unnumbered paragraphs and bullets that belong to it, as lines."""
    family = {clause.ref}
    lines = [clause.text]
    for each in clauses:
        if each.parent in family and not each.numbered and each.ref != clause.ref:
            family.add(each.ref)
            lines.append(each.text)
    return "\n".join(lines)


def unfinished(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Clauses that announce a list with a colon and stop: nothing follows that could be it."""
    return tuple(
        clause
        for clause, following in zip_longest(clauses, clauses[1:])
        if clause.introduces and not _continues(clause, following)
    )


def _continues(clause: Clause, following: Clause | None) -> bool:
    if following is None:
        return False
    if following.parent == clause.ref:
        return True
    if following.parent != clause.parent or clause.kind in {"clause", "item", "bullet"}:
        return False
    return following.kind != "heading"


def outline(clauses: Iterable[Clause]) -> tuple[tuple[str, str, bool], ...]:
    """The shape of a text without its words, to compare translations: two texts with the same
    outline have the same clauses in the same order, whatever the sections are called."""
    names: dict[str, str] = {"": ""}
    shape = []
    for position, clause in enumerate(clauses):
        parent = names.get(clause.parent, "")
        if clause.kind == "heading" and not clause.number:
            name = f"§{position}"
        else:
            name = clause.ref.removeprefix(clause.parent) if clause.parent else clause.ref
            name = clause.ref if clause.number and clause.kind != "item" else parent + name
        names[clause.ref] = name
        shape.append((name, clause.kind, clause.heading))
    return tuple(shape)
