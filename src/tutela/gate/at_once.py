"""Deciding, journalling and doing in one statement, where one transaction is one thing.

The longer way (``operator_scope``, ``decide``, then the vault) takes a dozen statements, and
each waits for the network, the server and the scheduler. Here the decision is made first, on the
standing as this process last saw it; then one statement locks the standing, compares it and the
version of the policy with what the decision rested on, writes the entry, and gives what was
asked for. If either has changed, the statement does nothing and says so, and the decision is
made anew. So nothing is permitted on what is no longer true, and the entry is committed before
anything is opened (ADR 0024).

Only permits come this way. Refusals, policies that ask the office, and calls inside of a
transaction take the longer one, which stays the specification:
``tests/gate/test_at_once.py`` holds this to it.
"""

from __future__ import annotations

import contextlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db import swift
from tutela.db.scope import lock_may_take, operator_scope
from tutela.gate import access, actions, compiled, rules
from tutela.gate.actions import Refusal
from tutela.gate.compiled import CompiledPolicy, View
from tutela.gate.rules import Decision, Operation, Standing
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.vault import actions as vault
from tutela.vault import at_once as sealed
from tutela.vault.errors import KeyLost
from tutela.vault.values import Seen

_PEEK = "SELECT state, digest FROM gate_peek(%s, %s, %s)"
_CONFIRM = " FROM gate_confirm(%(asked)s::jsonb) AS confirmed "
_ONLY = "WHERE confirmed IS NOT NULL"
_LOOK = f"SELECT confirmed, {sealed.COLUMNS}{_CONFIRM}{sealed.JOINED}{_ONLY}"
_LOOK_AT_RECORDS = (
    f"SELECT confirmed, {sealed.RECORD_COLUMNS}{_CONFIRM}{sealed.RECORDS_JOINED}{_ONLY}"
)
_DECIDE = f"SELECT confirmed{_CONFIRM}{_ONLY}"
_LOGS = f"SELECT confirmed, e.*{_CONFIRM}{journal.LATEST}{_ONLY}"
_REMEMBERED = 20_000
TRIES = 3


def look(operation: Operation) -> Seen | Refusal:
    """The records of the person and the permitted values in them, or why not. Not to be called
    inside of a transaction by whom speed concerns: there it takes the longer way.

    An operation that names no field opens no value, and is decided and journalled all the same.
    """
    subject = operation.subject
    if subject is not None and fits(operation):
        wanted = sealed.arguments(operation.purpose, operation.fields)
        statement = _LOOK if operation.fields else _LOOK_AT_RECORDS
        if found := _confirmed(operation, subject, statement, wanted):
            with contextlib.suppress(KeyLost):  # a rotation may have ended the key meanwhile
                return _seen(operation, found)
    with operator_scope(operation.operator):
        answer = actions.decide(operation)
        if isinstance(answer, Refusal):
            return answer
        return vault.look(answer)


def decide(operation: Operation) -> Decision | Refusal:
    """The answer to ``operation``, journalled, for somebody outside who does it himself: nothing
    here can be opened with it."""
    subject = operation.subject
    found = _confirmed(operation, subject, _DECIDE, {}) if subject and fits(operation) else None
    if found is not None:
        return found.decision
    with operator_scope(operation.operator):
        answer = actions.decide(operation)
        if isinstance(answer, Refusal):
            return answer
        return Decision(True, answer.rule, clause=answer.clause, basis=answer.basis)  # noqa: FBT003


def standing(operator: UUID, subject: UUID) -> Standing:
    """The standing of a person now; an empty one for somebody the gate has not heard of."""
    if connection.in_atomic_block:
        with operator_scope(operator):
            return actions.standing(operator, subject)
    found = swift.row(_PEEK, (operator, subject, clock.now()))
    return Standing.from_json(found[0]) if found and found[0] is not None else Standing()


def _seen(operation: Operation, given: _Given) -> Seen:
    found = [row[1:] for row in given.rows]
    if not operation.fields:
        return Seen(sealed.records(found), (), given.decision.clause)
    policy, standing = given.known.table.policy, given.known.view.standing
    left_out = rules.left_out(policy, standing, operation, given.at)
    permit = actions.permit_of(operation, given.decision, left_out, given.transaction)
    return sealed.opened(permit, given.transaction, found)


def latest(operation: Operation, count: int) -> list[journal.Row] | Refusal:
    """The newest entries about the person, for somebody who may look, and that they looked."""
    subject = operation.subject
    if subject is not None and fits(operation):
        wanted = {"count": count}
        if found := _confirmed(operation, subject, _LOGS, wanted):
            return journal.unpacked(operation.operator, (row[1:] for row in found.rows))
    with operator_scope(operation.operator):
        answer = actions.decide(operation)
        if isinstance(answer, Refusal):
            return answer
        return journal.entries(operation.operator, subject=subject, limit=count, newest_first=True)


