"""When data ends, and what of it must stay. Pure: plain values and ``now`` come in.

``endings`` says which rules of the policy a fact starts and when each of them ends; ``plan`` says,
field by field, what is still needed and why, and what is therefore to be destroyed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from tutela.core.vocabulary import SYSTEM, Action
from tutela.gate.rules import Case, Operation
from tutela.gate.standing import Contract, Hold, Standing
from tutela.policy.model import Policy, RetentionRule
from tutela.policy.terms import Computation, compute

EXCEPTIONS = ("contract", "other-basis", "agreement")
"""What can keep data although its consent is gone (004 9.3(c), 9.4(c))."""

OVERRIDING = frozenset(
    {"destruction.demanded", "unlawful.detected", "minor.found", "stop.requested"}
)
"""Events after which the person's other consents keep nothing: the data itself is unlawful or
unneeded, or the person told the operator to stop (004 9.5, 9.8, 9.9)."""

AFTER_EXCEPTION = "after-exception"
"""The rule, in place of one of the policy's, by which data goes when what kept it has ended."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One retention rule at work on one record.

    ``ends_at`` is the first moment at which the data may no longer be there, or None while the
    rule waits for the event ``until``. ``purposes`` are those the rule ends.
    """

    rule: str
    clause: str
    event: str
    event_at: datetime
    purposes: tuple[str, ...]
    ends_at: datetime | None
    computation: Computation | None
    until: str = ""


def endings(
    policy: Policy, point: str, purposes: Collection[str], event: str, at: datetime
) -> list[Ending]:
    """The endings that ``event`` at ``at`` starts for data taken at ``point``."""
    return [
        _ending(policy, rule, tuple(covered), at)
        for rule in policy.retention.values()
        if rule.event == event and (covered := _covered(rule, point, purposes))
    ]


def _covered(rule: RetentionRule, point: str, purposes: Collection[str]) -> list[str]:
    if rule.points and point not in rule.points:
        return []
    return [each for each in purposes if not rule.purposes or each in rule.purposes]


def _ending(policy: Policy, rule: RetentionRule, purposes: tuple[str, ...], at: datetime) -> Ending:
    due = compute(rule.term, at, policy.calendar) if rule.term.dated else None
    return Ending(
        rule=rule.slug,
        clause=next(iter(rule.clauses), ""),
        event=rule.event,
        event_at=at,
        purposes=purposes,
        ends_at=due.at if due else None,
        computation=due.computation if due else None,
        until=rule.term.event,
    )


def left_by(policy: Policy, ending: Ending, at_work: Mapping[str, Collection[str]]) -> Ending:
    """What is left to ``ending`` beside the rules ``at_work`` (rule: its purposes) on the same
    record: it has nothing to say about a purpose that a rule above it ends (``over``)."""
    above = {
        purpose
        for slug, purposes in at_work.items()
        if slug in policy.retention and ending.rule in policy.retention[slug].over
        for purpose in purposes
    }
    return replace(ending, purposes=tuple(each for each in ending.purposes if each not in above))


def record_end(found: Iterable[Ending], purposes: Collection[str]) -> Ending | None:
    """The ending that ends the whole record: for each purpose the earliest dated rule wins, and
    the record lasts as long as the purpose that lasts longest. None while any has no date."""
    dated = [each for each in found if each.ends_at is not None]
    last: Ending | None = None
    for purpose in purposes:
        mine = [each for each in dated if purpose in each.purposes]
        if not mine:
            return None
        first = min(mine, key=_when)
        last = first if last is None else max(last, first, key=_when)
    return last


def _when(ending: Ending) -> datetime:
    if ending.ends_at is None:
        raise ValueError("An ending that waits for an event has no moment.")
    return ending.ends_at


@dataclass(frozen=True, slots=True)
class Held:
    """What lies in the vault under one record, without values."""

    record: UUID
    point: str
    purposes: tuple[str, ...]
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a field stays. ``kind`` is consent, contract, law, legitimate-interest or hold;
    ``name`` is the purpose or the ground of the hold; ``until`` is its known end, if any."""

    kind: str
    name: str
    clause: str = ""
    until: datetime | None = None

    @property
    def exception(self) -> bool:
        """Whether it is one of the exceptions, and not the person's own other consent."""
        return self.kind != "consent"


