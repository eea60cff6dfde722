"""Acting for somebody else: the authority is a row of ``identity``, and what it lets somebody do
is in the standing of the person acted for, where the gate reads it. Both change in one
transaction, so a revocation takes effect at once and waits only for what was permitted before.

A guardian's authority ends when the child comes of age (``minors``), at the latest when the
guardian next acts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent import choosing, guarding
from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose, Right
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.gate.standing import Mandate, Standing
from tutela.identity import actions as identity
from tutela.identity import authorities
from tutela.identity import minors as children
from tutela.identity.authorities import AuthorityRow, Relation, State
from tutela.policy import actions as policies
from tutela.requests import letters, minors
from tutela.requests.actions import Receipt, open_case, withdraw
from tutela.requests.cases import NotPossible
from tutela.requests.intake import find_subject, permit
from tutela.requests.kinds.model import Asker


def acting(holder: UUID) -> Actor:
    """The actor who acts for somebody else; the entry names the person as its subject."""
    return Actor(ActorKind.REPRESENTATIVE, str(holder))


def ask(
    operator_id: UUID,
    holder: UUID,
    address: str,
    *,
    relation: str,
    rights: Collection[str],
    evidence: str,
    document: UUID | None = None,
) -> UUID:
    """Ask to act for whoever is known by ``address``; nothing tells whether anybody is."""
    found = find_subject(operator_id, "email", address)
    by_phone = find_subject(operator_id, "phone", address)
    return authorities.ask(
        operator_id,
        holder,
        found or by_phone,
        relation=relation,
        rights=rights,
        evidence=evidence,
        document=document,
    )


def confirm(
    operator_id: UUID, authority: UUID, *, until: datetime | None, by: Actor
) -> AuthorityRow:
    """The document was checked: from now on the gate lets the holder act within the rights, and
    the person is told."""
    row = establish(operator_id, authority, until=until, by=by)
    assert row.subject is not None  # noqa: S101 - nobody is confirmed over nobody
    language = identity.subject(operator_id, row.subject).language
    letters.queue(operator_id, row.subject, "authority-confirmed", language, about=row.id)
    return row


def establish(
    operator_id: UUID, authority: UUID, *, until: datetime | None, by: Actor
) -> AuthorityRow:
    """``confirm`` without a letter: for a child whose profile the guardian makes."""
    row = authorities.confirm(operator_id, authority, until=until, by=by)
    assert row.subject is not None  # noqa: S101 - nobody is confirmed over nobody
    mandate = Mandate(
        reference=str(row.id),
        holder=str(row.holder),
        relation=row.relation,
        rights=row.rights,
        since=clock.now(),
        until=row.until,
    )

    def given(standing: Standing) -> Standing:
        if standing.destroyed:
            return standing
        return replace(standing, mandates=(*standing.mandates, mandate))

    gate.change_standing(operator_id, row.subject, given)
    return row


def end(operator_id: UUID, authority: UUID, why: str, *, by: Actor = SYSTEM) -> bool:
    """Nobody acts on this authority any more, from this transaction on; False if it had ended."""
    row = authorities.end(operator_id, authority, why, by=by)
    if row is None:
        return False
    if row.subject is not None and row.decided_at is not None:
        reference = str(row.id)

        def taken(standing: Standing) -> Standing:
            kept = tuple(each for each in standing.mandates if each.reference != reference)
            return replace(standing, mandates=kept)

        gate.change_standing(operator_id, row.subject, taken)
        guarding.find_unguarded(operator_id, row.subject, row.id)
    return True


def demand(operator_id: UUID, authority: UUID, holder: UUID, right: Right) -> AuthorityRow:
    """The authority on which ``holder`` may exercise ``right`` now; the gate decides, and journals.

    Raises ``Refused`` where it does not stand, does not reach so far, or is somebody else's, and
    where a child has come of age meanwhile.
    """
    row = authorities.get(operator_id, authority)
    if row.holder != holder or row.subject is None:
        raise authorities.UnknownAuthority(_no_such())
    _end_if_of_age(operator_id, row)
    policy = policies.in_force(operator_id)
    permit(
        Operation(
            operator=operator_id,
            subject=row.subject,
            action=_ACTIONS[right],
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(policy.fields),
            actor=acting(holder),
            right=right,
        )
    )
    return row


@dataclass(frozen=True, slots=True)
class Acting(AuthorityRow):
    """An authority that stands now, with the person it is over."""

    person: UUID


def standing(operator_id: UUID, authority: UUID, holder: UUID) -> Acting:
    """The holder's own authority if it stands now; ``Refused`` or ``UnknownAuthority`` if not."""
    row = authorities.get(operator_id, authority)
    if row.holder == holder and row.subject is not None:
        _end_if_of_age(operator_id, row)
        row = authorities.get(operator_id, authority)
    if row.holder != holder or row.subject is None or not row.stands(clock.now()):
        raise authorities.UnknownAuthority(_no_such())
    return Acting(
        **{each.name: getattr(row, each.name) for each in fields(row)}, person=row.subject
    )