@dataclass(frozen=True, slots=True)
class _Known:
    """A standing as this process last saw it: opaque values, confirmed whenever they are used."""

    state: str
    digest: str
    table: CompiledPolicy
    view: View


@dataclass(frozen=True, slots=True)
class _Given:
    """What a statement gave, and the decision it has confirmed and journalled."""

    known: _Known
    decision: Decision
    at: datetime
    rows: swift.Rows

    @property
    def transaction(self) -> int:
        return int(self.rows[0][0])


_known: OrderedDict[tuple[UUID, UUID], _Known] = OrderedDict()


def fits(operation: Operation) -> bool:
    return not connection.in_atomic_block and operation.actor.kind != ActorKind.REPRESENTATIVE


def _confirmed(
    operation: Operation, subject: UUID, statement: str, wanted: dict[str, Any]
) -> _Given | None:
    """None where the longer way has to be taken."""
    for _ in range(TRIES):
        now = clock.now()
        known = _recall(operation.operator, subject, now)
        if known is None:
            return None
        ready = prepared(operation, known, now)
        if ready is None:
            return None
        rows = swift.rows(statement, {"asked": ready.asked, **wanted})
        if rows:
            remember_use(operation, now.date())
            return _Given(known, ready.decision, now, rows)
        _known.pop((operation.operator, subject), None)
    return None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decision that permits, and what ``gate_confirm`` takes to confirm and journal it."""

    decision: Decision
    asked: str


def prepared(operation: Operation, known: _Known, now: datetime) -> Prepared | None:
    """None where the longer way has to be taken: the office is asked, or the gate refuses."""
    policy = known.table.policy
    if _asks_office(policy, operation.actor):
        return None
    decision = known.table.decide(known.view, operation, now)
    if not decision.permitted:
        return None
    entry = _entry(policy, operation, decision)
    return Prepared(decision, _asked(operation, known, now, entry))


_used: set[tuple[UUID, Actor, date]] = set()


def remember_use(operation: Operation, day: date) -> None:
    """What the longer way writes at every look of a member of staff is true for a whole day."""
    mark = (operation.operator, operation.actor, day)
    if operation.actor.kind is not ActorKind.STAFF or mark in _used:
        return
    with operator_scope(operation.operator):
        access.used(operation.operator, [operation.actor])
    if any(each[2] != day for each in _used):
        _used.clear()
    _used.add(mark)


def _asked(operation: Operation, known: _Known, now: datetime, entry: str) -> str:
    """What ``gate_confirm`` takes: one JSON, because every argument costs the driver time. All of
    it is made of identifiers, moments and JSON."""
    alone = "true" if operation.action in actions.CHANGES else "false"
    return (
        f'{{"operator": "{operation.operator}", "subject": "{operation.subject}", '
        f'"known": {known.state}, "digest": "{known.digest}", "moment": "{now.isoformat()}", '
        f'"alone": {alone}, "patience": "{lock_may_take()}", "entry": {entry}}}'
    )


_templates: OrderedDict[tuple[Any, ...], str] = OrderedDict()
"""The entries of permits of one shape differ in person, actor and moment alone. What is permitted
is worded by the policy, so the shapes are few and nothing personal is in them."""


def _entry(policy: Policy, operation: Operation, decision: Decision) -> str:
    actor = operation.actor
    shape = (
        *(policy.digest, decision, operation.action, operation.purpose, operation.fields),
        *(operation.recipient, operation.point, operation.reason, actor.kind, actor.role),
    )
    template = _templates.get(shape)
    if template is None:
        template = journal.template(actions.permitted_entry(policy, operation, decision))
        _templates[shape] = template
        while len(_templates) > _REMEMBERED:
            _templates.popitem(last=False)
    return journal.filled(template, operation.subject, actor)


def _asks_office(policy: Policy, actor: Actor) -> bool:
    """Staff alone are asked whether they have acknowledged the acts."""
    acknowledges = policy.access.acknowledgement and actor.kind is ActorKind.STAFF
    return bool(policy.decisions or policy.four_eyes or acknowledges)


def _recall(operator: UUID, subject: UUID, now: datetime) -> _Known | None:
    """None where no policy is in force."""
    place = (operator, subject)
    known = _known.get(place)
    if known is not None and known.view.valid(now):
        return known
    state, digest = swift.row(_PEEK, (operator, subject, now)) or (None, None)
    return recalled(operator, subject, state, digest, now)


def recalled(
    operator: UUID, subject: UUID, state: Any, digest: str | None, now: datetime
) -> _Known | None:
    """The standing that was just read, remembered; None where no policy is in force."""
    if digest is None:
        return None
    place = (operator, subject)
    table = compiled.compiled(policies.by_digest(operator, digest))
    standing = Standing() if state is None else Standing.from_json(state)
    _known[place] = known = _Known(json.dumps(state), digest, table, table.view(standing, now))
    while len(_known) > _REMEMBERED:
        _known.popitem(last=False)
    return known
