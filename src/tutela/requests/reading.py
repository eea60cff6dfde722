"""What a person, or an officer, is shown about one subject: gathered from every room.

Reading values goes through the gate like everything else; the rest (dates, states, clauses) is
no personal data and needs no permit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tutela.consent import actions as consent
from tutela.core.permits import Permit
from tutela.core.vocabulary import TRANSFER, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Recipient
from tutela.requests.acts import ActShown
from tutela.requests.acts import shown as act_shown
from tutela.requests.models import Submission
from tutela.requests.wording import OUTCOMES
from tutela.retention import actions as retention
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class HeldValue:
    """One value with everything a person may ask about it."""

    field: str
    title: str
    value: str
    point: str
    received_at: datetime
    source: str
    status: str
    purposes: tuple[str, ...]
    ends_at: datetime | None
    ends_by: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held about a person, by category; ``refused`` says why it cannot be shown."""

    categories: Mapping[str, Sequence[HeldValue]] = field(default_factory=dict)
    refused: str = ""

    @property
    def values(self) -> int:
        return sum(len(each) for each in self.categories.values())

    @property
    def points(self) -> int:
        return len({value.point for each in self.categories.values() for value in each})


def holdings(operator_id: UUID, subject: UUID, language: str) -> Holdings:
    """Everything held about ``subject``, shown to the subject (004 2.10, GDPR article 15)."""
    policy = policies.in_force(operator_id)
    decision = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose="subject-rights",
            fields=frozenset(policy.fields),
            actor=Actor(ActorKind.SUBJECT, str(subject)),
        )
    )
    if not isinstance(decision, Permit):
        return Holdings(refused=decision.message(language))
    return Holdings(_by_category(operator_id, policy, subject, vault.read(decision), language))


def _by_category(
    operator_id: UUID, policy: Policy, subject: UUID, values: Sequence[vault.Value], language: str
) -> dict[str, list[HeldValue]]:
    records = {each.id: each for each in vault.records(operator_id, subject)}
    ends = {each.record: each for each in retention.ends(operator_id, subject)}
    grouped: dict[str, list[HeldValue]] = {}
    for value in values:
        declared = policy.fields[value.field]
        end = ends.get(value.record)
        held = HeldValue(
            field=value.field,
            title=words(declared.title, language),
            value=value.value,
            point=words(policy.points[value.point].title, language),
            received_at=value.received_at,
            source=value.source,
            status=value.status,
            purposes=tuple(
                words(policy.purposes[slug].title, language)
                for slug in records[value.record].purposes
                if value.field in policy.purposes[slug].fields
            ),
            ends_at=end.ends_at if end else None,
            ends_by=end.clause if end else "",
        )
        grouped.setdefault(words(policy.categories[declared.category].title, language), []).append(
            held
        )
    return grouped


@dataclass(frozen=True, slots=True)
class PromiseShown:
    """One obligation in words: what, by when, and how the date was counted."""

    id: UUID
    title: str
    state: str
    standing: bool
    due_at: datetime
    counted: str
    clause: str


