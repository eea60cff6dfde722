"""The register of requests: opening one, moving it on, and ending it. Each is one transaction of
the caller, who has opened ``operator_scope``.

Whatever brings a request in (a page, a mail, an application, paper) calls ``open_case``. A fact
that another room states by itself, such as a withdrawal, is registered too (``hear``), so that no
request is without its row.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound, TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db import swift
from tutela.identity import actions as identity
from tutela.identity.errors import UnknownSubject
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.models import NOBODY
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.terms import Term, compute
from tutela.requests import clocks, handlers, letters
from tutela.requests.entries import RequestMoved, RequestOpened
from tutela.requests.kinds import BY_EVENT, ENDED, KINDS, Asker, Kind, Proof, State
from tutela.requests.models import Case

CHANNELS = ("form", "mail", "portal", "app", "api", "paper", "oral", "authority", "drp", "system")
"""Through what a request came."""
RECEIPTED = frozenset({"portal", "app", "api", "paper", "oral", "drp"})
"""Those after which the person gets a receipt from here; forms and mails send their own."""
"""How long after the first request the next one counts as early (004 2.11/b4)."""
_LOCK = 0x7265_7175
"""Requests of one operator get their numbers one after another."""


class NotPossible(TutelaError):
    """The request is not where this could be done; the message says what can be."""

    status = 409


class NoSuchCase(NotFound):
    """There is no such request at this operator."""


def open_case(  # noqa: PLR0917 - who asks what, how, about whom: the words of every intake
    operator_id: UUID,
    kind: str,
    channel: str,
    subject: UUID | None,
    record: UUID | None = None,
    received_at: datetime | None = None,
    *,
    asker: str = Asker.SUBJECT,
    ground: str = "",
    language: str = "",
    justified: bool = False,
    court_until: date | None = None,
    cause: UUID | None = None,
    actor: Actor = SYSTEM,
) -> UUID:
    """Register a request and start its clocks at ``received_at``; its identifier.

    ``record`` is the sealed original. The same ``cause`` (without one: the same record) is the
    same request: it is registered once, and a later call that knows better what it is about
    names its kind. ``subject`` is None as long as nobody knows whom it is about. ``court_until``
    is the last day that a court has set. Blocking begins in this transaction.
    """
    known = KINDS.get(kind)
    if known is None or channel not in CHANNELS or asker not in set(known.who):
        raise NotPossible(_("Choose a kind of request, who asks and how it came, from the lists."))
    if ground and ground not in known.by_ground:
        raise NotPossible(_("Choose one of the grounds in the list."))
    if cause is None:
        cause = record or new_id()
    found, number = _one_at_a_time(operator_id, cause)
    if found is not None:
        _known_better(found, known, ground, (channel, asker, record), actor)
        return found.id
    at, event = received_at or clock.now(), known.event_for(ground)
    policy = policies.in_force(operator_id)
    row = _new(policy, operator_id, subject, known, at, event=event, court_until=court_until)
    row.id, row.channel, row.asker, row.record = cause, channel, asker, record
    row.ground, row.justified = ground, justified
    row.language = language or _language(operator_id, subject, policy)
    row.repeat_of = _earlier(operator_id, subject, known, at)
    row.state, row.number = _first_state(known, subject, asker), number
    _insert(row, actor)
    start(operator_id, row, event)
    _confirm_receipt(row)
    return row.id


def _known_better(
    found: Case, kind: Kind, ground: str, came: tuple[str, str, UUID | None], actor: Actor
) -> None:
    """The same request again, from somebody who knows better how it came or what it is about."""
    channel, asker, record = came
    if found.channel == "system" and channel != "system":
        found.channel, found.asker, found.record = channel, asker, record
        save(found, "channel", "asker", "record")
    if found.kind != kind.slug:
        _rename(found, kind, ground, actor)


def _new(
    policy: Policy,
    operator_id: UUID,
    subject: UUID | None,
    kind: Kind,
    at: datetime,
    *,
    event: str,
    court_until: date | None = None,
) -> Case:
    dated = (
        clocks.court_clock(policy, court_until, at)
        if court_until
        else clocks.clock_for(policy, event, at)
    )
    return Case(
        operator_id=operator_id,
        subject_id=subject or NOBODY,
        kind=kind.slug,
        policy_number=policy.number,
        received_at=at,
        opened_at=clock.now(),
        due_at=dated.due.at,
        due_from=dated.source,
        due_reference=dated.reference,
        computation=dated.due.computation.to_json(),
    )


_ALONE = """
SELECT pg_advisory_xact_lock(%s, hashtext(%s));
SELECT (SELECT coalesce(max(number), 0) + 1 FROM requests_case WHERE operator_id = %s),
       EXISTS (SELECT FROM requests_case WHERE operator_id = %s AND id = %s)
