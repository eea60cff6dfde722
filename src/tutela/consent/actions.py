"""What this room offers: giving, refusing, withdrawing and showing consents.

Everything here runs inside ``operator_scope(operator_id)``; ``ending.expire`` alone opens its
own. The standing, by which the gate decides, changes in the same transaction as the evidence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tutela.consent import entries, rules
from tutela.consent.errors import (
    NoConsentAsked,
    NothingToWithdraw,
    NotOffered,
    UnknownMode,
)
from tutela.consent.events import ConsentEvent, Over, facts, history
from tutela.consent.giving import Given, How, write
from tutela.consent.guarding import by_guardian, find_unguarded
from tutela.consent.models import Event, Refusal, WithdrawalRow
from tutela.consent.rules import CONDUCT, Kind, Mode
from tutela.consent.texts import ConsentText, text, text_by_hash
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import VISITOR, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.standing import ConsentState, Standing
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy import postings
from tutela.policy.model import Policy
from tutela.policy.model.consenting import ConsentTerms
from tutela.policy.terms import compute
from tutela.vault import actions as vault

__all__ = [
    "ConsentEvent",
    "ConsentText",
    "Kind",
    "Mode",
    "NoConsentAsked",
    "NotOffered",
    "NothingToWithdraw",
    "UnknownMode",
    "Withdrawal",
    "confirm",
    "consented_records",
    "counts",
    "give",
    "history",
    "live",
    "refuse",
    "text",
    "text_by_hash",
    "withdraw",
    "withdrawal",
    "withdrawals",
]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``remaining`` are the grounds that still allow some processing. ``repeated`` says that there
    was nothing left to withdraw and this is the earlier one."""

    id: UUID
    subject_id: UUID
    purposes: tuple[str, ...]
    at: datetime
    channel: str
    remaining: tuple[str, ...]
    obligations: tuple[obligations.ObligationRow, ...]
    repeated: bool = False


def give(
    operator_id: UUID,
    subject: UUID,
    purposes: Collection[str],
    *,
    act: str,
    point: str,
    language: str,
    mode: str,
    record: UUID | None = None,
    expires_at: datetime | None = None,
    actor: Actor | None = None,
) -> list[ConsentEvent]:
    """Record a consent to each of ``purposes`` before anything is stored for them.

    Kept are the exact text by its hash, its language and version, the act, the moment and the
    form (004 2.4, 2.6). An unticked box calls nothing here and so leaves no row. ``record`` is
    the form that came with it; ``expires_at`` ends it by itself (004 8.2(b), 8.5(a)). ``point``
    is empty where no form was involved. Raises ``NoConsentAsked``, ``NotOffered`` and
    ``UnknownMode``, and then records nothing.
    """
    policy, now = postings.in_force_at(operator_id, point), clock.now()
    _check(policy, point, purposes, mode, act)
    given = [
        Given(slug, text(policy, slug, language), _end(policy, slug, now, expires_at))
        for slug in purposes
    ]
    how = How(act=act, mode=mode, point=point, language=language, record=record)
    by = actor or Actor(ActorKind.SUBJECT, str(subject))
    return write(operator_id, subject, policy, given, how=how, actor=by)


def _end(policy: Policy, purpose: str, now: datetime, wanted: datetime | None) -> datetime | None:
    """The end of the consent: the individual one if it comes first, else the policy's own term
    counted from now (000 8/b1(d)). What is counted from an event has no end before it."""
    terms = policy.purposes[purpose].consent if purpose in policy.purposes else ConsentTerms()
    if terms.lasts is None or terms.after:
        return wanted
    ends = compute(terms.lasts, now, policy.calendar).at
    return ends if wanted is None else min(ends, wanted)


def _check(policy: Policy, point: str, purposes: Collection[str], mode: str, act: str) -> None:
    if mode not in set(Mode):
        raise UnknownMode(f"Record the consent as one of: {', '.join(Mode)}.")
    if mode in CONDUCT and not rules.conduct_counts(policy, act):
        raise UnknownMode(_("This policy asks for an explicit act; conduct is no consent here."))
    for slug in purposes:
        if slug in policy.purposes and not policy.purposes[slug].consent.takes(mode):
            raise UnknownMode(_("The policy takes no consent to this purpose by such an act."))
    if point and not rules.offered(policy, point, purposes):
        raise NotOffered("This form does not offer that purpose; ask where it is offered.")


def refuse(operator_id: UUID, point: str, language: str) -> UUID:
    """A visitor declined at ``point``: the refusal is kept and nothing else (004 2.7)."""
    policy = postings.in_force_at(operator_id, point)
    row = Refusal.objects.create(
        operator_id=operator_id,
        id=new_id(),
        point=point,
        language=language,
        policy_version=policy.number,
        at=clock.now(),
    )
    journal.append(
        operator_id,
        entries.ConsentRefused(
            actor=VISITOR,
            clause=policy.clause_of("consent.refuse"),
            automated=False,
            policy_version=policy.number,
            point=point,
            language=language,
        ),
    )
    return row.id


def live(operator_id: UUID, subject: UUID) -> dict[str, ConsentEvent]:
    """By purpose, the consents that are in force now, as they were given."""
    now = clock.now()
    states = gate.standing(operator_id, subject).consents
    current = {purpose for purpose, state in states.items() if state.live(now)}
    found: dict[str, ConsentEvent] = {}
    for event in history(operator_id, subject):
        if event.kind == Kind.GIVEN and event.purpose in current:
            found.setdefault(event.purpose, event)
    return found


