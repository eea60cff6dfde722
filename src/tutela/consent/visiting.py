"""Choices of visitors, and what becomes of them when the visitor signs in.

The caller has opened ``operator_scope``. A visitor is an opaque id of ``identity.visitors``.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.consent import rules
from tutela.consent.actions import give, history, live, withdraw
from tutela.consent.entries import ChoiceMade, ChoicesJoined
from tutela.consent.errors import NotOffered
from tutela.consent.models import Choice
from tutela.core import clock
from tutela.core.vocabulary import VISITOR, Actor, ActorKind
from tutela.identity.visitors import LASTS
from tutela.journal import actions as journal
from tutela.policy import actions as policies


def choose(operator_id: UUID, visitor: UUID, purpose: str, *, agreed: bool, language: str) -> None:
    """Remember what a visitor chose; the last choice about a purpose counts.

    Raises ``NotOffered`` for a purpose that rests on no consent.
    """
    policy = policies.in_force(operator_id)
    if not rules.rests_on_consent(policy, purpose):
        raise NotOffered("This purpose rests on no consent; there is nothing to choose.")
    Choice.objects.update_or_create(
        operator_id=operator_id,
        visitor_id=visitor,
        purpose=purpose,
        defaults={
            "agreed": agreed,
            "at": clock.now(),
            "language": language,
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
            language=language,
        ),
    )


def chosen(operator_id: UUID, visitor: UUID) -> dict[str, bool]:
    """What a visitor chose, by purpose."""
    rows = Choice.objects.filter(operator_id=operator_id, visitor_id=visitor)
    return dict(rows.values_list("purpose", "agreed"))


def join(operator_id: UUID, visitor: UUID, subject: UUID) -> int:
    """The visitor turned out to be this person: each choice becomes theirs unless the person has
    decided about the purpose since; how many did. The visitor's own rows go.

    An agreement to words that have changed since is not carried over: nobody agreed to the new
    ones (004 2.4, GDPR article 7(1)).
    """
    rows = list(Choice.objects.filter(operator_id=operator_id, visitor_id=visitor))
    if not rows:
        return 0
    version = policies.in_force(operator_id).number
    decided = _last_decisions(operator_id, subject)
    fresh = [
        each for each in rows if each.purpose not in decided or each.at > decided[each.purpose]
    ]
    agreed = [each for each in fresh if each.agreed and each.policy_version == version]
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
