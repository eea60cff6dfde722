"""A policy compiled for deciding: the rules asked once for each kind of question.

The rules look at few things, and most questions are alike. So a decision is kept as a cell of a
table, under everything the rules may look at: the *question* (action, purpose, fields, who asks
...) and the *shape* of the standing (what is live now, without its moments). A cell is filled by
``rules.decide`` itself, so that the rules stay the specification and the table cannot say
anything else; ``tests/gate/test_compiled.py`` holds it to that. Cells are shared by all people
of one shape. They hold slugs that the policy declares and nothing else.

One table belongs to one version of one policy. A process keeps the last ones it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate import rules
from tutela.gate.office import EMPTY, Approval, Office
from tutela.gate.renewal import outdated
from tutela.gate.rules import Case, Decision, Operation
from tutela.gate.standing import Standing
from tutela.policy.model import Policy

_CELLS = 50_000
"""How many cells a table holds before it is begun anew; a busy policy needs a few hundred."""
_POLICIES = 64
_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_BY_ID = frozenset({ActorKind.SUBJECT, ActorKind.REPRESENTATIVE})
"""Actors of whom the rules ask whether they are the person the data is about."""

_BY_SHAPE = {"operator", "subject", "actor", "reason"}
"""What of an operation is in the question in another form, or not at all."""
_WORDS = {"action", "purpose", "fields", "recipient", "point", "basis"}
_names_asked = [each.name for each in fields(Operation) if each.name not in _BY_SHAPE]
_asked = attrgetter(*_names_asked)
_asking = attrgetter(*(each.name for each in fields(Actor) if each.name != "id"))
_names_rare = [name for name in _names_asked if name not in _WORDS]


def _holder(actor: Actor) -> str:
    """Who acts for somebody else, since an authority names its holder."""
    return actor.id if actor.kind is ActorKind.REPRESENTATIVE else ""


def _rare(operation: Operation) -> tuple[Any, ...]:
    """What few operations name; those that do are decided by the rules each time."""
    return tuple(getattr(operation, name) for name in _names_rare)


_USUAL = tuple(each.default for each in fields(Operation) if each.name in _names_rare)


@dataclass(frozen=True, slots=True)
class View:
    """A standing as it is from ``since`` until ``until``; ``shape`` is what the rules see of it."""

    standing: Standing
    shape: tuple[Any, ...]
    since: datetime
    until: datetime

    def valid(self, now: datetime) -> bool:
        return self.since <= now < self.until


class CompiledPolicy:
    """Answers as ``rules.decide`` does, from a table that it fills as it is asked."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._cells: dict[tuple[Any, ...], Decision] = {}
        self._asks_office = bool(
            policy.decisions or policy.four_eyes or policy.access.acknowledgement
        )

    def view(self, standing: Standing, now: datetime) -> View:
        """The standing prepared for many decisions; ask again when it is no longer ``valid``."""
        moments = sorted(_moments(standing))
        since = max((each for each in moments if each <= now), default=_BEGINNING)
        until = min((each for each in moments if each > now), default=_END)
        return View(standing, _shape(self.policy, standing, now), since, until)

    def decide(
        self, view: View, operation: Operation, now: datetime, office: Office = EMPTY
    ) -> Decision:
        """The decision for a prepared standing. ``ValueError`` if it is not valid at ``now``."""
        if not view.since <= now < view.until:
            raise ValueError("The view of the standing is of another time; prepare it anew.")
        actor = operation.actor
        question = (
            _asked(operation),
            _asking(actor),
            not operation.reason,
            operation.subject is None,
            actor.kind in _BY_ID and (actor.id == str(operation.subject) or _holder(actor)),
            view.shape,
            self._asks_office and self._office(operation, now, office),
        )
        decision = self._cells.get(question)
        if decision is None:
            decision = rules.decide(self.policy, view.standing, operation, now, office)
            if self._knows(operation):
                self._keep(question, decision)
        return decision

    def _office(self, operation: Operation, now: datetime, office: Office) -> tuple[Any, ...]:
        """What the rules see of the office for this operation."""
        case = Case(self.policy, Standing(), operation, now, office)
        approval: Approval | None = case.approval() if case.needs_decision() else None
        return (
            approval and approval.id,
            operation.actor.id in office.acknowledged,
            case.second_person(rules.DESTROY),
        )

    def _knows(self, operation: Operation) -> bool:
        """Whether every word of the operation is one of the policy's, so that it may be kept."""
        policy = self.policy
        return (
            operation.action in tuple(Action)
            and operation.actor.kind is not ActorKind.REPRESENTATIVE
            and (operation.purpose in policy.purposes or operation.purpose in tuple(LawPurpose))
            and operation.fields <= policy.fields.keys()
            and (not operation.recipient or operation.recipient in policy.recipients)
            and (not operation.point or operation.point in policy.points)
            and (not operation.basis or operation.basis in policy.bases)
            and _rare(operation) == _USUAL
        )

    def _keep(self, question: tuple[Any, ...], decision: Decision) -> None:
        if len(self._cells) >= _CELLS:
            self._cells.clear()
        self._cells[question] = decision


@lru_cache(maxsize=_POLICIES)
def compiled(policy: Policy) -> CompiledPolicy:
    """The table of this policy; policies are told apart by their digest and contents."""
    return CompiledPolicy(policy)


def decide(
    policy: Policy, standing: Standing, operation: Operation, now: datetime, office: Office = EMPTY
) -> Decision:
    """One decision, from the table of the policy."""
    table = compiled(policy)
    return table.decide(table.view(standing, now), operation, now, office)


_NAMES: dict[Any, tuple[str, ...]] = {}


def _names(kind: Any) -> tuple[str, ...]:
    """The names of a dataclass' fields, asked for once."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in fields(kind))
    return _NAMES[kind]


def _shape(policy: Policy, standing: Standing, now: datetime) -> tuple[Any, ...]:
    """Everything that the rules may look at, with what is not live now left out. A part of the
    standing that is not named here goes into the shape whole."""
    consents = standing.consents
    short = {
        "consents": (
            frozenset(consents),
            frozenset(
                (purpose, each.conditions) for purpose, each in consents.items() if each.live(now)
            ),
            frozenset(
                purpose for purpose, each in consents.items() if outdated(policy, purpose, each)
            ),
        ),
        "contracts": frozenset(
            purpose for each in standing.contracts if each.live(now) for purpose in each.purposes
        ),
    }
    return tuple(
        short[name] if name in short else _live(getattr(standing, name), now)
        for name in _names(Standing)
    )


def _live(parts: Any, now: datetime) -> Any:
    if not isinstance(parts, tuple):
        return parts
    return tuple(each for each in parts if each.live(now))


def _moments(standing: Standing) -> Iterator[datetime]:
    """Every moment at which something in the standing begins or ends."""
    for name in _names(Standing):
        parts = getattr(standing, name)
        if isinstance(parts, Mapping):
            parts = parts.values()
        elif not isinstance(parts, tuple):
            continue
        for part in parts:
            for each in _names(type(part)):
                if isinstance(value := getattr(part, each), datetime):
                    yield value
