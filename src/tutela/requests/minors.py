"""Children by the policy's rule: noticing them, and seeing that they have come of age.

The day on which somebody comes of age is kept in no table, because it would tell the day of
birth. It is counted from the sealed birth date whenever a guardian acts, and when the sweep looks:
once a month, and in the last month on the day (001 10.10; GDPR article 8, 152-FZ article 9(6)).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.identity import authorities
from tutela.identity import minors as children
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.rules import age_on
from tutela.vault import actions as vault


def notice_birth(
    operator_id: UUID, subject: UUID, policy: Policy, values: Mapping[str, str]
) -> None:
    """Note that a person is a child by the policy's rule, from a birth date that was given."""
    years = _years(operator_id, subject, policy)
    today = policy.calendar.local_day(clock.now())
    for slug, value in values.items():
        if years is not None and policy.fields[slug].type == "birth-date":
            born = date.fromisoformat(value)
            if age_on(today, born) < years:
                children.notice(operator_id, subject, _next_look(policy, today, born, years))


def is_of_age(operator_id: UUID, subject: UUID) -> bool:
    """Whether the person has reached the age of the policy's rule; False where the policy has no
    such rule, or no birth date is held."""
    policy = policies.in_force(operator_id)
    years = _years(operator_id, subject, policy)
    born = None if years is None else _born(operator_id, subject, policy)
    today = policy.calendar.local_day(clock.now())
    return years is not None and born is not None and age_on(today, born) >= years


def look_again(operator_id: UUID, subject: UUID) -> None:
    """Set when the sweep looks next; where no birth date is held any more, the mark goes."""
    policy = policies.in_force(operator_id)
    years = _years(operator_id, subject, policy)
    born = _born(operator_id, subject, policy)
    if years is None or born is None:
        children.forget(operator_id, subject)
        return
    today = policy.calendar.local_day(clock.now())
    children.notice(operator_id, subject, _next_look(policy, today, born, years))


def unguarded(operator_id: UUID, subject: UUID) -> bool:
    """Whether the person is a child over whom no guardian's authority stands."""
    if not children.is_minor(operator_id, subject):
        return False
    return subject not in authorities.guardians_of(operator_id, clock.now())


def without_guardian(operator_id: UUID) -> list[UUID]:
    """Every such child: what a policy such as 001 10.10(d) has deleted at once. Deleting is not
    done here."""
    guarded = authorities.guardians_of(operator_id, clock.now())
    return [each for each in children.everybody(operator_id) if each not in guarded]


def _years(operator_id: UUID, subject: UUID, policy: Policy) -> int | None:
    category = policy.subjects.get(identity.subject(operator_id, subject).category)
    return category.guardian_until if category else None


def _born(operator_id: UUID, subject: UUID, policy: Policy) -> date | None:
    fields = frozenset(slug for slug, each in policy.fields.items() if each.type == "birth-date")
    if not fields:
        return None
    leave = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=fields,
            actor=SYSTEM,
        )
    )
    if not isinstance(leave, Permit):
        return None
    values = vault.read(leave)
    return max((date.fromisoformat(each.value) for each in values), default=None)


def _next_look(policy: Policy, today: date, born: date, years: int) -> datetime:
    """The beginning of next month, or the birthday itself if it comes before."""
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:  # 29 February
        birthday = date(born.year + years, 3, 1)
    look = min(first, birthday) if birthday > today else first
    return policy.calendar.end_of(date.fromordinal(look.toordinal() - 1))
