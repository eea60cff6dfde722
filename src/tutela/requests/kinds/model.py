"""What a kind of request is: who may ask, what proves them, what happens, what an answer needs.

A kind is data. Its clock is the policy's: ``event`` (or, by the ground given, ``by_ground``) is the
fact of the policy's closed list that the request states, and the promises made for that event are
what is due. Nothing here knows an operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tutela.core.registry import Registry

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class State(StrEnum):
    """Where a request stands. It ends as ``ANSWERED`` or ``TAKEN_BACK``, or goes to ``COURT``."""

    RECEIVED = "received"
    INCOMPLETE = "incomplete"
    PROVING = "proving"
    WORKING = "working"
    DECIDED = "decided"
    ANSWERED = "answered"
    TAKEN_BACK = "taken-back"
    COURT = "court"


ENDED = frozenset({State.ANSWERED, State.TAKEN_BACK, State.COURT})
OPEN = frozenset(State) - ENDED


class Asker(StrEnum):
    """Who asks (004 9.10: Users, representatives and the authority alike)."""

    SUBJECT = "subject"
    REPRESENTATIVE = "representative"
    AUTHORITY = "authority"
    ANYBODY = "anybody"


class Proof(StrEnum):
    """What shows who asks, before anything is disclosed (request.identity)."""

    ADDRESS = "address"
    DOCUMENT = "document"
    LETTERHEAD = "letterhead"
    NONE = "none"


class Outcome(StrEnum):
    """How a request ended."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done on the way; ``by`` is who does it: system, officer or person."""

    slug: str
    by: str
    title: _StrOrPromise


OWN = (Asker.SUBJECT, Asker.REPRESENTATIVE)
OWN_AND_AUTHORITY = (*OWN, Asker.AUTHORITY)


@dataclass(frozen=True, slots=True)
class Kind:
    """``must`` names the sections without which its answer cannot be sent, ``refusals`` the
    grounds on which it may be refused; ``discharges`` the promised outcomes that the sent answer
    carries out; one that is ``by_itself`` ends when everything promised for it is done."""

    slug: str
    order: int
    title: _StrOrPromise
    asks: _StrOrPromise
    happens: _StrOrPromise
    event: str
    steps: tuple[Step, ...]
    must: tuple[str, ...]
    refusals: tuple[str, ...]
    who: tuple[Asker, ...] = OWN_AND_AUTHORITY
    proof: Proof = Proof.ADDRESS
    by_ground: Mapping[str, str] = field(default_factory=dict)
    discharges: frozenset[str] = frozenset({"answer", "consider", "notify-subject"})
    by_itself: bool = False
    incomplete: bool = False
    court: bool = False

    @property
    def grounds(self) -> tuple[str, ...]:
        return tuple(self.by_ground)

    def event_for(self, ground: str) -> str:
        """The fact that the request states, by the ground it gives: the ground decides the clock
        (004 9.2, 9.8)."""
        return self.by_ground.get(ground, self.event)

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.event, *self.by_ground.values())))

    def moves(self) -> Iterator[tuple[State, State, str]]:
        """Every move that a request of this kind can make: from, to, and the slug of why."""
        yield State.RECEIVED, State.WORKING, "known"
        if self.incomplete:
            yield State.RECEIVED, State.INCOMPLETE, "form-missing"
            yield State.INCOMPLETE, State.WORKING, "form-came"
            yield State.INCOMPLETE, State.TAKEN_BACK, "taken-back"
        if self.proof is not Proof.NONE:
            yield State.RECEIVED, State.PROVING, "unknown"
            yield State.PROVING, State.WORKING, "proven"
            yield State.PROVING, State.DECIDED, "not-proven"
            yield State.PROVING, State.TAKEN_BACK, "taken-back"
        if self.by_itself:
            yield State.WORKING, State.ANSWERED, "done-by-itself"
        yield State.WORKING, State.DECIDED, "decided"
        yield State.WORKING, State.TAKEN_BACK, "taken-back"
        yield State.DECIDED, State.WORKING, "looked-at-again"
        yield State.DECIDED, State.ANSWERED, "told"
        if self.court:
            yield State.ANSWERED, State.COURT, "no-agreement"

    def may(self, now: str, then: State) -> bool:
        return any((now, then) == (one, other) for one, other, _why in self.moves())


KINDS: Registry[Kind] = Registry("kind of request")


def kind(it: Kind) -> Kind:
    return KINDS.register(it.slug, it)
