"""Telling processors, reminding them, and saying who is overdue: rows that are swept.

A letter goes to the declared address, a message to the declared server; what finds the person
exists only between the permit and the mail server or the processor's. No transaction is open while
somebody else's server is waited for: the row is leased, the message leaves, and then the row says
so. A process that dies in between sends the same again when the lease is over, under the same
number, by which whoever gets it knows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from tutela.core.outgoing import fetch
from tutela.core.vocabulary import SYSTEM
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Field, Policy, Purpose, Recipient
from tutela.policy.terms import compute
from tutela.processors import parcels
from tutela.processors.entries import ProcessorNotTold, ProcessorOverdue, ProcessorTold
from tutela.processors.models import Command

FORMAT = "tutela/processor-command/1"
RETRY_AFTER = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=24)
LEASE = timedelta(minutes=5)
"""For how long a row belongs to the process that sends its message."""
PATIENCE, LARGEST = 10, 4096
"""Seconds for an answer of a processor's server, and bytes of it that are read."""
_LINKS = signing.Signer(salt="tutela.processors.command", sep="~")


def token_of(command: UUID) -> str:
    """The unguessable end of the address at which the processor answers; derived, never kept."""
    return _LINKS.sign(command.hex)


def read_token(token: str) -> UUID | None:
    try:
        return UUID(hex=_LINKS.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def sweep(operator_id: UUID, now: datetime) -> int:
    """Tell and remind whom it is time to; how many rows moved on. Call it outside of any
    transaction: what is sent is made ready in one, sent in none, and noted in another."""
    done = 0
    while True:
        with operator_scope(operator_id):
            row = (
                Command.objects.select_for_update(skip_locked=True)
                .filter(operator_id=operator_id, acknowledged_at=None, next_at__lte=now)
                .order_by("next_at", "id")
                .first()
            )
            if row is None:
                return done
            ready = _look(row, now)
        done += 1
        if ready is not None:
            failed = ready.send()
            with operator_scope(operator_id):
                _note(ready, failed, now)


_NEXT = """
SELECT min(next_at) FROM processors_command
WHERE operator_id = %s AND acknowledged_at IS NULL AND next_at > %s
"""


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is to leave, once no transaction is open; ``send`` gives the slug of a failure or "".
    The row is leased until ``lease``: who has died meanwhile is followed by the next sweep."""

    operator: UUID
    command: UUID
    lease: datetime
    send: Callable[[], str]


def _look(row: Command, now: datetime) -> _Ready | None:
    policy = policies.in_force(row.operator_id)
    if row.due_at is not None and row.due_at <= now and row.overdue_at is None:
        row.overdue_at = now
        journal.append(row.operator_id, ProcessorOverdue(**_said(row)))
    ready = None
    if row.by != "hand" and _its_time(row, policy, now):
        ready = _ready(row, policy, now)
    row.next_at = ready.lease if ready else _next(row, policy, now)
    row.save(force_update=True)
    return ready


def _next(row: Command, policy: Policy, now: datetime) -> datetime | None:
    """When the row is looked at again, if nothing failed."""
    moments = (_reminder(row, policy), None if row.overdue_at else row.due_at)
    return min((each for each in moments if each is not None and each > now), default=None)


def _ready(row: Command, policy: Policy, now: datetime) -> _Ready:
    known = policy.recipients.get(row.recipient)
    send: Callable[[], str] = _undeclared
    if known is not None and known.ending.by == row.by:
        send = _MADE_READY[row.by](row, policy, known)
    return _Ready(row.operator_id, row.id, now + LEASE, send)


def _undeclared() -> str:
    return "no-longer-declared"


def _its_time(row: Command, policy: Policy, now: datetime) -> bool:
    """It was never told, failed and is tried again, or has to be reminded."""
    reminder = _reminder(row, policy)
    return row.told_at is None or bool(row.failure) or bool(reminder and reminder <= now)


def _reminder(row: Command, policy: Policy) -> datetime | None:
    """When it is reminded next: counted by the operator's calendar from the last letter."""
    known = policy.recipients.get(row.recipient)
    term = known.ending.remind if known else None
    if row.told_at is None or term is None or row.by == "hand":
        return None
    return compute(term, row.told_at, policy.calendar).at


def _note(ready: _Ready, failed: str, now: datetime) -> None:
    """Note what became of it, unless another process has taken the row over meanwhile; a processor
    may have answered before its own message was noted as sent."""
    rows = Command.objects.select_for_update()
    row = rows.get(operator_id=ready.operator, id=ready.command)
    if row.acknowledged_at is None and row.next_at != ready.lease:
        return
    policy = policies.in_force(row.operator_id)
    if failed:
        row.attempts, row.failure = row.attempts + 1, failed
        said = ProcessorNotTold(**_said(row), attempts=row.attempts, why=failed)
        journal.append(row.operator_id, said)
        pause: timedelta = RETRY_AFTER * 2 ** min(row.attempts, 12)
        again = [now + min(pause, LONGEST_PAUSE), None if row.overdue_at else row.due_at]
        row.next_at = min(each for each in again if each is not None and each > now)
    else:
        row.reminders += row.told_at is not None
        row.told_at, row.told_by, row.failure = now, SYSTEM.id, ""
        said_told = ProcessorTold(**_said(row), by=row.by, reminder=row.reminders)
        journal.append(row.operator_id, said_told)
        row.next_at = _next(row, policy, now)
    if row.acknowledged_at is not None:
        row.next_at = None
    row.save(force_update=True)


def _said(row: Command) -> dict[str, Any]:
    return {
        "subject": row.subject_id,
        "clause": row.clause,
        "policy_version": row.policy_version,
        "command": row.id,
        "recipient": row.recipient,
    }


def _finding(row: Command) -> Mapping[str, Sequence[str]]:
    return parcels.unseal(row.operator_id, row.parcel, row.recipient, SYSTEM) if row.parcel else {}


def _by_mail(row: Command, policy: Policy, known: Recipient) -> Callable[[], str]:
    language, sender = known.ending.language, policy.operator.email
    with translation.override(language), timezone.override(ZoneInfo(policy.operator.time_zone)):
        text = render_to_string("processors/command.txt", _letter(row, policy, known))
    subject, _, body = text.strip().partition("\n")
    message = EmailMessage(
        subject=subject.strip(),
        body=body.strip() + "\n",
        from_email=sender,
        to=[known.ending.address],
        headers={
            "Message-ID": f"<{row.id}.{row.reminders}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    return partial(_mailed, message)


def _mailed(message: EmailMessage) -> str:
    try:
        message.send()
    except (OSError, SMTPException):
        return "mail-refused"
    return ""


def _letter(row: Command, policy: Policy, known: Recipient) -> dict[str, object]:
    language = known.ending.language
    found = _finding(row)
    named = titles(policy.fields, found, language)
    finding = {title: ", ".join(texts) for title, texts in zip(named, found.values(), strict=True)}
    return {
        "brand": policy.operator.brand,
        "legal_name": policy.operator.legal_name,
        "email": policy.operator.email,
        "handle": row.id,
        "reminder": row.told_at is not None,
        "fields": titles(policy.fields, row.fields, language),
        "purposes": titles(policy.purposes, row.purposes, language),
        "finding": finding,
        "due_at": row.due_at,
        "clause": row.clause,
        "link": address(policy, row.id, language),
    }


def titles(
    declared: Mapping[str, Field] | Mapping[str, Purpose], slugs: Iterable[str], language: str
) -> list[str]:
    """What the policy calls them; a slug that it no longer declares stands for itself."""
    return [
        declared[each].title.get(language, each) if each in declared else each for each in slugs
    ]


def _by_webhook(row: Command, policy: Policy, known: Recipient) -> Callable[[], str]:
    turn = row.reminders + 1 if row.told_at else 0
    said = {
        "format": FORMAT,
        "command": row.id,
        "operator": policy.operator.slug,
        "order": "destroy",
        "fields": row.fields,
        "purposes": row.purposes,
        "find": dict(_finding(row)),
        "opened_at": row.opened_at,
        "due_at": row.due_at,
        "reminder": turn,
        "answer": address(policy, row.id, known.ending.language),
    }
    signed = journal.sign_document(row.operator_id, said)
    if settings.MESSAGES_AS_LETTERS:
        return partial(_mailed, _as_letter(policy, known, signed))
    body = json.dumps(signed, ensure_ascii=False)
    asked = Request(  # noqa: S310 - the policy's address, https or this very machine
        known.ending.address,
        body.encode(),
        {"Content-Type": "application/json", "Idempotency-Key": f"{row.id}.{turn}"},
    )
    return partial(_posted, asked)


def _posted(asked: Request) -> str:
    try:
        fetch(asked, patience=PATIENCE, largest=LARGEST)
    except HTTPError:
        return "server-refused"
    except (OSError, ValueError):
        return "unreachable"
    return ""


def _as_letter(policy: Policy, known: Recipient, signed: Mapping[str, object]) -> EmailMessage:
    """In a demonstration or a rehearsal: what the server would have got, among the letters."""
    place = known.ending.address
    text = json.dumps(signed, ensure_ascii=False, indent=2)
    to = f"{known.slug}@{urlsplit(place).hostname}"
    return EmailMessage(f"POST {place}", text, policy.operator.email, [to])


_MADE_READY = {"mail": _by_mail, "webhook": _by_webhook}


def address(policy: Policy, command: UUID, language: str) -> str:
    where = {"language": language, "operator": policy.operator.slug, "token": token_of(command)}
    return f"{settings.TUTELA_PUBLIC_URL}{reverse('processor-answer', kwargs=where)}"