def shown(row: obligations.ObligationRow, language: str) -> PromiseShown:
    return PromiseShown(
        id=row.id,
        title=str(OUTCOMES.get(row.outcome, row.outcome)),
        state=row.state,
        standing=row.standing,
        due_at=row.due_at,
        counted=row.counted(language),
        clause=row.clause,
    )


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person asked for or sent, with the promises it started."""

    about: UUID
    kind: str
    title: str
    at: datetime
    promises: Sequence[PromiseShown]
    acts: Sequence[ActShown]


def requests_of(operator_id: UUID, subject: UUID, language: str) -> list[Request]:
    """Forms and withdrawals of one person, newest first, each with its obligations and acts."""
    policy = policies.in_force(operator_id)
    promised: dict[UUID, list[PromiseShown]] = {}
    for each in obligations.listing(operator_id, subject=subject):
        promised.setdefault(each.cause, []).append(shown(each, language))
    acts: dict[UUID | None, list[ActShown]] = {}
    for act in retention.acts(operator_id, subject):
        acts.setdefault(act.cause, []).append(act_shown(act))
    made = [
        Request(
            about=row.id,
            kind="form",
            at=row.received_at,
            acts=acts.get(row.id, ()),
            promises=promised.get(row.id, ()),
            title=words(policy.points[row.point].title, language)
            if row.point in policy.points
            else row.point,
        )
        for row in Submission.objects.filter(subject_id=subject)
    ]
    made += [
        Request(
            about=row.id,
            kind="withdrawal",
            at=row.at,
            title="",
            acts=acts.get(row.id, ()),
            promises=promised.get(row.id, ()),
        )
        for row in consent.withdrawals(operator_id, subject)
    ]
    return sorted(made, key=lambda each: each.at, reverse=True)


def request_about(operator_id: UUID, about: UUID, language: str) -> Request | None:
    """One form or withdrawal, found by the reference that its receipt carries."""
    form = Submission.objects.filter(id=about).first()
    withdrawal = None if form else consent.withdrawal(operator_id, about)
    subject = form.subject_id if form else withdrawal.subject_id if withdrawal else None
    if subject is None:
        return None
    found = requests_of(operator_id, subject, language)
    return next((each for each in found if each.about == about), None)


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One consent with the exact sentence that was shown."""

    purpose: str
    title: str
    state: str
    text: str
    at: datetime
    ended_at: datetime | None
    mode: str
    policy_number: int


def consents(operator_id: UUID, subject: UUID, language: str) -> list[ConsentShown]:
    """The last word on each purpose: given with its exact text, or withdrawn and when."""
    policy = policies.in_force(operator_id)
    live = consent.live(operator_id, subject)
    given: dict[str, consent.ConsentEvent] = {}
    ended: dict[str, datetime] = {}
    for row in reversed(consent.history(operator_id, subject)):
        if row.kind == consent.Kind.GIVEN:
            given[row.purpose] = row
        else:
            ended[row.purpose] = row.at
    return [
        ConsentShown(
            purpose=slug,
            title=words(policy.purposes[slug].title, language) if slug in policy.purposes else slug,
            state="given" if slug in live else "withdrawn",
            text=consent.text_by_hash(operator_id, row.text_hash) or "",
            at=row.at,
            ended_at=None if slug in live else ended.get(slug),
            mode=row.mode,
            policy_number=row.policy_version,
        )
        for slug, row in given.items()
    ]


@dataclass(frozen=True, slots=True)
class Disclosure:
    recipient: str
    at: datetime
    fields: tuple[str, ...]
    purpose: str
    clause: str


def disclosures(operator_id: UUID, subject: UUID, language: str) -> list[Disclosure]:
    """What really left the operator about this person, newest first, as the journal has it."""
    policy = policies.in_force(operator_id)
    leaving = {str(each) for each in TRANSFER}
    rows = journal.entries(
        operator_id, subject=subject, kinds=("gate.permitted",), limit=1000, newest_first=True
    )
    return [
        Disclosure(
            recipient=words(policy.recipients[row.data["recipient"]].title, language)
            if row.data.get("recipient") in policy.recipients
            else str(row.data.get("recipient")),
            at=row.at,
            fields=tuple(
                words(policy.fields[slug].title, language)
                for slug in row.data.get("fields", ())
                if slug in policy.fields
            ),
            purpose=row.purpose,
            clause=row.clause,
        )
        for row in rows
        if row.action in leaving
    ]


def possible_recipients(operator_id: UUID, subject: UUID) -> list[Recipient]:
    """Whom the policy allows to receive data for a purpose this person's records serve."""
    policy = policies.in_force(operator_id)
    purposes = {slug for each in vault.records(operator_id, subject) for slug in each.purposes}
    return [each for each in policy.recipients.values() if purposes & set(each.purposes)]


def words(texts: Mapping[str, str], language: str) -> str:
    """The text in the reader's language, else in any language there is."""
    return texts.get(language) or next(iter(texts.values()), "")
