"""Rules that find where a policy contradicts itself, the law, or what is known.

A rule is pure: it looks at a compiled policy and yields what clashes, with the clauses. Where the
operator has decided what holds, an assumption says so with ``settles: [code]`` and names one of
the clauses; the contradiction is then shown beside that decision and no longer warned of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.core.registry import Registry
from tutela.policy.clauses import Clause
from tutela.policy.findings import ERROR, Finding, Sentence
from tutela.policy.model import Policy
from tutela.policy.source import DECLARATIONS


@dataclass(frozen=True, slots=True)
class Clash:
    """What a rule found: clauses as written or canonical, and the values of its sentence."""

    clauses: tuple[str, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


Look = Callable[[Policy], Iterable[Clash]]


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    severity: str
    sentence: Sentence
    advice: Sentence
    look: Look


RULES: Registry[Rule] = Registry("contradiction")


def contradiction(
    code: str, severity: str, sentence: Sentence, advice: Sentence
) -> Callable[[Look], Look]:
    """Register the decorated rule under its code, which never changes."""

    def register(look: Look) -> Look:
        RULES.register(code, Rule(code, severity, sentence, advice, look))
        return look

    return register


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Something of the policy that cannot all be true. ``settled_by`` names the assumptions that
    say what holds."""

    rule: Rule
    clauses: tuple[str, ...]
    values: Mapping[str, Any]
    settled_by: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def message(self) -> str:
        return str(self.rule.sentence) % self.values

    @property
    def blocks(self) -> bool:
        """Whether a version with it may not be published."""
        return self.rule.severity == ERROR and not self.settled_by

    def finding(self) -> Finding:
        """As ``policy check`` tells it."""
        return Finding(
            severity=self.rule.severity,
            code=self.code,
            file=DECLARATIONS,
            line=0,
            key=", ".join(self.clauses),
            sentence=self.rule.sentence,
            advice=self.rule.advice,
            values=self.values,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.rule.severity,
            "clauses": list(self.clauses),
            "message": self.message,
            "settled_by": list(self.settled_by),
        }


def contradictions(policy: Policy) -> tuple[Contradiction, ...]:
    """Everything the rules find, in the order of the text."""
    order = {clause.ref: place for place, clause in enumerate(policy.clauses[policy.original])}
    found = [
        _judged(policy, rule, clash, order)
        for rule in RULES.values()
        for clash in rule.look(policy)
    ]
    return tuple(sorted(found, key=lambda each: [order[ref] for ref in each.clauses] or [-1]))


def _judged(policy: Policy, rule: Rule, clash: Clash, order: Mapping[str, int]) -> Contradiction:
    clauses = {ref for each in clash.clauses if (ref := _canonical(policy, each)) in order}
    settled = tuple(
        slug
        for slug, each in policy.assumptions.items()
        if rule.code in each.settles
        and (not clauses or clauses & {_canonical(policy, ref) for ref in each.clauses})
    )
    return Contradiction(rule, tuple(sorted(clauses, key=order.__getitem__)), clash.values, settled)


def _canonical(policy: Policy, ref: str) -> str:
    return policy.where.get(ref, ref)


def original(policy: Policy) -> tuple[Clause, ...]:
    """The clauses that bind: those of the text in its original language."""
    return policy.clauses[policy.original]


def numbered(policy: Policy, clause: Clause) -> Clause:
    """The numbered clause that ``clause`` stands in, or itself."""
    while not clause.numbered and clause.parent:
        parent = policy.clause(clause.parent)
        if parent is None or parent.heading:
            break
        clause = parent
    return clause


def saying(policy: Policy, *signs: Any) -> Iterator[Clause]:
    """The clauses whose words bear every one of ``signs`` (regular expressions)."""
    for clause in original(policy):
        if not clause.heading and all(sign.search(clause.text) for sign in signs):
            yield clause
