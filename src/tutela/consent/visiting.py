"""Choices of visitors, and what becomes of them when the visitor signs in.

The caller has opened ``operator_scope``. A visitor is an opaque id of ``identity.visitors``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import rules
from tutela.consent.actions import give, history, live, withdraw
from tutela.consent.entries import ChoiceMade, ChoicesJoined
from tutela.consent.errors import NotOffered, OtherWords
from tutela.consent.models import Choice
from tutela.consent.texts import ConsentText, language_of, text
from tutela.consent.wording import how_it_comes
from tutela.core import clock
from tutela.core.vocabulary import VISITOR, Actor, ActorKind
from tutela.identity import actions as identity
from tutela.identity import minors, visitors
from tutela.identity.visitors import LASTS
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Purpose


@dataclass(frozen=True, slots=True)
class Offered:
    """A purpose that a visitor can choose about, with its words. ``agreed`` is what this visitor
    chose last, None before; an agreement is ``stale`` once the policy has another version."""

    purpose: Purpose
    words: ConsentText
    how: str
    agreed: bool | None = None
    at: datetime | None = None
    stale: bool = False


def offered(operator_id: UUID, visitor: UUID | None, language: str) -> list[Offered]:
    """What can be chosen before anybody has signed in: what a tick can agree to."""
    policy = policies.in_force(operator_id)
    spoken = language_of(policy, language)
    rows = Choice.objects.filter(operator_id=operator_id, visitor_id=visitor) if visitor else []
    chosen = {each.purpose: each for each in rows}
    made = []
    for purpose in _open_to_visitors(policy):
        words, how = text(policy, purpose.slug, spoken), how_it_comes(policy, purpose.slug)
        last = chosen.get(purpose.slug)
        if last is None:
            made.append(Offered(purpose, words, how))
            continue
        stale = last.agreed and last.policy_version != policy.number
        made.append(Offered(purpose, words, how, last.agreed, last.at, stale))
    return made


def _open_to_visitors(policy: Policy) -> list[Purpose]:
    return [
        each
        for each in policy.purposes.values()
        if rules.rests_on_consent(policy, each.slug) and each.consent.takes(rules.Mode.TICK)
    ]


def choose(
    operator_id: UUID,
    visitor: UUID,
    purpose: str,
    *,
    agreed: bool,
    language: str,
    shown: str,
) -> None:
    """Remember what a visitor chose; the last choice about a purpose counts. ``shown`` is the
    fingerprint of the words they agreed to; to disagree nobody has to have read them.

    Raises ``NotOffered`` for a purpose that no tick can agree to, ``OtherWords`` for words that
    have changed.
    """
    policy = policies.in_force(operator_id)
    if purpose not in {each.slug for each in _open_to_visitors(policy)}:
        raise NotOffered(_("There is nothing to choose about this here."))
    spoken = language_of(policy, language)
    if agreed and text(policy, purpose, spoken).sha256 != shown:
        raise OtherWords(_("The words have changed meanwhile. Read the new ones and agree again."))
    Choice.objects.update_or_create(
        operator_id=operator_id,
        visitor_id=visitor,
        purpose=purpose,
        defaults={
            "agreed": agreed,
            "at": clock.now(),
            "language": spoken,
            "policy_version": policy.number,
        },
    )
    control = "consent.record" if agreed else "consent.refuse"
    journal.append(
        operator_id,
        ChoiceMade(
            actor=VISITOR,
            purpose=purpose,
            clause=policy.clause_of(control),
            automated=False,
            policy_version=policy.number,
            agreed=agreed,
            language=spoken,
        ),
    )


def drop(operator_id: UUID, visitor: UUID) -> None:
    """Forget everything this visitor chose, and the visitor."""
    Choice.objects.filter(operator_id=operator_id, visitor_id=visitor).delete()
    visitors.drop(operator_id, visitor)


def join(operator_id: UUID, visitor: UUID, subject: UUID) -> int:
    """The visitor turned out to be this person: each choice becomes theirs unless the person has
    decided about the purpose since; how many did. The visitor's own rows go.

    An agreement to words that have changed since is not carried over: nobody agreed to the new
    ones (004 2.4, GDPR article 7(1)). Nor is one to what is not for people of this kind, or of
    somebody for whom a guardian consents (001 10.10(c)).
    """
    rows = list(Choice.objects.filter(operator_id=operator_id, visitor_id=visitor))
    if not rows:
        return 0
    decided = _last_decisions(operator_id, subject)
    fresh = [
        each for each in rows if each.purpose not in decided or each.at > decided[each.purpose]
    ]
    agreed = _to_be_given(operator_id, subject, fresh)
    against = sorted(
        {each.purpose for each in fresh if not each.agreed}.intersection(live(operator_id, subject))
    )
    for each in agreed:
        give(
            operator_id,
            subject,
            [each.purpose],
            act="visitor-choice",
            point="",
            language=each.language,
            mode=rules.Mode.TICK,
        )
    actor = Actor(ActorKind.SUBJECT, str(subject))
    if against:
        withdraw(operator_id, subject, against, actor=actor, channel="portal")
    Choice.objects.filter(operator_id=operator_id, visitor_id=visitor).delete()
    done = ChoicesJoined(
        subject=subject,
        actor=actor,
        automated=False,
        given=len(agreed),
        withdrawn=len(against),
    )
    journal.append(operator_id, done)
    return len(agreed) + len(against)


def _to_be_given(operator_id: UUID, subject: UUID, chosen: Collection[Choice]) -> list[Choice]:
    """The agreements among what was chosen that this person can have made."""
    if minors.is_minor(operator_id, subject):
        return []
    policy = policies.in_force(operator_id)
    category = identity.subject(operator_id, subject).category
    open_to = {each.slug for each in _open_to_visitors(policy) if category in each.subjects}
    return [
        each
        for each in chosen
        if each.agreed and each.policy_version == policy.number and each.purpose in open_to
    ]


def _last_decisions(operator_id: UUID, subject: UUID) -> dict[str, datetime]:
    """When the person last decided about each purpose."""
    decided: dict[str, datetime] = {}
    for event in history(operator_id, subject):
        if event.kind == rules.Kind.DATED:
            continue
        decided.setdefault(event.purpose, event.at)
    return decided


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove choices of visitors who never signed in; how many."""
    gone, _rows = Choice.objects.filter(operator_id=operator_id, at__lte=now - LASTS).delete()
    return gone
