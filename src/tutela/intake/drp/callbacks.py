"""Telling agents that a request they brought has moved (2.03): rows that a sweep finds.

What is sent is the state of the request as the agent would be given it, to a place of the agent's
own. A call that fails is made again, later and later, and the last state is what counts: killed at
any moment, the worst is that an agent hears the same state twice.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.request import Request
from uuid import UUID

from tutela.core import outgoing
from tutela.core.canonical import sha256_hex
from tutela.db.scope import operator_scope
from tutela.intake.drp import requests
from tutela.intake.drp.messages import Unacceptable
from tutela.intake.models import AgentRequest
from tutela.policy import actions as policies

LOOK_AGAIN = timedelta(minutes=1)
"""How soon a request that has not moved is looked at again."""
_PAUSES = tuple(timedelta(minutes=each) for each in (1, 5, 30, 120, 360))
MOST_FAILURES = 12
"""After so many failed calls about one state, some two days, the agent has to ask."""
_FINAL = frozenset({"fulfilled", "denied", "revoked"})
_BATCH = 20
_PATIENCE = 10.0


def tell(operator_id: UUID, now: datetime) -> int:
    """Call the agents whose requests have moved; how many were told."""
    with operator_scope(operator_id):
        waiting = AgentRequest.objects.filter(operator_id=operator_id, call_at__lte=now)
        found = list(waiting.order_by("call_at").values_list("id", flat=True)[:_BATCH])
    return sum(_tell(operator_id, each, now) for each in found)


def _tell(operator_id: UUID, request: UUID, now: datetime) -> bool:
    """The row is put off before the call, so that no other process makes the same one."""
    with operator_scope(operator_id):
        rows = AgentRequest.objects.select_for_update(skip_locked=True)
        row = rows.filter(operator_id=operator_id, id=request, call_at__lte=now).first()
        if row is None:
            return False
        said = _said(operator_id, row)
        digest = sha256_hex(said)
        row.call_at = now + LOOK_AGAIN if said else None
        row.save(update_fields=["call_at"])
        if not said or digest == row.told:
            return False
    done = _call(row.callback, said)
    with operator_scope(operator_id):
        _note(row, said, now, told=done)
    return done


def _said(operator_id: UUID, row: AgentRequest) -> bytes:
    """The state as the agent would be given it; nothing for an agent that is no longer known."""
    try:
        agent = requests.directory()[row.agent]
        desk = requests.desk(operator_id, policies.in_force(operator_id))
        return json.dumps(requests.status(desk, agent, row.id), sort_keys=True).encode()
    except (Unacceptable, KeyError):
        return b""


def _note(row: AgentRequest, said: bytes, now: datetime, *, told: bool) -> None:
    if told:
        row.told, row.failures = sha256_hex(said), 0
        over = json.loads(said)["status"] in _FINAL
        row.call_at = None if over else now + LOOK_AGAIN
    else:
        row.failures += 1
        pause = _PAUSES[min(row.failures, len(_PAUSES)) - 1]
        row.call_at = None if row.failures >= MOST_FAILURES else now + pause
    row.save(update_fields=["told", "failures", "call_at"])


def _call(where: str, said: bytes) -> bool:
    """Whether the agent answered 200; what it answers besides is not read (2.03.1)."""
    headers = {"Content-Type": "application/json"}
    asked = Request(where, said, headers)  # noqa: S310 - ``address`` has looked at the scheme
    try:
        with outgoing.ask(asked, patience=_PATIENCE) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (OSError, ValueError):
        return False
