"""Letters to subjects. What a letter needs is fetched, through the gate, when it is sent.

A queued letter names its kind and an opaque cause. The address, the sign-in link and the text
exist only between the gate's permit and the mail server. A process that dies after the server
took the mail and before the row was marked sends it again with the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.registry import Registry
from tutela.core.vocabulary import SYSTEM, Action, Right
from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.identity import authorities
from tutela.identity.wording import RELATIONS, RIGHTS
from tutela.journal import actions as journal
from tutela.journal.naming import last
from tutela.obligations import actions as obligations
from tutela.obligations.entries import MOTIVES
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import promises
from tutela.requests.entries import LetterSent, LetterUndeliverable
from tutela.requests.models import Letter
from tutela.requests.wording import WANTED
from tutela.vault import actions as vault

KINDS: Registry[str] = Registry("kind of letter")
"""Kind of letter to its template under ``requests/letters/``; the first line is the subject."""
for _kind in (
    "sign-in",
    "form-received",
    "withdrawal-received",
    "term-extended",
    "term-paused",
    "official-request",
    "authority-confirmed",
    "request-received",
    "request-reply",
):
    KINDS.register(_kind, f"requests/letters/{_kind}.txt")

MORE: Registry[Callable[[UUID, Letter], dict[str, object]]] = Registry("context of a letter")
"""What a kind of letter of a room above says besides the usual; by kind."""


MOST_ATTEMPTS = 6
RETRY_AFTER = timedelta(minutes=1)
LONGEST_PAUSE = RETRY_AFTER * 2**MOST_ATTEMPTS
"""A moment to try again that is further away was set by a clock that has since been put back."""
_RECEIPTS = signing.Signer(salt="tutela.requests.receipt", sep="~")


def receipt_token(about: UUID) -> str:
    """An unguessable address for one submission or withdrawal; derived, so nothing is kept."""
    return _RECEIPTS.sign(about.hex)


def read_receipt(token: str) -> UUID:
    """What a receipt address is about. Raises ``NotFound`` for one that we did not make."""
    try:
        return UUID(hex=_RECEIPTS.unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotFound(
            gettext("This receipt address is not complete. Copy it again from the letter.")
        ) from None


def queue(
    operator_id: UUID, subject: UUID, kind: str, language: str, *, about: UUID | None = None
) -> UUID:
    """Promise a letter, in the caller's transaction."""
    letter = Letter(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        kind=kind,
        language=language,
        about=about,
        queued_at=clock.now(),
    )
    swift.add(letter)
    return letter.id


QUEUED = f"""
EXISTS (SELECT FROM requests_letter WHERE operator_id = %(operator)s
        AND state = 'queued' AND attempts < {MOST_ATTEMPTS}
        AND (retry_at IS NULL OR retry_at <= %(now)s
             OR retry_at > %(now)s + interval '{LONGEST_PAUSE.total_seconds()} seconds'))
"""
"""Whether ``send_queued`` has anything to do, as a condition in SQL."""


def send_queued(operator_id: UUID) -> int:
    """Send what waits, one letter a transaction; returns how many left. Safe in parallel."""
    sent = 0
    while True:
        with operator_scope(operator_id):
            now = clock.now()
            due = Q(retry_at=None) | Q(retry_at__lte=now) | Q(retry_at__gt=now + LONGEST_PAUSE)
            letter = (
                Letter.objects.select_for_update(skip_locked=True)
                .filter(state=Letter.State.QUEUED, attempts__lt=MOST_ATTEMPTS)
                .filter(due)
                .order_by("queued_at")
                .first()
            )
            if letter is None:
                return sent
            sent += _send(operator_id, letter)


_NEXT = """
SELECT min(retry_at) FROM requests_letter
WHERE operator_id = %s AND state = 'queued' AND retry_at > %s
"""


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    """When a letter that could not be sent is tried again; called in the operator's scope."""
    found = swift.row(_NEXT, (operator_id, after))
    return found[0] if found else None


def _send(operator_id: UUID, letter: Letter) -> bool:
    address, reason = _address(operator_id, letter.subject_id)
    if not address:
        return _give_up(operator_id, letter, reason)
    try:
        _message(operator_id, letter, address).send()
    except (OSError, SMTPException) as failure:
        letter.attempts += 1
        letter.retry_at = clock.now() + RETRY_AFTER * 2**letter.attempts
        letter.save(update_fields=["attempts", "retry_at"])
        if letter.attempts >= MOST_ATTEMPTS:
            return _give_up(operator_id, letter, type(failure).__name__.lower())
        return False
    Letter.objects.filter(id=letter.id).update(state=Letter.State.SENT, sent_at=clock.now())
    journal.append(
        operator_id,
        LetterSent(
            subject=letter.subject_id,
            action=Action.USE,
            purpose="service-letter",
            letter=letter.id,
            kind_of_letter=letter.kind,
        ),
    )
    return True


