"""Is the published policy kept? Clause by clause, as the controls answer, with what is behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.controls import CONTROLS, WORST_FIRST, Answer, ClauseState, Figure, Question
from tutela.policy import actions as policies
from tutela.policy.clauses import Clause, resolve
from tutela.policy.model import Binding, Policy


@dataclass(frozen=True, slots=True)
class Judged:
    """One clause with its state, the controls that answered and their figures."""

    clause: Clause
    state: ClauseState
    controls: tuple[str, ...]
    figures: tuple[Figure, ...]
    reason: Mapping[str, str]
    subjects: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: Clause | None
    clauses: Sequence[Judged]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole policy at one moment."""

    policy: Policy
    at: datetime
    sections: Sequence[Section]
    counts: Mapping[ClauseState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def judge(operator_id: UUID, language: str = "") -> Verdict:
    """Ask every control about every clause of the policy in force, now."""
    policy = policies.in_force(operator_id)
    text = policy.clauses.get(language) or policy.clauses[policy.original]
    now = clock.now()
    asked: dict[tuple[str, str, str], Answer] = {}
    bound = _bound(policy, text)
    sections: list[tuple[Clause | None, list[Judged]]] = [(None, [])]
    for each in text:
        if each.heading:
            sections.append((each, []))
            continue
        sections[-1][1].append(_judged(operator_id, policy, each, bound.get(each.ref, ()), now, asked))
    found = [Section(heading, tuple(clauses)) for heading, clauses in sections if clauses]
    counts = Counter(each.state for section in found for each in section.clauses)
    return Verdict(policy, now, tuple(found), counts)


def state_of(operator_id: UUID, ref: str) -> ClauseState | None:
    """The state of one clause of the policy in force, or None if it has no such clause."""
    policy = policies.in_force(operator_id)
    text = policy.clauses[policy.original]
    clause = resolve(ref, text)
    if clause is None:
        return None
    bindings = _bound(policy, text).get(clause.ref, ())
    if ref != clause.ref:
        bindings = tuple(each for each in bindings if each.clause == ref) or bindings
    return _judged(operator_id, policy, clause, bindings, clock.now(), {}).state


def _bound(policy: Policy, text: Sequence[Clause]) -> dict[str, tuple[Binding, ...]]:
    """Bindings by the clause of the text that carries them; “(a)” parts go to their clause."""
    found: dict[str, tuple[Binding, ...]] = {}
    for binding in policy.bindings:
        clause = resolve(binding.clause, text)
        if clause is not None:
            found[clause.ref] = (*found.get(clause.ref, ()), binding)
    return found


def _judged(
    operator_id: UUID,
    policy: Policy,
    clause: Clause,
    bindings: Sequence[Binding],
    now: datetime,
    asked: dict[tuple[str, str, str], Answer],
) -> Judged:
    if not bindings:
        reason = policy.informative.get(clause.ref)
        state = ClauseState.NOT_BOUND if reason is None else ClauseState.INFORMATIVE
        return Judged(clause, state, (), (), reason or {}, ())
    answers = []
    for binding in bindings:
        key = (binding.control, binding.clause, repr(sorted(binding.parameters.items(), key=str)))
        if key not in asked:
            asked[key] = _ask(operator_id, policy, binding, now)
        answers.append(asked[key])
    state = min((each.state for each in answers), key=WORST_FIRST.index)
    figures = tuple(dict.fromkeys(figure for each in answers for figure in each.figures))
    subjects = tuple(dict.fromkeys(subject for each in answers for subject in each.subjects))
    controls = tuple(dict.fromkeys(each.control for each in bindings))
    return Judged(clause, state, controls, figures, {}, subjects)


def _ask(operator_id: UUID, policy: Policy, binding: Binding, now: datetime) -> Answer:
    control = CONTROLS.get(binding.control)
    if control is None:
        return Answer(ClauseState.NOT_BUILT)
    return control(Question(operator_id, policy, binding.clause, binding.parameters, now))
