"""Children's profiles: made, changed and closed by the guardian alone (001 10.10; GDPR article 8,
152-FZ article 9(6)).

The guardian's word stands before the data does: first the authority over the child, then the
consent that the guardian gives, then the sealed record, in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tutela.accounts import actions, rules
from tutela.accounts.actions import AccountRow
from tutela.accounts.entries import ChildAdded
from tutela.accounts.errors import NoChildren, NotYourChild
from tutela.accounts.models import Account
from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor, Right
from tutela.identity import actions as identity
from tutela.identity import authorities
from tutela.identity.authorities import Relation
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import minors, representing, turning_away
from tutela.requests.actions import today_of
from tutela.requests.intake import seal
from tutela.requests.rules import Problem, age_on, check_submission, consents_needed
from tutela.retention import actions as retention


def point_of(operator_id: UUID) -> CollectionPoint:
    """The form of a child's profile; raises ``NoChildren``."""
    point = rules.child_point(policies.in_force(operator_id))
    if point is None:
        raise NoChildren(_("No profiles of children are kept here, so none can be made."))
    return point


def add(
    operator_id: UUID,
    guardian: UUID,
    values: Mapping[str, str],
    accepted: Collection[str],
    *,
    language: str,
    actor: Actor | None = None,
) -> UUID:
    """Make a child's profile; the child's identifier. ``actor`` is who brings it, if that is not
    the guardian. Raises ``NoAccount`` (of the guardian), ``NoChildren``, ``Incomplete`` and
    ``Refused``, and then nothing is kept."""
    actions.demand(operator_id, guardian)
    policy, point = policies.in_force(operator_id), point_of(operator_id)
    clean, problems = check_submission(policy, point, values, accepted, today_of(policy))
    problems += _too_old(policy, point, clean)
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)
    by = actor or representing.acting(guardian)
    with transaction.atomic():
        child = identity.new_subject(operator_id, language, point.subject_category)
        _answer_for(operator_id, guardian, child)
        record = new_id()
        place = operator_id, child, record
        _consent_for(policy, point, place, language=language, by=by)
        seal(policy, point, place, clean, purposes=point.purposes, actor=by)
        minors.notice_birth(operator_id, child, policy, clean)
        now = clock.now()
        retention.schedule(operator_id, child, record, point.slug, now)
        obligations.open_for(operator_id, child, point.event, at=now, cause=record)
        Account.objects.filter(operator_id=operator_id, subject_id=child).update(
            guardian_id=guardian
        )
        _journal(operator_id, child, guardian, record=record, by=by)
    return child


def _consent_for(
    policy: Policy,
    point: CollectionPoint,
    place: tuple[UUID, UUID, UUID],
    *,
    language: str,
    by: Actor,
) -> None:
    """The guardian agrees for the child to what the form rests on; ``place`` is operator, child and
    record."""
    operator_id, child, record = place
    if needed := consents_needed(policy, point):
        consent.give(
            operator_id,
            child,
            needed,
            act="child-added",
            point=point.slug,
            language=language,
            mode=consent.Mode.BY_GUARDIAN,
            record=record,
            actor=by,
        )


def _too_old(
    policy: Policy, point: CollectionPoint, clean: Mapping[str, str]
) -> tuple[Problem, ...]:
    until = policy.subjects[point.subject_category].guardian_until
    if until is None:
        return ()
    words = _("Somebody who is %(age)d or older opens an account of their own.") % {"age": until}
    return tuple(
        Problem(slug, words)
        for slug, value in clean.items()
        if policy.fields[slug].type == "birth-date"
        and age_on(today_of(policy), date.fromisoformat(value)) >= until
    )


def _answer_for(operator_id: UUID, guardian: UUID, child: UUID) -> None:
    """The licensee declares to answer for the child; that declaration is the authority."""
    authority = authorities.ask(
        operator_id,
        guardian,
        child,
        relation=Relation.GUARDIAN,
        rights=tuple(Right),
        evidence="declaration",
    )
    representing.establish(operator_id, authority, until=None, by=SYSTEM)


def _journal(operator_id: UUID, child: UUID, guardian: UUID, *, record: UUID, by: Actor) -> None:
    policy = policies.in_force(operator_id)
    said = ChildAdded(
        subject=child,
        actor=by,
        automated=False,
        clause=policy.clause_of("consent.guardian"),
        policy_version=policy.number,
        guardian=guardian,
        record=record,
    )
    journal.append(operator_id, said)


def of(operator_id: UUID, guardian: UUID) -> list[AccountRow]:
    """The open profiles of the children that the person answers for, the oldest first."""
    rows = Account.objects.filter(
        operator_id=operator_id, guardian_id=guardian, closed_at__isnull=True
    )
    found = [actions.account(operator_id, each.subject_id) for each in rows.order_by("opened_at")]
    return [each for each in found if each is not None]


def one(operator_id: UUID, guardian: UUID, child: UUID) -> AccountRow:
    """The child's open profile, for its guardian alone; raises ``NotYourChild``."""
    for each in of(operator_id, guardian):
        if each.subject == child:
            return each
    raise NotYourChild(_("You have no such child here. Choose from the list."))


def close(operator_id: UUID, guardian: UUID, child: UUID) -> UUID:
    """The guardian closes the profile: the consent that they gave ends with it, so nothing else
    keeps the child's data (001 10.10). Returns the deletion."""
    one(operator_id, guardian, child)
    return actions.delete(operator_id, child, actor=representing.acting(guardian), why="guardian")
