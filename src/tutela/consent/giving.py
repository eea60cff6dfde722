"""Writing consents: the standing, the words, the evidence and the journal, in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tutela.consent import entries
from tutela.consent.events import ConsentEvent, as_event
from tutela.consent.models import Event
from tutela.consent.rules import Kind
from tutela.consent.texts import ConsentText, keep
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.db import swift
from tutela.gate import actions as gate
from tutela.gate.standing import ConsentState, Standing
from tutela.journal import actions as journal
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Given:
    """A consent to be written: ``purpose`` is its key in the standing, ``words`` what was shown,
    ``conditions`` what the person set for data made public."""

    purpose: str
    words: ConsentText
    expires_at: datetime | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class How:
    """The act by which consents were given, and where."""

    act: str
    mode: str
    point: str
    language: str
    record: UUID | None = None


def write(
    operator_id: UUID,
    subject: UUID,
    policy: Policy,
    given: Collection[Given],
    *,
    how: How,
    actor: Actor,
) -> list[ConsentEvent]:
    """Record ``given``: the gate knows them in this transaction, and the journal keeps them."""
    now = clock.now()
    states = {
        each.purpose: ConsentState(now, each.expires_at, each.words.sha256, each.conditions)
        for each in given
    }

    def agree(standing: Standing) -> Standing:
        return replace(standing, consents={**standing.consents, **states}, refused=False)

    gate.change_standing(operator_id, subject, agree)
    made = []
    for each in given:
        keep(operator_id, policy, each.purpose, how.language, each.words)
        row = _row(operator_id, subject, policy, each, how)
        journal.append(operator_id, _entry(policy, row, each, actor))
        made.append(as_event(row))
    return made


def _row(operator_id: UUID, subject: UUID, policy: Policy, given: Given, how: How) -> Event:
    row = Event(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        kind=Kind.GIVEN,
        purpose=given.purpose,
        at=clock.now(),
        mode=how.mode,
        act=how.act,
        point=how.point,
        language=how.language,
        text_hash=given.words.sha256,
        policy_version=policy.number,
        expires_at=given.expires_at,
        record=how.record,
    )
    swift.add(row)
    return row


def _entry(policy: Policy, row: Event, given: Given, actor: Actor) -> entries.ConsentGiven:
    return entries.ConsentGiven(
        subject=row.subject_id,
        actor=actor,
        purpose=row.purpose,
        basis="consent",
        clause=policy.clause_of("consent.record"),
        automated=False,
        policy_version=row.policy_version,
        mode=row.mode,
        act=row.act,
        point=row.point,
        language=row.language,
        text_hash=row.text_hash,
        record=row.record,
        conditions=given.conditions or None,
    )