"""
"""Two statements sent together: the second reads what is there once the lock is held."""


def _one_at_a_time(operator_id: UUID, cause: UUID) -> tuple[Case | None, int]:
    """Until the transaction ends, nobody else registers a request of this operator: each gets a
    number of its own, and what is stated twice at once is registered once. The request that this
    ``cause`` has already, if any, and the next number."""
    mine = (operator_id, operator_id, cause)
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [_LOCK, str(operator_id), *mine])
        cursor.nextset()
        number, known = cursor.fetchone()
    return (get(operator_id, cause) if known else None), number


def _insert(row: Case, actor: Actor) -> None:
    swift.add(row)
    journal.append(
        row.operator_id,
        RequestOpened(
            subject=subject_of(row),
            actor=actor,
            clause="" if row.due_from == clocks.LAW else row.due_reference,
            policy_version=row.policy_number,
            automated=actor == SYSTEM,
            request=row.id,
            kind_of_request=row.kind,
            channel=row.channel,
            asker=row.asker,
            received=row.received_at,
        ),
    )


def start(operator_id: UUID, row: Case, event: str) -> None:
    """Open what the policy promises for the event, and block at once where it promises that: from
    the moment of receipt (152-FZ article 21(1); 001 6.5, 004 9.6(a))."""
    subject = subject_of(row)
    opened = obligations.open_for(operator_id, subject, event, at=row.received_at, cause=row.id)
    if opened and all(each.outcome == "block" for each in opened):
        obligations.open_for(
            operator_id, subject, clocks.ANY_REQUEST, at=row.received_at, cause=row.id
        )
    now = clock.now()
    for each in opened:
        if each.outcome == "block" and each.standing and subject is not None:
            evidence = handlers.block(operator_id, each, now)
            obligations.discharge(operator_id, each.id, evidence)


def _confirm_receipt(row: Case) -> None:
    """The receipt that the person is sent; a form has sent its own."""
    subject = subject_of(row)
    own = row.asker != Asker.AUTHORITY
    if subject is not None and own and row.channel in RECEIPTED:
        letters.queue(row.operator_id, subject, "request-received", row.language, about=row.id)


def _language(operator_id: UUID, subject: UUID | None, policy: Policy) -> str:
    if subject is None:
        return policy.original
    try:
        return identity.subject(operator_id, subject).language
    except UnknownSubject:
        return policy.original


def _first_state(kind: Kind, subject: UUID | None, asker: str) -> State:
    if subject is not None or asker == Asker.AUTHORITY or kind.proof is Proof.NONE:
        return State.WORKING
    return State.PROVING


def _earlier(operator_id: UUID, subject: UUID | None, kind: Kind, at: datetime) -> UUID | None:
    """The last answered request of which this one may be a repeat: a repeat asks for information
    again, so it follows a request for access or another repeat."""
    if subject is None or kind.slug not in {"access", "repeat"}:
        return None
    rows = Case.objects.filter(
        operator_id=operator_id,
        subject_id=subject,
        kind__in=["access", "repeat"],
        received_at__lte=at,
    )
    return rows.order_by("-received_at").values_list("id", flat=True).first()


def is_early(operator_id: UUID, row: Case) -> bool:
    """Whether a repeat comes before the term that the policy sets after the first (004 2.11/b4).
    Where it sets none, no repeat is too early."""
    if row.repeat_of is None:
        return False
    first = get(operator_id, row.repeat_of)
    policy = policies.in_force(operator_id)
    bound = (each for each in policy.bindings if each.control == "request.repeat")
    term = next(
        (each.parameters["not_before"] for each in bound if each.parameters.get("not_before")), ""
    )
    if not term:
        return False
    return row.received_at < compute(Term.parse(str(term)), first.received_at, policy.calendar).at


def early_may_pass(operator_id: UUID, row: Case) -> bool:
    """An early repeat is answered if the first answer was not whole, with a reason given (004
    2.11/b5)."""
    if row.repeat_of is None:
        return True
    return row.justified and get(operator_id, row.repeat_of).complete is not True


_THERE = "SELECT FROM requests_case WHERE operator_id = %s AND id = %s"


def hear(fact: obligations.Fact) -> None:
    """Register what another room states: a form that is a claim, a withdrawal, a mail."""
    kind = BY_EVENT.get(fact.event)
    if kind is None:
        return
    policy = policies.in_force(fact.operator_id)
    if fact.event == "letter.received" and not list(policy.promises_on(fact.event)):
        return
    if swift.row(_THERE, (fact.operator_id, fact.cause)) is not None:
        return  # mostly the request that states the fact itself
    found, number = _one_at_a_time(fact.operator_id, fact.cause)
    if found is not None:
        return
    row = _new(policy, fact.operator_id, fact.subject_id, kind, fact.at, event=fact.event)
    row.id, row.channel, row.asker = fact.cause, "system", Asker.SUBJECT
    row.ground = next(
        (ground for ground, event in kind.by_ground.items() if event == fact.event), ""
    )
    row.language = _language(fact.operator_id, fact.subject_id, policy)
    row.state, row.number = State.WORKING, number
    _insert(row, SYSTEM)


def _rename(row: Case, kind: Kind, ground: str, actor: Actor) -> None:
    if row.state in ENDED:
        raise NotPossible(_("This request has ended; its kind stays what it was."))
    event = kind.event_for(ground)
    policy = policies.in_force(row.operator_id)
    dated = clocks.clock_for(policy, event, row.received_at)
    row.kind, row.ground = kind.slug, ground
    row.due_at, row.due_from, row.due_reference = dated.due.at, dated.source, dated.reference
    row.computation = dated.due.computation.to_json()
    row.repeat_of = _earlier_than(row, kind)
    save(row, "kind", "ground", "due_at", "due_from", "due_reference", "computation", "repeat_of")
    note_move(row, "renamed", actor)
    start(row.operator_id, row, event)


def _earlier_than(row: Case, kind: Kind) -> UUID | None:
    found = _earlier(row.operator_id, subject_of(row), kind, row.received_at)
    return None if found == row.id else found


def name_kind(operator_id: UUID, case: UUID, kind: str, ground: str, *, by: Actor) -> None:
    """Staff have read it and say what it is; its clocks are counted anew from the receipt."""
    known = KINDS.get(kind)
    if known is None or (ground and ground not in known.by_ground):
        raise NotPossible(_("Choose a kind of request and a ground from the lists."))
    _rename(locked(operator_id, case), known, ground, by)


def get(operator_id: UUID, case: UUID) -> Case:
    return _found(operator_id, case, "operator_id = %s AND id = %s")


def locked(operator_id: UUID, case: UUID) -> Case:
    return _found(operator_id, case, "operator_id = %s AND id = %s FOR UPDATE")


def _found(operator_id: UUID, case: UUID, where: str) -> Case:
    for each in swift.found(Case, where, (operator_id, case)):
        return each
    raise NoSuchCase(_("There is no such request. Open it from the list."))


def subject_of(row: Case) -> UUID | None:
    return None if row.subject_id == NOBODY else row.subject_id


def listing(
    operator_id: UUID,
    *,
    kind: str = "",
    state: str = "",
    assignee: str = "",
    subject: UUID | None = None,
    standing: bool | None = None,
) -> QuerySet[Case]:
    """Requests by their due date; ``standing`` keeps those that wait, or those that ended."""
    rows = Case.objects.filter(operator_id=operator_id)
    chosen = Q()
    if kind:
        chosen &= Q(kind=kind)
    if state:
        chosen &= Q(state=state)
    if assignee:
        chosen &= Q(assignee="" if assignee == "nobody" else assignee)
    if subject is not None:
        chosen &= Q(subject_id=subject)
    if standing is not None:
        chosen &= Q(ended_at__isnull=standing)
    return rows.filter(chosen).order_by("due_at", "id")


def waiting_for_staff(operator_id: UUID, now: datetime) -> QuerySet[Case]:
    """What waits for staff, by its due date: without what the system does by itself and has
    time for."""
    alone = [each.slug for each in KINDS.values() if each.by_itself]
    by_itself = Q(kind__in=alone, state=State.WORKING, due_at__gt=now)
    return listing(operator_id, standing=True).exclude(by_itself)


def note_move(row: Case, why: str, actor: Actor) -> None:
    journal.append(
        row.operator_id,
        RequestMoved(
            subject=subject_of(row),
            actor=actor,
            automated=actor == SYSTEM,
            request=row.id,
            kind_of_request=row.kind,
            step=why,
        ),
    )


def save(row: Case, *fields: str) -> None:
    swift.change(row, *fields, by=("operator_id", "id"))


obligations.LISTENERS.register("requests.cases", hear)
