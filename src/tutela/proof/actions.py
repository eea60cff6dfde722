"""Is the published policy kept? Clause by clause, as the controls answer, with what is behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from tutela.core import clock
from tutela.core.controls import (
    CONTROLS,
    Answer,
    ClauseState,
    Figure,
    Question,
    worst,
)
from tutela.policy import actions as policies
from tutela.policy.clauses import Clause
from tutela.policy.model import Binding, Policy, Words
from tutela.policy.vocabulary import capabilities
from tutela.proof.wording import introduces


@dataclass(frozen=True, slots=True)
class Said:
    """What one control says about one clause, or about a marked-off part of it (``part``)."""

    control: str
    part: str
    answer: Answer
    how: Promise | str

    @property
    def title(self) -> Words:
        """What the capability is called."""
        known = capabilities().get(self.control)
        return known.title if known else {"en": self.control}


@dataclass(frozen=True, slots=True)
class Judged:
    """One clause with its state and everything that was said about it. ``reason`` tells why an
    informative clause promises nothing."""

    clause: Clause
    state: ClauseState
    said: tuple[Said, ...] = ()
    reason: Mapping[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every figure that counts something, once although two controls may have found it."""
        every = (each for one in self.said for each in one.answer.figures if each.count)
        return tuple({(str(each), each.kinds): each for each in every}.values())

    @property
    def controls(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.control for each in self.said))

    @property
    def titles(self) -> tuple[Words, ...]:
        return tuple({each.control: each.title for each in self.said}.values())

    @property
    def subjects(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(each for one in self.said for each in one.answer.subjects))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the first level and the clauses under it; the opening has none."""

    heading: Clause | None
    clauses: Sequence[Judged]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole policy at one moment."""

    policy: Policy
    at: datetime
    sections: Sequence[Section]

    @property
    def clauses(self) -> Iterator[Judged]:
        return (each for section in self.sections for each in section.clauses)

    @property
    def counts(self) -> Mapping[ClauseState, int]:
        counted = Counter(each.state for each in self.clauses)
        return {state: counted[state] for state in ClauseState}

    @property
    def total(self) -> int:
        return sum(len(each.clauses) for each in self.sections)


def judge(operator_id: UUID, language: str = "") -> Verdict:
    """Ask every control about every clause of the policy in force, now."""
    bench = _Bench(operator_id)
    policy = bench.policy
    sections: list[tuple[Clause | None, list[Judged]]] = [(None, [])]
    for original, shown in _texts(policy, language):
        if original.heading and original.level <= 1 and original.kind != "header":
            sections.append((shown, []))
        elif not original.heading or original.ref in bench.bound:
            sections[-1][1].append(bench.judged(original.ref, shown))
    found = [Section(heading, tuple(clauses)) for heading, clauses in sections if clauses]
    return Verdict(policy, bench.now, tuple(found))


def judge_clause(operator_id: UUID, ref: str, language: str = "") -> Judged | None:
    """One clause, whichever way its reference is written; None if the policy has no such clause.

    A marked-off part such as ``9.4(b)`` is judged alone if something is bound to it.
    """
    bench = _Bench(operator_id)
    clause = bench.policy.clause(ref, language)
    original = bench.policy.clause(ref)
    if clause is None or original is None:
        return None
    return bench.judged(original.ref, clause, part=ref if ref != original.ref else "")


def state_of(operator_id: UUID, ref: str) -> ClauseState | None:
    """The state of one clause of the policy in force, or None if it has no such clause."""
    judged = judge_clause(operator_id, ref)
    return judged.state if judged else None


def to_json(verdict: Verdict, language: str) -> dict[str, Any]:
    """The verdict as plain values, for ``tutela proof --json``; no identifier of a person."""
    return {
        "operator": verdict.policy.operator.slug,
        "version": verdict.policy.number,
        "judged_at": verdict.at.isoformat(),
        "counts": {str(state): count for state, count in verdict.counts.items()},
        "clauses": [
            {
                "ref": each.clause.ref,
                "state": str(each.state),
                "controls": list(each.controls),
                "figures": [
                    {"words": str(figure), "count": figure.count, "kinds": list(figure.kinds)}
                    for figure in each.figures
                ],
                **({"reason": dict(each.reason).get(language, "")} if each.reason else {}),
            }
            for each in verdict.clauses
        ],
    }


def _texts(policy: Policy, language: str) -> Iterator[tuple[Clause, Clause]]:
    """Each clause of the original beside itself in ``language``."""
    original = policy.clauses[policy.original]
    return zip(original, policy.clauses.get(language, original), strict=True)


class _Bench:
    """Asks the controls, each question once, about one policy at one moment."""

    def __init__(self, operator_id: UUID) -> None:
        self.operator_id = operator_id
        self.policy = policies.in_force(operator_id)
        self.now = clock.now()
        self.bound: dict[str, list[Binding]] = {}
        for each in self.policy.bindings:
            self.bound.setdefault(self.policy.where[each.clause], []).append(each)
        self._informative = {
            self.policy.where.get(ref, ref): reason
            for ref, reason in self.policy.informative.items()
        }
        covered = policies.coverage(self.policy)
        self._through, self._leads = covered.through, frozenset(covered.leads)
        self._shared: dict[str, Any] = {}
        self._asked: dict[tuple[str, str, str], Answer] = {}

    def judged(self, ref: str, shown: Clause, *, part: str = "") -> Judged:
        """``part`` is a reference such as ``9.4(b)``: what is bound to it alone, if anything is."""
        bindings = self.bound.get(ref) or self.bound.get(self._through.get(ref, ""), [])
        bindings = [each for each in bindings if each.clause == part] or bindings
        if bindings:
            asked = {self._key(each): each for each in reversed(bindings)}
            said = tuple(self._say(each) for each in reversed(asked.values()))
            return Judged(shown, worst(each.answer.state for each in said), said)
        if (reason := self._reason(ref)) is not None:
            return Judged(shown, ClauseState.INFORMATIVE, reason=reason)
        return Judged(shown, ClauseState.NOT_BOUND)

    def _reason(self, ref: str) -> Words | None:
        """Why the clause promises nothing: the operator said so, or it only opens a list."""
        return introduces() if ref in self._leads else self._informative.get(ref)

    def _say(self, binding: Binding) -> Said:
        control = CONTROLS.get(binding.control)
        answer = self._ask(binding)
        how = answer.how or (control.how if control else "")
        return Said(binding.control, binding.clause, answer, how)

    @staticmethod
    def _key(binding: Binding) -> tuple[str, str, str]:
        """Several rules and promises of one clause are bound to it alike; they are one question."""
        return (binding.control, binding.clause, repr(binding.parameters))

    def _ask(self, binding: Binding) -> Answer:
        key = self._key(binding)
        if key not in self._asked:
            self._asked[key] = self._answer(binding)
        return self._asked[key]

    def _answer(self, binding: Binding) -> Answer:
        control = CONTROLS.get(binding.control)
        if control is None:
            return Answer(ClauseState.NOT_BUILT)
        question = Question(
            operator_id=self.operator_id,
            policy=self.policy,
            control=binding.control,
            clause=binding.clause,
            parameters=binding.parameters,
            now=self.now,
            shared=self._shared,
        )
        return control.judge(question)