@dataclass(frozen=True, slots=True)
class Plan:
    """``destroy`` maps a record to its fields to destroy; ``kept`` a record to its fields that
    stay, each with its grounds. ``whole`` is true when nothing stays."""

    destroy: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    kept: Mapping[UUID, Mapping[str, tuple[Ground, ...]]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.kept

    @property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*self.destroy.values())

    def grounds(self) -> frozenset[Ground]:
        return frozenset(
            each for fields in self.kept.values() for grounds in fields.values() for each in grounds
        )

    def excepted(self, record: UUID) -> bool:
        """Whether one of the exceptions keeps something of the record."""
        kept = self.kept.get(record, {}).values()
        return any(each.exception for grounds in kept for each in grounds)

    def review_at(self, record: UUID) -> datetime | None:
        """The first moment at which a known exception on the record ends."""
        known = [
            each.until
            for grounds in self.kept.get(record, {}).values()
            for each in grounds
            if each.exception and each.until is not None
        ]
        return min(known, default=None)


def plan(
    policy: Policy,
    standing: Standing,
    held: Iterable[Held],
    now: datetime,
    *,
    unless: Collection[str] = EXCEPTIONS,
    consents_keep: bool = True,
    ended: Mapping[UUID, Collection[str]] | None = None,
) -> Plan:
    """What of ``held`` goes and what stays, and why.

    A field stays where a purpose of its record needs it and still stands: by the person's
    consent (unless ``consents_keep`` is false), by a contract, the law or a legitimate interest
    if ``unless`` names that exception; or where a hold names it. A hold is put there on purpose
    and is released on purpose, so no promise passes over it. ``ended`` names, by record, the
    purposes whose time is over: no consent keeps data for those any longer.
    """
    destroy: dict[UUID, frozenset[str]] = {}
    kept: dict[UUID, dict[str, tuple[Ground, ...]]] = {}
    need = _Need(policy, standing, now, frozenset(unless), consents_keep)
    for each in held:
        over = frozenset((ended or {}).get(each.record, ()))
        stays = {slug: need.of(each, slug, over) for slug in sorted(each.fields)}
        stays = {slug: grounds for slug, grounds in stays.items() if grounds}
        if stays:
            kept[each.record] = stays
        if goes := each.fields - stays.keys():
            destroy[each.record] = frozenset(goes)
    return Plan(destroy, kept)


@dataclass(frozen=True, slots=True)
class _Need:
    policy: Policy
    standing: Standing
    now: datetime
    unless: frozenset[str]
    consents_keep: bool

    def of(self, held: Held, slug: str, over: frozenset[str]) -> tuple[Ground, ...]:
        """Every ground on which this field of the record stays."""
        grounds = [
            ground
            for purpose in held.purposes
            if purpose in self.policy.purposes and slug in self.policy.purposes[purpose].fields
            for ground in self._of_purpose(purpose, ended=purpose in over)
        ]
        return tuple(grounds + self._holds(slug))

    def _of_purpose(self, purpose: str, *, ended: bool) -> list[Ground]:
        case = self._case(purpose)
        declared = (self.policy.bases[each] for each in self.policy.purposes[purpose].bases)
        kinds = {each.kind for each in declared if case.stands(each.kind)}
        grounds = []
        for kind in sorted(kinds):
            if kind == "consent":
                if self.consents_keep and not ended:
                    until = self.standing.consents[purpose].expires_at
                    grounds.append(Ground(kind, purpose, until=until))
            elif kind == "contract":
                if "contract" in self.unless:
                    grounds += [self._contract(purpose, each) for each in self._contracts(purpose)]
            elif "other-basis" in self.unless and not ended:
                grounds.append(Ground(kind, purpose))
        return grounds

    def _case(self, purpose: str) -> Case:
        """The question that the gate would be asked about keeping data for this purpose."""
        operation = Operation(
            operator=_ANY,
            subject=_ANY,
            action=Action.STORAGE,
            purpose=purpose,
            fields=frozenset(),
            actor=SYSTEM,
        )
        return Case(self.policy, self.standing, operation, self.now)

    def _contracts(self, purpose: str) -> list[Contract]:
        live = (each for each in self.standing.contracts if each.live(self.now))
        return [each for each in live if purpose in each.purposes]

    def _contract(self, purpose: str, contract: Contract) -> Ground:
        return Ground("contract", purpose, until=contract.until)

    def _holds(self, slug: str) -> list[Ground]:
        live: list[Hold] = [each for each in self.standing.holds if each.live(self.now)]
        return [
            Ground("hold", each.ground, each.clause, each.until)
            for each in live
            if slug in each.fields
        ]


_ANY = UUID(int=0)
