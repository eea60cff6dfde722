"""The published text laid out for reading: headings, clauses and their depth. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tutela.policy.clauses import Clause

_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One clause on the page. ``depth`` is 0 for a numbered clause or a paragraph of a section,
    1 for what stands inside of a clause, 2 for what stands deeper."""

    clause: Clause
    depth: int

    @property
    def subheading(self) -> bool:
        return self.clause.heading


@dataclass(slots=True)
class Section:
    """A heading of the first level and what stands under it; the preamble has no heading."""

    heading: Clause | None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    title: tuple[Clause, ...]
    sections: tuple[Section, ...]

    @property
    def contents(self) -> tuple[Clause, ...]:
        return tuple(each.heading for each in self.sections if each.heading is not None)


def lay_out(clauses: Iterable[Clause]) -> Layout:
    """Every clause stands in exactly one place of the layout, in the order of the text."""
    title: list[Clause] = []
    sections = [Section(None)]
    by_ref: dict[str, int] = {}
    for clause in clauses:
        if clause.kind == "header" and not sections[0].lines and len(sections) == 1:
            title.append(clause)
        elif clause.heading and clause.level <= 1:
            sections.append(Section(clause))
            by_ref[clause.ref] = -1
        else:
            depth = min(by_ref.get(clause.parent, -1) + 1, _DEEPEST)
            by_ref[clause.ref] = -1 if clause.heading else depth
            sections[-1].lines.append(Line(clause, depth))
    return Layout(tuple(title), tuple(each for each in sections if each.heading or each.lines))
