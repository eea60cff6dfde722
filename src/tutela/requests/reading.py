"""What a person, or an officer, is shown about one subject: gathered from every room.

Reading values goes through the gate like everything else; the rest (dates, states, clauses) is
no personal data and needs no permit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent.wording import MODES, how_it_comes, title_of
from tutela.core import clock
from tutela.core.vocabulary import TRANSFER
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Recipient
from tutela.policy.terms import Computation
from tutela.policy.wording import EVENTS
from tutela.requests.acts import ActShown
from tutela.requests.acts import shown as act_shown
from tutela.requests.case_wording import PLAINLY
from tutela.requests.kinds import KINDS, Asker
from tutela.requests.models import Case, Submission
from tutela.requests.promises import PromiseShown, by_when, shown, waits
from tutela.requests.wording import RECIPIENTS, SOURCES, STATUSES, WRITTEN
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import BY_NAME
from tutela.web import dates


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


def records(
    operator_id: UUID,
    subject: UUID,
    language: str,
    held: Iterable[vault.RecordRow] | None = None,
) -> list[RecordShown]:
    """When each record of a person ends, oldest first; of those ``held`` if they are at hand."""
    policy = policies.in_force(operator_id)
    found = vault.records(operator_id, subject) if held is None else held
    kept = {each.id: each for each in found}
    return [
        RecordShown(
            point=point_title(policy, kept[end.record].point, language),
            received_at=kept[end.record].received_at,
            ends=end_day(end),
            until=str(EVENTS.get(end.until, end.until)),
            counted=end.counted(language),
            clause=end.clause,
        )
        for end in retention.ends(operator_id, subject, kept.values())
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
    counted: str = ""
    waits: str = ""
    late: bool = False
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
        if row.id not in known and row.asker != Asker.AUTHORITY
    ]
    made = [_with_case(each, cases.get(each.about), language) for each in made]
    return sorted(made, key=lambda each: each.at, reverse=True)


def _with_case(request: Request, case: Case | None, language: str) -> Request:
    """What the register says of the request: where it stands in plain words, and by which day;
    how that was counted, where no promise of the policy says it."""
    if case is None:
        return request
    stands = str(PLAINLY[case.state])
    if case.ended_at is not None:
        return replace(request, stands=stands, number=case.number)
    computation = Computation.from_json(case.computation)
    return replace(
        request,
        stands=stands,
        by=by_when(computation),
        counted="" if request.promises else computation.explain(language),
        waits="" if request.promises else waits(computation, clock.now()),
        late=clock.now() >= case.due_at,
        number=case.number,
    )


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
        kinds=("gate.permitted", "official.given"),
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


def possible_recipients(
    operator_id: UUID, subject: UUID, held: Iterable[vault.RecordRow] | None = None
) -> list[tuple[Recipient, str]]:
    """Whom the policy allows to receive data for a purpose this person's records serve, each with
    what it is to the operator; ``held`` are those records if they are at hand."""
    policy = policies.in_force(operator_id)
    found = vault.records(operator_id, subject) if held is None else held
    purposes = {slug for each in found for slug in each.purposes}
    return [
        (each, str(RECIPIENTS.get(each.role, each.role)))
        for each in policy.recipients.values()
        if purposes & set(each.purposes)
    ]


def words(texts: Mapping[str, str], language: str) -> str:
    """The text in the reader's language, else in any language there is."""
    return texts.get(language) or next(iter(texts.values()), "")
