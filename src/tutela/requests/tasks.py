"""Background work of this room: links asked for become letters, letters leave, requests that went
by themselves end, and recipients who said nothing are called to mind."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.jobs.sweeps import Sweep, register
from tutela.requests import announcing, letters, moving, recalls, representing, sign_ins


def _answer(operator_id: UUID, _now: datetime) -> int:
    return sign_ins.answer_asked(operator_id)


def _send(operator_id: UUID, _now: datetime) -> int:
    return letters.send_queued(operator_id)


register(Sweep("requests.authorities", representing.end_what_is_over, representing.next_moment))
register(Sweep("requests.asks", _answer))
register(Sweep("requests.cases", moving.end_what_went_by_itself))
register(Sweep("requests.recalls", recalls.remind, recalls.next_moment))
register(Sweep("requests.announcements", announcing.go_on))
register(Sweep("requests.letters", _send, letters.next_moment))
