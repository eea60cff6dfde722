"""Controls: what carries a clause out and can say how it is doing.

A room registers its controls in ``controls.py`` under the capability slugs to which policies bind
their clauses. A control looks at rows and entries, never at intentions, and answers one question:
is this clause kept by this operator now? A clause bound to a slug nobody registered is shown as
not built yet and is never counted as kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from tutela.core.registry import Registry

T = TypeVar("T")


class ClauseState(StrEnum):
    """How a clause stands. A control answers the first four, and ``NOT_BUILT`` where it carries
    out its capability but not yet the part of it that this clause needs; the rest is told by
    the binding."""

    KEPT = "kept"
    AT_RISK = "at-risk"
    BROKEN = "broken"
    NOTHING_YET = "nothing-yet"
    NOT_BUILT = "not-built"
    NOT_BOUND = "not-bound"
    INFORMATIVE = "informative"


WORST_FIRST = (
    ClauseState.BROKEN,
    ClauseState.AT_RISK,
    ClauseState.NOT_BOUND,
    ClauseState.NOT_BUILT,
    ClauseState.KEPT,
    ClauseState.NOTHING_YET,
    ClauseState.INFORMATIVE,
)
"""A clause carried out by several controls stands as its worst one does. What has had no case yet
(a longer limit that was never needed) says nothing against what has been kept."""


def worst(states: Iterable[ClauseState]) -> ClauseState:
    """The worst of one or more states."""
    return min(states, key=WORST_FIRST.index)


@dataclass(frozen=True, slots=True)
class Question:
    """Is ``clause`` kept? ``control`` is the slug that was asked, ``policy`` the version in force
    (a ``policy.model.Policy``); ``parameters`` are those of the binding. The caller has opened
    the operator's scope."""

    operator_id: UUID
    policy: Any
    control: str
    clause: str
    parameters: Mapping[str, Any]
    now: datetime
    shared: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, find: Callable[[], T]) -> T:
        """What ``find`` returns, found once for all questions of one verdict under ``name``."""
        if name not in self.shared:
            self.shared[name] = find()
        found: T = self.shared[name]
        return found


@dataclass(frozen=True, slots=True)
class Figure:
    """A count in words (a lazily translated sentence with ``%(count)d``) and the kinds of journal
    entries behind it, which the reader can open; ``clause`` narrows them to its entries."""

    words: Any
    count: int
    kinds: tuple[str, ...] = ()
    clause: str = ""

    def __str__(self) -> str:
        return str(self.words % {"count": self.count})


@dataclass(frozen=True, slots=True)
class Answer:
    state: ClauseState
    figures: tuple[Figure, ...] = ()
    subjects: tuple[UUID, ...] = field(default=())
    """Opaque ids of those concerned by what is broken or at risk, for the officer only."""
    course: tuple[tuple[str, int], ...] = ()
    """How far what the clause is about has come, to be drawn: how many under each of the slugs
    ``done``, ``due``, ``blocked``, ``held`` and ``ahead`` (its time is still to come)."""
    how: Any = ""
    """What this judge looks at, where the control's own sentence does not say it."""


Judge = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Control:
    """``how`` is one sentence that tells a reader what the judge looks at (lazily translated);
    ``parameters`` are what a binding may say (``policy.parameters.Parameter`` by name)."""

    slug: str
    judge: Judge
    how: Any
    parameters: Mapping[str, Any] = field(default_factory=dict)


CONTROLS: Registry[Control] = Registry("control")


def control(
    *slugs: str, how: Any, parameters: Mapping[str, Any] | None = None
) -> Callable[[Judge], Judge]:
    """Register the decorated judge under one or more capability slugs, with every parameter that
    a policy may give it."""

    def register(judge: Judge) -> Judge:
        for slug in slugs:
            CONTROLS.register(slug, Control(slug, judge, how, parameters or {}))
        return judge

    return register


def settled(count: int, broken: int = 0, at_risk: int = 0) -> ClauseState:
    """The usual verdict over ``count`` cases of which some are broken or at risk."""
    if broken:
        return ClauseState.BROKEN
    if at_risk:
        return ClauseState.AT_RISK
    return ClauseState.KEPT if count else ClauseState.NOTHING_YET
