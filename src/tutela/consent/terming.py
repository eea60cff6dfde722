"""Consents whose term begins with an event: “five years from the deletion of the profile”.

Until the event the consent is open-ended; the event gives it its end, which the sweep then carries
out (000 8/b1(c); ``ending.expire``). An individual term that ends earlier stays (000 8/b1(d)).
Registered as a listener to facts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tutela.consent import entries
from tutela.consent.events import ConsentEvent, history
from tutela.consent.models import Event
from tutela.consent.rules import Kind
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.gate import actions as gate
from tutela.gate.standing import ConsentState, Standing
from tutela.journal import actions as journal
from tutela.obligations.actions import LISTENERS, Fact
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.terms import compute


def on_fact(fact: Fact) -> None:
    """The event gives every live consent whose term it begins its end."""
    if fact.subject_id is None:
        return
    policy = policies.in_force(fact.operator_id)
    ends = {
        slug: end
        for slug, each in policy.purposes.items()
        if each.consent.after == fact.event and (not fact.purposes or slug in fact.purposes)
        for end in [_end(policy, slug, fact.at)]
        if end is not None
    }
    if ends:
        _date(fact.operator_id, fact.subject_id, ends, fact.cause)


def _end(policy: Policy, purpose: str, since: datetime) -> datetime | None:
    lasts = policy.purposes[purpose].consent.lasts
    return compute(lasts, since, policy.calendar).at if lasts is not None else None


def _date(operator_id: UUID, subject: UUID, ends: dict[str, datetime], cause: UUID) -> None:
    dated: dict[str, ConsentState] = {}

    def date(standing: Standing) -> Standing:
        for slug, state in standing.consents.items():
            if slug in ends and (state.expires_at is None or ends[slug] < state.expires_at):
                dated[slug] = replace(state, expires_at=ends[slug])
        return replace(standing, consents={**standing.consents, **dated})

    gate.change_standing(operator_id, subject, date)
    given = {
        each.purpose: each
        for each in reversed(history(operator_id, subject))
        if each.kind == Kind.GIVEN
    }
    for slug, state in sorted(dated.items()):
        _write(operator_id, given[slug], state, cause)


def _write(operator_id: UUID, first: ConsentEvent, state: ConsentState, cause: UUID) -> None:
    """The end that a consent got, beside how it was given."""
    event = Event.objects.create(
        operator_id=operator_id,
        subject_id=first.subject_id,
        id=new_id(),
        kind=Kind.DATED,
        purpose=first.purpose,
        at=clock.now(),
        mode=first.mode,
        act=first.act,
        point=first.point,
        language=first.language,
        text_hash=state.text_hash,
        policy_version=first.policy_version,
        expires_at=state.expires_at,
        record=first.record,
        cause=cause,
    )
    policy = policies.in_force(operator_id)
    journal.append(
        operator_id,
        entries.ConsentDated(
            subject=event.subject_id,
            purpose=event.purpose,
            basis="consent",
            clause=policy.clause_of("consent.expire"),
            policy_version=policy.number,
            cause=cause,
            ends=state.expires_at,
            text_hash=state.text_hash,
        ),
    )


LISTENERS.register("consent", on_fact)
