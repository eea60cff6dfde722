"""Taking in what people send, and what they decide afterwards: each one transaction.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.entries import AWAITED, MOTIVES
from tutela.policy import actions as policies
from tutela.policy import postings
from tutela.policy.model import CollectionPoint, Policy, Promise
from tutela.requests import letters, moving, replies, turning_away
from tutela.requests.cases import open_case
from tutela.requests.entries import IdentifiersRevealed, OutcomeRecorded
from tutela.requests.errors import NoSuchForm, Refused
from tutela.requests.intake import LETTER, Intake, oneself
from tutela.requests.models import Submission
from tutela.requests.rules import check_submission, consents_asked
from tutela.requests.wording import RECORDED, REVEAL_REASONS
from tutela.vault import actions as vault

__all__ = [
    "Receipt",
    "collection_point",
    "decline",
    "extend",
    "go_on",
    "may_extend",
    "open_case",
    "pause",
    "record_outcome",
    "reveal",
    "submit",
    "today_of",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender takes away. ``token`` opens the page that shows what becomes of it."""

    subject: UUID
    about: UUID
    token: str
    repeated: bool = False


def today_of(policy: Policy) -> date:
    return clock.now().astimezone(ZoneInfo(policy.operator.time_zone)).date()


def collection_point(policy: Policy, slug: str) -> CollectionPoint:
    point = policy.points.get(slug)
    if point is None:
        raise NoSuchForm(
            _("There is no such form in the policy in force. Choose one from the list.")
        )
    return point


def submit(
    operator_id: UUID,
    point_slug: str,
    *,
    language: str,
    values: Mapping[str, str],
    accepted: Collection[str],
    idempotency: str,
    act: str = "",
    sender: Actor | None = None,
    files: Mapping[str, vault.Clean] | None = None,
    letter: str = "form-received",
    notice: str = "",
) -> Receipt:
    """Take a form in. Raises ``Incomplete`` (nothing stored), ``Refused`` or ``NoSuchForm``.

    ``idempotency`` is the form's own opaque nonce: the same one again returns the first receipt.
    ``act`` is how consent was given (``intake.MODES``); for a form on a page it follows from the
    form: ticked, or signed where the policy asks for a signed consent (004 3.10). ``sender`` is
    who brings the form, if it is not the person: an application, which the gate then judges.
    ``letter`` is the kind of letter that answers it, or empty for none.
    """
    if (earlier := _taken(idempotency)) is not None:
        return earlier
    policy = postings.in_force_at(operator_id, point_slug)
    point = collection_point(policy, point_slug)
    sent = files or {}
    clean, problems = check_submission(
        policy, point, values, accepted, today_of(policy), attached=sent, told=act != LETTER
    )
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)
    form = Intake(
        operator_id,
        policy,
        point,
        clean,
        tuple(slug for slug in consents_asked(policy, point) if slug in accepted),
        language,
        act or ("signed-form" if point.signed_consent else "tick"),
        idempotency,
        sender,
        sent,
        letter,
        notice=notice,
    )
    try:
        with transaction.atomic():
            subject = form.take_in()
    except Refused as refused:
        gate.remember(refused.refusal)
        raise
    except IntegrityError:  # the same form was sent at the same moment and has been taken in
        if (same := _taken(idempotency)) is None:
            raise
        return same
    return Receipt(subject, form.record, letters.receipt_token(form.record))


def _taken(idempotency: str) -> Receipt | None:
    """The receipt of the form that was taken in under this name, if there is one."""
    row = Submission.objects.filter(idempotency=idempotency).first()
    if row is None:
        return None
    return Receipt(row.subject_id, row.id, letters.receipt_token(row.id), repeated=True)


def decline(operator_id: UUID, point_slug: str, *, language: str) -> None:
    """A visitor says no: nothing but the refusal is kept (004 preamble, 2.7)."""
    collection_point(postings.in_force_at(operator_id, point_slug), point_slug)
    consent.refuse(operator_id, point_slug, language)


