"""Children whose guardian has not consented: their data goes at once (001 10.10(d)).

A guardian is whoever’s authority was checked and stands, or whose consent was taken on a form that
only a parent or guardian can give (GDPR article 8, 152-FZ article 9(6)). Where neither stands, the
operator knows of it from that moment: the fact ``minor.found`` is stated, and what the policy
promises on it takes its course; no hold and no contract keeps the data.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from tutela.consent.models import Event
from tutela.consent.rules import Kind, Mode
from tutela.core import clock
from tutela.gate import actions as gate
from tutela.identity import authorities, minors
from tutela.obligations import actions as obligations

FOUND = "minor.found"


def guarded(operator_id: UUID, subject: UUID) -> bool:
    """Whether a guardian’s checked authority or a guardian’s live consent stands."""
    now = clock.now()
    if subject in authorities.guardians_of(operator_id, now):
        return True
    return consented(operator_id, subject)


def consented(operator_id: UUID, subject: UUID) -> bool:
    """Whether a guardian’s consent to anything is live."""
    now, standing = clock.now(), gate.standing(operator_id, subject)
    live = [purpose for purpose, each in standing.consents.items() if each.live(now)]
    return by_guardian(operator_id, subject, live)


def by_guardian(operator_id: UUID, subject: UUID, purposes: Collection[str]) -> bool:
    """Whether a guardian gave one of these consents the last time."""
    given = Event.objects.filter(
        operator_id=operator_id, subject_id=subject, kind=Kind.GIVEN, purpose__in=list(purposes)
    )
    last = dict(given.order_by("at", "id").values_list("purpose", "mode"))
    return Mode.BY_GUARDIAN in last.values()


def unguarded(operator_id: UUID) -> list[UUID]:
    """Every child without a guardian about whom nothing is under way."""
    with_authority = authorities.guardians_of(operator_id, clock.now())
    return [
        each
        for each in minors.everybody(operator_id)
        if each not in with_authority
        and not consented(operator_id, each)
        and not _under_way(operator_id, each)
    ]


def _under_way(operator_id: UUID, subject: UUID) -> bool:
    rows = obligations.listing(operator_id, subject=subject)
    return any(each.event == FOUND and each.standing for each in rows)


def find_unguarded(
    operator_id: UUID, subject: UUID, cause: UUID, *, withdrawn: bool = False
) -> bool:
    """State the fact, if the person is a child over whom no guardian stands any more. Where the
    guardian’s consent was ``withdrawn``, the authority to act for the child does not replace it.
    """
    stands = consented if withdrawn else guarded
    if not minors.is_minor(operator_id, subject) or stands(operator_id, subject):
        return False
    obligations.open_for(operator_id, subject, FOUND, at=clock.now(), cause=cause)
    return True
