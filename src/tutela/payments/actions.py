"""What an acquirer tells of a payment: checked, stripped to what is declared, sealed.

The caller has opened ``operator_scope``. Card data lives at the acquirer and nowhere else
(004 3.11): what is kept are the fields that the policy declares, and a message with a number of a
card in it is refused whole. Nothing of a message is ever logged.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.vocabulary import SYSTEM, Action
from tutela.gate import actions as gate
from tutela.identity.limits import QUARTER, Limit
from tutela.journal import actions as journal
from tutela.payments.cards import holds_card_number
from tutela.payments.entries import PaymentReceived, PaymentRefused
from tutela.payments.errors import NoAcquirer, NotTaken
from tutela.payments.wording import CARD, INCOMPLETE, NO_KEY, STALE, UNREADABLE, UNSIGNED
from tutela.policy import actions as policies
from tutela.policy.model import Acquirer, Policy
from tutela.requests.actions import today_of
from tutela.requests.errors import Refused
from tutela.requests.intake import Intake
from tutela.requests.models import Submission
from tutela.requests.rules import check_submission, consents_needed

FRESH = timedelta(minutes=5)
"""How far the moment of a message may be from ours: what is older may be somebody's copy."""
REFUSALS_PER_SOURCE = Limit("payments-per-source", 60, QUARTER, shared=600)
"""Messages that may be refused, so that nobody fills the journal with them."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came: its bytes, and what its headers say of moment and signature."""

    body: bytes
    moment: str
    signature: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """``record`` is None for a message that needs nothing kept (not a payment, or known)."""

    record: UUID | None
    repeated: bool = False


def acquirer(policy: Policy, slug: str) -> Acquirer:
    found = policy.acquirers.get(slug)
    if found is None:
        raise NoAcquirer(_("The policy in force names no such acquirer. Check the address."))
    return found


def sign(key: str, moment: str, body: bytes) -> str:
    """What an acquirer signs with: HMAC-SHA256 over the moment, a dot, and the bytes."""
    return hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def receive(operator_id: UUID, slug: str, message: Message, *, key: str = "") -> Taken:
    """Take one message in; telling the same twice keeps it once. ``key`` is the acquirer's, if it
    is not the one in the file of keys. Raises ``NotTaken``."""
    policy = policies.in_force(operator_id)
    known = acquirer(policy, slug)
    key = key or key_of(policy.operator.slug, known.slug)
    _check_signature(operator_id, policy, known, message, key)
    told = _read(operator_id, policy, known, message)
    if _at(told, known.state) not in known.paid:
        return Taken(None)
    name = _at(told, known.event)
    if not isinstance(name, str | int) or not str(name):
        raise _refusal(operator_id, policy, known, message, INCOMPLETE)
    once = sha256_hex(f"payment {slug} {name}".encode())
    if (earlier := Submission.objects.filter(idempotency=once).first()) is not None:
        return Taken(earlier.id, repeated=True)
    values = {field: _text(told, path) for field, path in known.fields.items()}
    point = policy.points[known.point]
    clean, problems = check_submission(
        policy, point, values, consents_needed(policy, point), today_of(policy)
    )
    if problems:
        raise _refusal(operator_id, policy, known, message, INCOMPLETE)
    form = Intake(operator_id, policy, point, clean, (), policy.original, "tick", once, SYSTEM)
    return _take_in(operator_id, policy, known, form, dropped=_leaves(told) - len(clean))


def _take_in(
    operator_id: UUID, policy: Policy, known: Acquirer, form: Intake, *, dropped: int
) -> Taken:
    try:
        with transaction.atomic():
            subject = form.take_in()
            said = PaymentReceived(
                subject=subject,
                action=Action.COLLECTION,
                purpose=form.point.purposes[0],
                clause=policy.clause_of("payment.acquiring"),
                policy_version=policy.number,
                record=form.record,
                acquirer=known.slug,
                dropped=max(0, dropped),
            )
            journal.append(operator_id, said)
    except Refused as refused:
        gate.remember(refused.refusal)
        raise
    except IntegrityError:  # the same message, told twice at one moment
        earlier = Submission.objects.get(idempotency=form.idempotency)
        return Taken(earlier.id, repeated=True)
    return Taken(form.record)


def _check_signature(
    operator_id: UUID, policy: Policy, known: Acquirer, message: Message, key: str
) -> None:
    if not key:
        raise _refusal(operator_id, policy, known, message, NO_KEY)
    right = sign(key, message.moment, message.body)
    if not hmac.compare_digest(right.encode(), message.signature.strip().lower().encode()):
        raise _refusal(operator_id, policy, known, message, UNSIGNED)
    try:
        sent = datetime.fromtimestamp(int(message.moment), UTC)
    except (ValueError, OverflowError, OSError):
        raise _refusal(operator_id, policy, known, message, STALE) from None
    if abs(clock.now() - sent) > FRESH:
        raise _refusal(operator_id, policy, known, message, STALE)


def _read(operator_id: UUID, policy: Policy, known: Acquirer, message: Message) -> Any:
    try:
        told = json.loads(message.body)
    except (ValueError, RecursionError):
        raise _refusal(operator_id, policy, known, message, UNREADABLE) from None
    if not isinstance(told, dict):
        raise _refusal(operator_id, policy, known, message, UNREADABLE)
    if holds_card_number(told):
        raise _refusal(operator_id, policy, known, message, CARD)
    return told


_SENTENCES = {NO_KEY: 401, UNSIGNED: 401, STALE: 401, CARD: 422, UNREADABLE: 422, INCOMPLETE: 422}


def _refusal(
    operator_id: UUID, policy: Policy, known: Acquirer, message: Message, reason: str
) -> NotTaken:
    REFUSALS_PER_SOURCE.demand(operator_id, message.source)
    said = PaymentRefused(
        clause=policy.clause_of("payment.acquiring"),
        policy_version=policy.number,
        acquirer=known.slug,
        reason=reason,
    )
    journal.append(operator_id, said)
    words = {
        NO_KEY: _("No key of this acquirer is known here. Put it into the file of keys."),
        UNSIGNED: _("The signature is not right. Sign the moment, a dot and the body."),
        STALE: _("The message is not of now. Sign it anew when you send it."),
        CARD: _("There is a number of a card in it; nothing was kept. Send none."),
        UNREADABLE: _("This is no JSON object. Nothing was kept."),
        INCOMPLETE: _("What the policy declares is not in it. Nothing was kept."),
    }
    return NotTaken(words[reason], reason, _SENTENCES[reason])


def key_of(operator: str, slug: str) -> str:
    """The key that an acquirer signs with, from the file of keys; empty if there is none."""
    path = Path(settings.TUTELA_ACQUIRER_KEYS or Path(settings.TUTELA_HOME) / "acquirer-keys")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    pairs = (line.split(maxsplit=1) for line in lines if line.strip() and line[0] != "#")
    name = f"{operator}/{slug}"
    return next((each[1].strip() for each in pairs if each[0] == name and each[1:]), "")


def _at(told: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(told, dict):
            return None
        told = told.get(name)
    return told


def _text(told: Any, path: str) -> str:
    value = _at(told, path)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _leaves(told: Any) -> int:
    if isinstance(told, dict):
        return sum(_leaves(each) for each in told.values())
    if isinstance(told, list):
        return sum(_leaves(each) for each in told)
    return 1
