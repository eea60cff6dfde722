"""Everything that is held about a person, value by value: what it serves, where it is from, and
when it ends. Reading the values goes through the gate."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.promises import shown
from tutela.requests.reading import (
    end_day,
    file_words,
    point_title,
    readable,
    source_of,
    status_of,
    words,
)
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.web import dates


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose a value serves; ``live`` if it rests on a consent that can be withdrawn now,
    ``stopped`` if it rested on nothing but a consent that is no more."""

    purpose: str
    title: str
    live: bool
    stopped: bool


@dataclass(frozen=True, slots=True)
class HeldValue:
    """One value with everything a person may ask about it. ``earlier`` are its former values,
    each with the moment until which it was in force; ``file`` tells of a file its kind and size,
    and then there is no value."""

    field: str
    record: UUID
    title: str
    value: str
    point: str
    received_at: datetime
    source: str
    status: str
    uses: tuple[Use, ...]
    ends: str
    clause: str
    checked: str = ""
    blocked: bool = False
    earlier: Sequence[tuple[str, datetime]] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held about a person, by category; ``refused`` says why it cannot be shown."""

    categories: Mapping[str, Sequence[HeldValue]] = field(default_factory=dict)
    refused: str = ""

    @property
    def values(self) -> int:
        return sum(len(each) for each in self.categories.values())

    @property
    def stoppable(self) -> bool:
        """Whether the use of anything can be stopped now."""
        return any(
            use.live for each in self.categories.values() for value in each for use in value.uses
        )

    @property
    def forms(self) -> int:
        """How many forms the values came by; the same form sent twice counts twice."""
        return len({value.record for each in self.categories.values() for value in each})


def holdings(
    operator_id: UUID, subject: UUID, language: str, *, actor: Actor | None = None
) -> Holdings:
    """Everything held about ``subject``, shown to the subject (004 2.10, GDPR article 15), or to
    the representative ``actor``."""
    policy = policies.in_force(operator_id)
    decision = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose="subject-rights",
            fields=frozenset(policy.fields),
            actor=actor or Actor(ActorKind.SUBJECT, str(subject)),
        )
    )
    if not isinstance(decision, Permit):
        return Holdings(refused=decision.message(language))
    values = vault.read(decision)
    earlier: dict[tuple[UUID, str], list[tuple[str, datetime]]] = {}
    for each in vault.history(decision):
        if each.superseded_at is not None:
            before = readable(policy.fields[each.field].type, each.value, language)
            earlier.setdefault((each.record, each.field), []).append((before, each.superseded_at))
    return Holdings(_by_category(operator_id, policy, subject, values, language, earlier=earlier))


def _by_category(
    operator_id: UUID,
    policy: Policy,
    subject: UUID,
    values: Sequence[vault.Value],
    language: str,
    *,
    earlier: Mapping[tuple[UUID, str], Sequence[tuple[str, datetime]]],
) -> dict[str, list[HeldValue]]:
    now = clock.now()
    blocks = [each for each in gate.standing(operator_id, subject).blocks if each.live(now)]
    records = {each.id: each for each in vault.records(operator_id, subject)}
    live = consent.live(operator_id, subject)
    doomed = [
        each
        for each in obligations.listing(operator_id, obligations.STANDING, subject)
        if each.outcome == "destroy"
    ]
    ends = {each.record: each for each in retention.ends(operator_id, subject)}
    grouped: dict[str, list[HeldValue]] = {}
    for value in values:
        declared = policy.fields[value.field]
        end = ends.get(value.record)
        uses = tuple(
            _use(policy, slug, live, language)
            for slug in records[value.record].purposes
            if slug in policy.purposes and value.field in policy.purposes[slug].fields
        )
        sooner = _destruction(uses, doomed)
        held = HeldValue(
            field=value.field,
            record=value.record,
            title=words(declared.title, language),
            value=readable(declared.type, value.value, language),
            point=point_title(policy, value.point, language),
            received_at=value.received_at,
            source=source_of(value),
            status=status_of(value),
            uses=uses,
            ends=shown(sooner, language).by if sooner else end_day(end) if end else "",
            clause=sooner.clause if sooner else end.clause if end else "",
            checked=dates.day(value.confirmed_at) if value.confirmed_at else "",
            blocked=any(each.covers(value.record, value.field) for each in blocks),
            earlier=earlier.get((value.record, value.field), ()),
            file=file_words(value),
        )
        grouped.setdefault(words(policy.categories[declared.category].title, language), []).append(
            held
        )
    return grouped


def _use(policy: Policy, slug: str, live: Collection[str], language: str) -> Use:
    purpose = policy.purposes[slug]
    only_consent = all(policy.bases[each].kind == "consent" for each in purpose.bases)
    stopped = only_consent and slug not in live
    return Use(slug, words(purpose.title, language), slug in live, stopped)


def _destruction(
    uses: Sequence[Use], doomed: Sequence[obligations.ObligationRow]
) -> obligations.ObligationRow | None:
    """The promise by which a value that nothing uses any more is destroyed, if one stands."""
    if not uses or not all(each.stopped for each in uses):
        return None
    served = {each.purpose for each in uses}
    return next((row for row in doomed if not row.purposes or served & set(row.purposes)), None)