def withdraw(
    operator_id: UUID,
    subject: UUID,
    purposes: Collection[str] | None,
    *,
    language: str,
    channel: str = "portal",
    actor: Actor | None = None,
    confirmed: bool = True,
) -> Receipt:
    """Withdraw consent to ``purposes`` (None: to all). Processing stops in this transaction.

    What nobody has ``confirmed`` to be the person's word is answered by whoever took it in.
    """
    withdrawal = consent.withdraw(
        operator_id,
        subject,
        purposes,
        actor=actor or oneself(subject),
        channel=channel,
        confirmed=confirmed,
    )
    if confirmed and not withdrawal.repeated:
        letters.queue(operator_id, subject, "withdrawal-received", language, about=withdrawal.id)
    token = letters.receipt_token(withdrawal.id)
    return Receipt(subject, withdrawal.id, token, repeated=withdrawal.repeated)


def reveal(operator_id: UUID, subject: UUID, actor: Actor, reason: str) -> list[vault.Value]:
    """Every value held about a person that the member of staff may see, after saying why; what the
    role does not reach and what is blocked is left out and journalled as refused."""
    if reason not in REVEAL_REASONS:
        raise NotFound(_("Choose one of the reasons in the list."))
    policy = policies.in_force(operator_id)
    held = {field for fields in vault.holdings(operator_id, subject).values() for field in fields}
    leave = gate.permitted_fields(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose="oversight",
            fields=frozenset(held & policy.fields.keys()),
            actor=actor,
            reason=reason,
        )
    )
    if not isinstance(leave, Permit):
        raise Refused(leave)
    values = vault.read(leave)
    journal.append(
        operator_id,
        IdentifiersRevealed(
            subject=subject,
            actor=actor,
            action=Action.EXTRACTION,
            purpose="oversight",
            clause=leave.clause,
            reason=reason,
            automated=False,
            fields=tuple(sorted({value.field for value in values})),
        ),
    )
    return values


def record_outcome(operator_id: UUID, obligation: UUID, actor: Actor, outcome: str) -> None:
    """A member of staff says what was done; the obligation is discharged with that as evidence."""
    if outcome not in RECORDED:
        raise NotFound(_("Choose one of the outcomes in the list."))
    row = obligations.get(operator_id, obligation)
    entry_id = journal.append(
        operator_id,
        OutcomeRecorded(
            subject=row.subject_id,
            actor=actor,
            clause=row.clause,
            obligation=obligation,
            outcome=outcome,
            automated=False,
        ),
    )
    obligations.discharge(operator_id, obligation, {"outcome": outcome}, entry_id)
    replies.recorded(operator_id, row.cause, outcome, by=actor)


def may_extend(row: obligations.ObligationRow, promise: Promise) -> bool:
    """Whether the term can be made longer now: the policy allows it, once, and in time."""
    unused = row.extension is None and row.fallback_of is None
    return promise.extension is not None and unused and clock.now() < row.due_at


def extend(operator_id: UUID, obligation: UUID, actor: Actor, motive: str) -> None:
    """Make a term longer by what the policy allows, and tell the person why (004 9.10(b)).

    ``motive`` is one of ``MOTIVES``. Raises ``NoExtension`` where it is not allowed.
    """
    if motive not in MOTIVES:
        raise NotFound(_("Choose one of the reasons in the list."))
    row = obligations.get(operator_id, obligation)
    notice = None
    if row.subject_id is not None:
        language = identity.subject(operator_id, row.subject_id).language
        notice = letters.queue(
            operator_id, row.subject_id, "term-extended", language, about=obligation
        )
    longer = obligations.extend(operator_id, obligation, motive, notice=notice, actor=actor)
    moving.note_extension(operator_id, row.cause, longer)


def pause(operator_id: UUID, obligation: UUID, actor: Actor, awaited: str) -> None:
    """Let a clock stand still until the person has given what is ``awaited``, and ask for it by
    letter. Raises ``NoPause`` where the policy does not allow it.
    """
    if awaited not in AWAITED:
        raise NotFound(_("Choose what is awaited from the list."))
    row = obligations.get(operator_id, obligation)
    allowed = any(each.awaited == awaited for each in obligations.may_pause(row))
    notice = None
    if allowed and row.subject_id is not None:
        language = identity.subject(operator_id, row.subject_id).language
        notice = letters.queue(
            operator_id, row.subject_id, "term-paused", language, about=obligation
        )
    still = obligations.pause(operator_id, obligation, awaited, notice=notice, actor=actor)
    moving.follow(row, still)


def go_on(operator_id: UUID, obligation: UUID, actor: Actor) -> None:
    """What was awaited has come: the clock goes on. Raises ``NoPause`` if it runs."""
    row = obligations.get(operator_id, obligation)
    moving.follow(row, obligations.go_on(operator_id, obligation, actor=actor))