def came_back(operator_id: UUID, letter_id: UUID) -> bool:
    """A mail server reports that it could not deliver a letter; False if it is none of ours."""
    letter = Letter.objects.filter(operator_id=operator_id, id=letter_id).first()
    if letter is None or letter.state != Letter.State.SENT:
        return False
    _give_up(operator_id, letter, "returned")
    return True


def _give_up(operator_id: UUID, letter: Letter, reason: str) -> bool:
    Letter.objects.filter(id=letter.id).update(state=Letter.State.UNDELIVERABLE)
    journal.append(
        operator_id,
        LetterUndeliverable(
            subject=letter.subject_id,
            purpose="service-letter",
            letter=letter.id,
            kind_of_letter=letter.kind,
            reason=reason,
        ),
    )
    return False


def _address(operator_id: UUID, subject: UUID) -> tuple[str, str]:
    """The subject's e-mail address, or an empty one and the slug of the reason."""
    policy = policies.in_force(operator_id)
    fields = frozenset(slug for slug, each in policy.fields.items() if each.type == "email")
    decision = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.USE,
            purpose="service-letter",
            fields=fields,
            actor=SYSTEM,
        )
    )
    if not isinstance(decision, Permit):
        return "", decision.reason
    values = [each for each in vault.read(decision) if policy.fields[each.field].identifies]
    if not values:
        return "", "no-address"
    return max(values, key=lambda each: each.received_at).value, ""


def _message(operator_id: UUID, letter: Letter, address: str) -> EmailMessage:
    policy = policies.in_force(operator_id)
    zone = ZoneInfo(policy.operator.time_zone)
    with translation.override(letter.language), timezone.override(zone):
        text = render_to_string(KINDS[letter.kind], _context(operator_id, policy, letter))
    subject, _, body = text.strip().partition("\n")
    sender = policy.operator.email
    return EmailMessage(
        subject=subject.strip(),
        body=body.strip() + "\n",
        from_email=sender,
        to=[address],
        headers={
            "Message-ID": f"<{letter.id}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _context(operator_id: UUID, policy: Policy, letter: Letter) -> dict[str, object]:
    context: dict[str, object] = {"brand": policy.operator.brand, "email": policy.operator.email}
    context["portal"] = link("my-data", policy, letter)
    if letter.kind == "sign-in":
        token = identity.issue_sign_in(operator_id, letter.subject_id)
        context["link"] = link("sign-in-open", policy, letter, token=token)
    elif letter.kind == "authority-confirmed" and letter.about is not None:
        authority = authorities.get(operator_id, letter.about)
        context["relation"] = RELATIONS[authority.relation]
        context["rights"] = ", ".join(str(RIGHTS[Right(each)]) for each in authority.rights)
        context["link"] = link("my-representatives", policy, letter)
    elif letter.kind == "term-extended" and letter.about is not None:
        row = obligations.get(operator_id, letter.about)
        context["promise"] = promises.shown(row, letter.language)
        context["motive"] = MOTIVES.get((row.extension or {}).get("reason", ""), "")
        context["clause"] = row.clause
        context["link"] = link("receipt", policy, letter, token=receipt_token(row.cause))
    elif letter.kind == "term-paused" and letter.about is not None:
        row = obligations.get(operator_id, letter.about)
        still = next(each for each in row.pauses if each["notice"] == str(letter.id))
        context["promise"] = promises.shown(row, letter.language)
        context["wanted"] = WANTED[still["why"]]
        context["until"] = last(datetime.fromisoformat(still["ends"]))
        context["clause"] = still["clause"]
        context["link"] = link("receipt", policy, letter, token=receipt_token(row.cause))
    elif letter.kind == "official-request" and letter.about is not None:
        context["clause"] = policy.clause_of("disclosure.government")
        context["link"] = link("my-history", policy, letter)
    elif letter.about is not None:
        started = obligations.listing(operator_id, cause=letter.about)
        context["steps"] = _steps(promises.shown(each, letter.language) for each in started)
        context["link"] = link("receipt", policy, letter, token=receipt_token(letter.about))
    if letter.kind in MORE:
        context |= MORE[letter.kind](operator_id, letter)
    return context


def _steps(started: Iterable[promises.PromiseShown]) -> list[str]:
    """What is done and what is ahead, each once; a date ahead says how it was counted."""
    lines = [
        f"{each.step}. {each.counted}" if each.standing else f"{each.step}." for each in started
    ]
    return list(dict.fromkeys(lines))


def link(name: str, policy: Policy, letter: Letter, **parameters: str) -> str:
    where = {"language": letter.language, "operator": policy.operator.slug, **parameters}
    return f"{settings.TUTELA_PUBLIC_URL}{reverse(name, kwargs=where)}"
