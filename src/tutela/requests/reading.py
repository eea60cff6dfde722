"""What a person, or an officer, is shown about one subject: gathered from every room.

Reading values goes through the gate like everything else; the rest (dates, states, clauses) is
no personal data and needs no permit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent.wording import MODES, how_it_comes, title_of
from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import TRANSFER, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Recipient
from tutela.policy.terms import Computation
from tutela.policy.wording import EVENTS
from tutela.requests.acts import ActShown
from tutela.requests.acts import shown as act_shown
from tutela.requests.case_wording import PLAINLY
from tutela.requests.kinds import KINDS
from tutela.requests.models import Case, Submission
from tutela.requests.promises import PromiseShown, by_when, shown
from tutela.requests.wording import RECIPIENTS, SOURCES, STATUSES, WRITTEN
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import BY_NAME
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


def source_of(value: vault.Value) -> str:
    """Where a value is from, in words; the reference itself was sealed with it."""
    words_ = SOURCES.get(value.source)
    return str(words_) % {"reference": value.reference} if words_ else ""


def status_of(value: vault.Value) -> str:
    return str(STATUSES.get(value.status, value.status))


def file_words(value: vault.Value) -> str:
    """“JPG, 120 KB”; empty for a value that is no file."""
    if value.file is None:
        return ""
    kilobytes = -(-value.file.size // 1000)
    ending = BY_NAME[value.file.media].ending.upper()
    return _("%(kind)s, %(count)s KB") % {"kind": ending, "count": dates.number(kilobytes)}


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


def readable(kind: str, value: str, language: str) -> str:
    """A value as people write it: a day in words, a number in groups; anything else as typed."""
    if kind in {"date", "birth-date"}:
        with suppress(ValueError):
            return dates.day(date.fromisoformat(value), language)
    if kind == "phone":
        import phonenumbers  # noqa: PLC0415 - loaded where one is met, for a quick start

        with suppress(phonenumbers.NumberParseException):
            number = phonenumbers.parse(value)
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return value


def end_day(end: retention.RecordEnd) -> str:
    """The last day on which a record may be there, or an empty string while none is set."""
    if end.ends_at is None:
        return ""
    if end.computation is not None:
        return by_when(end.computation)
    return dates.minute(end.ends_at)


@dataclass(frozen=True, slots=True)
class RecordShown:
    """One sealed record, without a value: which form it came by, and when it must be gone."""

    point: str
    received_at: datetime
    ends: str
    until: str
    counted: str
    clause: str


def records(operator_id: UUID, subject: UUID, language: str) -> list[RecordShown]:
    """When each record of a person ends, oldest first."""
    policy = policies.in_force(operator_id)
    kept = {each.id: each for each in vault.records(operator_id, subject)}
    return [
        RecordShown(
            point=point_title(policy, kept[end.record].point, language),
            received_at=kept[end.record].received_at,
            ends=end_day(end),
            until=str(EVENTS.get(end.until, end.until)),
            counted=end.counted(language),
            clause=end.clause,
        )
        for end in retention.ends(operator_id, subject)
    ]


def point_title(policy: Policy, slug: str, language: str) -> str:
    if slug in policy.points:
        return words(policy.points[slug].title, language)
    return str(WRITTEN.get(slug, slug))


@dataclass(frozen=True, slots=True)
class Request:
    """Something a person asked for or sent, with the promises it started: first what is done, in
    its order, then what is ahead."""

    about: UUID
    kind: str
    title: str
    at: datetime
    promises: Sequence[PromiseShown]
    acts: Sequence[ActShown]
    stands: str = ""
    by: str = ""
    number: int = 0


def requests_of(operator_id: UUID, subject: UUID, language: str) -> list[Request]:
    """Forms and withdrawals of one person, newest first, each with its obligations and acts."""
    policy = policies.in_force(operator_id)
    promised: dict[UUID, list[PromiseShown]] = {}
    for each in obligations.listing(operator_id, subject=subject):
        promised.setdefault(each.cause, []).append(shown(each, language))
    for started in promised.values():
        started.sort(key=lambda each: (each.standing, each.last_day))
    acts: dict[UUID | None, list[ActShown]] = {}
    for act in retention.acts(operator_id, subject):
        acts.setdefault(act.cause, []).append(act_shown(act))
    cases = {each.id: each for each in Case.objects.filter(subject_id=subject)}
    made = [
        Request(
            about=row.id,
            kind="form",
            at=row.received_at,
            acts=acts.get(row.id, ()),
            promises=promised.get(row.id, ()),
            title=point_title(policy, row.point, language),
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
    known = {each.about for each in made}
    made += [
        Request(
            about=row.id,
            kind="case",
            at=row.received_at,
            title=str(KINDS[row.kind].title),
            acts=acts.get(row.id, ()),
            promises=promised.get(row.id, ()),
        )
        for row in cases.values()
        if row.id not in known
    ]
    made = [_with_case(each, cases.get(each.about)) for each in made]
    return sorted(made, key=lambda each: each.at, reverse=True)


def _with_case(request: Request, case: Case | None) -> Request:
    """What the register says of the request: where it stands in plain words, and by which day."""
    if case is None:
        return request
    by = "" if case.ended_at else by_when(Computation.from_json(case.computation))
    return replace(request, stands=str(PLAINLY[case.state]), by=by, number=case.number)


def request_about(operator_id: UUID, about: UUID, language: str) -> Request | None:
    """One form or withdrawal, found by the reference that its receipt carries."""
    form = Submission.objects.filter(id=about).first()
    withdrawal = None if form else consent.withdrawal(operator_id, about)
    case = None if form or withdrawal else Case.objects.filter(id=about).first()
    known = form or withdrawal or case
    subject = known.subject_id if known else None
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
    expires_at: datetime | None = None
    how: str = ""


def consents(operator_id: UUID, subject: UUID, language: str) -> list[ConsentShown]:
    """The last word on each purpose: given with its exact text, or withdrawn and when."""
    policy = policies.in_force(operator_id)
    live = consent.live(operator_id, subject)
    given: dict[str, consent.ConsentEvent] = {}
    ended: dict[str, consent.ConsentEvent] = {}
    for row in reversed(consent.history(operator_id, subject)):
        if row.kind in {consent.Kind.GIVEN, consent.Kind.DATED}:
            given[row.purpose] = row
        else:
            ended[row.purpose] = row
    return [
        ConsentShown(
            purpose=slug,
            title=title_of(policy, slug, language),
            state="given" if slug in live or slug not in ended else _ended(ended[slug]),
            text=consent.text_by_hash(operator_id, row.text_hash) or "",
            at=row.at,
            ended_at=None if slug in live or slug not in ended else ended[slug].at,
            mode=str(MODES.get(consent.Mode(row.mode), row.mode)),
            policy_number=row.policy_version,
            expires_at=row.expires_at,
            how=how_it_comes(policy, slug),
        )
        for slug, row in given.items()
    ]


def _ended(row: consent.ConsentEvent) -> str:
    return "expired" if row.kind == consent.Kind.EXPIRED else "withdrawn"


@dataclass(frozen=True, slots=True)
class Disclosure:
    recipient: str
    at: datetime
    fields: tuple[str, ...]
    purpose: str
    clause: str


def disclosed(
    operator_id: UUID, subject: UUID, language: str, *, at_once: int = 1000
) -> Iterator[list[Disclosure]]:
    """What really left the operator about this person, newest first and some at a time, as the
    journal has it."""
    policy = policies.in_force(operator_id)
    leaving = {str(each) for each in TRANSFER}
    after: UUID | None = None
    while rows := journal.entries(
        operator_id,
        subject=subject,
        kinds=("gate.permitted",),
        actions=leaving,
        after=after,
        limit=at_once,
        newest_first=True,
    ):
        yield [_disclosure(policy, each, language) for each in rows]
        after = rows[-1].id


def _disclosure(policy: Policy, row: journal.Row, language: str) -> Disclosure:
    recipient = str(row.data.get("recipient"))
    return Disclosure(
        recipient=words(policy.recipients[recipient].title, language)
        if recipient in policy.recipients
        else recipient,
        at=row.at,
        fields=tuple(
            words(policy.fields[slug].title, language)
            for slug in row.data.get("fields", ())
            if slug in policy.fields
        ),
        purpose=journal.named(row, "purpose", language),
        clause=row.clause,
    )


def disclosures(
    operator_id: UUID, subject: UUID, language: str, *, most: int = 1000
) -> list[Disclosure]:
    """The newest ``most`` of what ``disclosed`` gives."""
    return next(disclosed(operator_id, subject, language, at_once=most), [])


def possible_recipients(operator_id: UUID, subject: UUID) -> list[tuple[Recipient, str]]:
    """Whom the policy allows to receive data for a purpose this person's records serve, each with
    what it is to the operator."""
    policy = policies.in_force(operator_id)
    purposes = {slug for each in vault.records(operator_id, subject) for slug in each.purposes}
    return [
        (each, str(RECIPIENTS.get(each.role, each.role)))
        for each in policy.recipients.values()
        if purposes & set(each.purposes)
    ]


def words(texts: Mapping[str, str], language: str) -> str:
    """The text in the reader's language, else in any language there is."""
    return texts.get(language) or next(iter(texts.values()), "")