def withdraw(
    operator_id: UUID,
    subject: UUID,
    purposes: Collection[str] | None = None,
    *,
    actor: Actor,
    channel: str,
    confirmed: bool = True,
) -> Withdrawal:
    """Withdraw the consents to ``purposes``, or all, now: the gate refuses from here on.

    In this one transaction the consents leave the standing, the events and the remaining grounds
    are kept, the promises on it are opened, and “stop” is discharged, because it is done
    (004 9.4(a)). Repeating it changes nothing and returns the earlier withdrawal with
    ``repeated``. Raises ``NothingToWithdraw`` where there never was a consent.

    Where it is not ``confirmed`` that the person said so, processing stops all the same, and what
    cannot be undone is promised only by ``confirm``.
    """
    now = clock.now()
    standing, ended = _leave(operator_id, subject, purposes, now)
    if not ended:
        return _repeated(operator_id, subject)
    policy = policies.in_force(operator_id)
    row = WithdrawalRow.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        purposes=sorted(ended),
        at=now,
        channel=channel,
        actor=str(actor.kind),
        remaining=list(rules.remaining_grounds(standing, now)),
        policy_version=policy.number,
    )
    over = Over(operator_id, subject, ended, Kind.WITHDRAWN, row.id)
    over.write(now)
    said = {"purposes": row.purposes, "channel": channel}
    vault.note_ending(operator_id, subject, vault.WITHDRAWN, said, id=row.id)
    entry = _journal_withdrawn(policy, row, actor)
    over.open_promises("consent.withdrawn", now, entry, confirmed=confirmed)
    if confirmed and by_guardian(operator_id, subject, ended):
        find_unguarded(operator_id, subject, row.id, withdrawn=True)
    return _withdrawal(row)


def _leave(
    operator_id: UUID, subject: UUID, purposes: Collection[str] | None, now: datetime
) -> tuple[Standing, dict[str, ConsentState]]:
    """Take the live consents to ``purposes`` out of the standing; the new one, and what ended."""
    ended: dict[str, ConsentState] = {}

    def stop(standing: Standing) -> Standing:
        current = [slug for slug, state in standing.consents.items() if state.live(now)]
        for slug in rules.without(current, purposes):
            ended[slug] = standing.consents[slug]
        kept = {slug: each for slug, each in standing.consents.items() if slug not in ended}
        return replace(standing, consents=kept)

    return gate.change_standing(operator_id, subject, stop), ended


def confirm(operator_id: UUID, withdrawal_id: UUID) -> Withdrawal | None:
    """It was the person who withdrew: promise all that follows, counted from the withdrawal.

    Safe to repeat. None if there is no such withdrawal.
    """
    row = WithdrawalRow.objects.filter(operator_id=operator_id, id=withdrawal_id).first()
    if row is None:
        return None
    policy = policies.in_force(operator_id)
    for event, about in facts(policy, "consent.withdrawn", Kind.WITHDRAWN, row.purposes):
        obligations.open_for(
            operator_id, row.subject_id, event, at=row.at, cause=row.id, purposes=about
        )
    if by_guardian(operator_id, row.subject_id, row.purposes):
        find_unguarded(operator_id, row.subject_id, row.id, withdrawn=True)
    return _withdrawal(row)


def _journal_withdrawn(policy: Policy, row: WithdrawalRow, actor: Actor) -> UUID:
    withdrawn = entries.ConsentWithdrawn(
        subject=row.subject_id,
        actor=actor,
        clause=policy.clause_of("consent.withdraw"),
        basis="consent",
        automated=False,
        policy_version=row.policy_version,
        withdrawal=row.id,
        channel=row.channel,
        purposes=tuple(row.purposes),
        remaining=tuple(row.remaining),
    )
    return journal.append(row.operator_id, withdrawn)


def _withdrawal(row: WithdrawalRow, *, repeated: bool = False) -> Withdrawal:
    return Withdrawal(
        id=row.id,
        subject_id=row.subject_id,
        purposes=tuple(row.purposes),
        at=row.at,
        channel=row.channel,
        remaining=tuple(row.remaining),
        obligations=tuple(obligations.listing(row.operator_id, cause=row.id)),
        repeated=repeated,
    )


def _repeated(operator_id: UUID, subject: UUID) -> Withdrawal:
    rows = WithdrawalRow.objects.filter(operator_id=operator_id, subject_id=subject)
    last = rows.order_by("at", "id").last()
    if last is None:
        raise NothingToWithdraw(
            _("There is no consent to withdraw; to have data destroyed, send a request instead.")
        )
    return _withdrawal(last, repeated=True)


def withdrawals(operator_id: UUID, subject: UUID) -> list[Withdrawal]:
    """A person's withdrawals, newest first."""
    rows = WithdrawalRow.objects.filter(operator_id=operator_id, subject_id=subject)
    return [_withdrawal(row) for row in rows.order_by("-at", "-id")]


def withdrawal(operator_id: UUID, withdrawal_id: UUID) -> Withdrawal | None:
    row = WithdrawalRow.objects.filter(operator_id=operator_id, id=withdrawal_id).first()
    return _withdrawal(row) if row else None


def consented_records(operator_id: UUID) -> QuerySet[Event, UUID | None]:
    """The forms that came with a consent, as a query that others may look into."""
    given = Event.objects.filter(operator_id=operator_id, kind=Kind.GIVEN, record__isnull=False)
    return given.values_list("record", flat=True)


def counts(operator_id: UUID, since: datetime | None = None) -> dict[str, int]:
    """How many consents were given, withdrawn and expired, and how many visitors refused."""
    after = {} if since is None else {"at__gte": since}
    events = Event.objects.filter(operator_id=operator_id, **after)
    by_kind = {str(kind): events.filter(kind=kind).count() for kind in Kind}
    refused = Refusal.objects.filter(operator_id=operator_id, **after).count()
    made = WithdrawalRow.objects.filter(operator_id=operator_id, **after).count()
    return {**by_kind, "refused": refused, "withdrawals": made}