_ACTIONS = {
    Right.ACCESS: Action.EXTRACTION,
    Right.CORRECTION: Action.CLARIFICATION,
    Right.BLOCKING: Action.BLOCKING,
    Right.WITHDRAWAL: Action.BLOCKING,  # processing stops
    Right.CONSENT: Action.CLARIFICATION,  # what the person is asked is answered for them
}


def _no_such() -> str:
    return _("There is no such authority. Open it from the list.")


def withdraw_for(
    operator_id: UUID,
    authority: UUID,
    holder: UUID,
    purposes: Collection[str] | None,
    language: str,
) -> Receipt:
    """Withdraw consents of the person acted for (001 6.4(c))."""
    row = demand(operator_id, authority, holder, Right.WITHDRAWAL)
    assert row.subject is not None  # noqa: S101 - demand has looked
    return withdraw(
        operator_id,
        row.subject,
        purposes,
        language=language,
        channel="portal",
        actor=acting(holder),
    )


ASKED = {Right.CORRECTION: "correction", Right.BLOCKING: "blocking"}
"""The kinds of requests that a representative can make on the page, by the right they need."""


def request_for(  # noqa: PLR0917 - who asks what for whom, and under which number
    operator_id: UUID, authority: UUID, holder: UUID, kind: str, language: str, cause: UUID
) -> UUID:
    """Ask that data of the person acted for be corrected or blocked; the request's identifier (001
    6.4, 004 9.10(c)). Raises ``Refused``, and ``NotPossible`` for another kind."""
    rights = {asked: right for right, asked in ASKED.items()}
    if kind not in rights:
        raise NotPossible(_("Choose what you ask for."))
    row = demand(operator_id, authority, holder, rights[kind])
    return open_case(
        operator_id,
        kind,
        "portal",
        row.subject,
        asker=Asker.REPRESENTATIVE,
        language=language,
        cause=cause,
        actor=acting(holder),
    )


def consent_for(
    operator_id: UUID, authority: UUID, holder: UUID, purpose: str, *, shown: str, language: str
) -> None:
    """Consent for the person acted for, to the words that the holder was shown (001 1.3.1(b),
    10.10(c)). Raises ``Refused``, ``NotOffered`` and ``OtherWords``."""
    row = demand(operator_id, authority, holder, Right.CONSENT)
    assert row.subject is not None  # noqa: S101 - demand has looked
    guardian = row.relation == Relation.GUARDIAN
    choosing.agree_for(
        operator_id,
        row.subject,
        purpose,
        shown=shown,
        language=language,
        mode=consent.Mode.BY_GUARDIAN if guardian else consent.Mode.BY_REPRESENTATIVE,
        actor=acting(holder),
    )


def _end_if_of_age(operator_id: UUID, row: AuthorityRow) -> None:
    if row.relation != Relation.GUARDIAN or row.state != State.STANDING or row.subject is None:
        return
    if minors.is_of_age(operator_id, row.subject):
        come_of_age(operator_id, row.subject)


def come_of_age(operator_id: UUID, subject: UUID) -> None:
    """End every guardian's authority over somebody who is no longer a child."""
    children.grown(operator_id, subject)
    for row in authorities.over(operator_id, subject):
        if row.relation == Relation.GUARDIAN and row.state == State.STANDING:
            end(operator_id, row.id, "of-age")


def end_what_is_over(operator_id: UUID, now: datetime) -> int:
    """The sweep: terms that are over, and children who have come of age."""
    with operator_scope(operator_id):
        over = [each.id for each in authorities.expired(operator_id, now)]
        due = children.to_look_at(operator_id, now)
    for each in over:
        with operator_scope(operator_id):
            end(operator_id, each, "term")
    for child in due:
        with operator_scope(operator_id):
            _look_at(operator_id, child)
    return len(over) + len(due)


def _look_at(operator_id: UUID, child: UUID) -> None:
    if minors.is_of_age(operator_id, child):
        come_of_age(operator_id, child)
    else:
        minors.look_again(operator_id, child)


def next_moment(operator_id: UUID, after: datetime) -> datetime | None:
    moments = (authorities.next_end(operator_id, after), children.next_look(operator_id, after))
    return min((each for each in moments if each is not None), default=None)
