"""Background work of this room: links asked for become letters, and letters leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.jobs.sweeps import Sweep, register
from tutela.requests import letters, representing, sign_ins


def _answer(operator_id: UUID, _now: datetime) -> int:
    return sign_ins.answer_asked(operator_id)


def _send(operator_id: UUID, _now: datetime) -> int:
    return letters.send_queued(operator_id)


register(Sweep("requests.authorities", representing.end_what_is_over, representing.next_moment))
register(Sweep("requests.asks", _answer))
register(Sweep("requests.letters", _send, letters.next_moment))
