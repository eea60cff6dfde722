"""Which clauses of a text are carried out, which only inform, and which nobody has bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tutela.policy.clauses import Clause
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Coverage:
    """Refs of the clauses of one text in its order; headings are not counted.

    ``through`` are bullets and paragraphs without a number that are carried out together with
    the clause they stand in (given with its ref), because nothing beside them there is bound
    on its own; ``leads`` only introduce clauses that are bound.
    """

    total: int
    bound: tuple[str, ...]
    through: Mapping[str, str]
    informative: tuple[str, ...]
    leads: tuple[str, ...]
    unbound: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "bound": len(self.bound),
            "bound_through_their_clause": len(self.through),
            "informative": len(self.informative),
            "introduce_a_list": len(self.leads),
            "unbound": list(self.unbound),
        }


def cover(clauses: Iterable[Clause], bound: set[str], informative: set[str]) -> Coverage:
    """``bound`` and ``informative`` hold canonical refs."""
    text = tuple(clauses)
    by_ref = {clause.ref: clause for clause in text}
    named = bound | informative
    through: dict[str, str] = {}
    leads: list[str] = []
    unbound: list[str] = []
    counted = [clause for clause in text if not clause.heading]
    for clause in counted:
        if clause.ref in named:
            continue
        if carrier := _carrier(clause, by_ref, text, named):
            through[clause.ref] = carrier
        elif _only_introduces(clause, text, named | through.keys()):
            leads.append(clause.ref)
        else:
            unbound.append(clause.ref)
    return Coverage(
        total=len(counted),
        bound=tuple(clause.ref for clause in counted if clause.ref in bound),
        through=through,
        informative=tuple(clause.ref for clause in counted if clause.ref in informative - bound),
        leads=tuple(leads),
        unbound=tuple(unbound),
    )


def _carrier(
    clause: Clause, by_ref: Mapping[str, Clause], text: tuple[Clause, ...], named: set[str]
) -> str:
    """The clause in which an unnumbered piece is bound, if no sibling of its kind is bound.

    Where the author binds some bullets of a list one by one, a bullet left out is forgotten,
    not meant.
    """
    parent = by_ref.get(clause.parent)
    while parent and not clause.numbered:
        siblings = (each for each in text if each.parent == clause.parent)
        if any(each.ref in named and each.kind == clause.kind for each in siblings):
            return ""
        if parent.ref in named:
            return parent.ref
        clause, parent = parent, by_ref.get(parent.parent)
    return ""


def _only_introduces(clause: Clause, text: tuple[Clause, ...], named: set[str]) -> bool:
    """Words before a colon, followed by clauses of which at least one is bound."""
    if not clause.introduces:
        return False
    position = text.index(clause)
    for following in text[position + 1 :]:
        if following.parent in {clause.ref, clause.parent} and following.ref in named:
            return True
        if following.heading and following.level <= clause.level:
            return False
    return False


def coverage(policy: Policy) -> Coverage:
    """The coverage of the original text of a compiled policy."""
    informative = {policy.where[ref] for ref in policy.informative}
    bound = {policy.where[binding.clause] for binding in policy.bindings}
    return cover(policy.clauses[policy.original], bound, informative)
