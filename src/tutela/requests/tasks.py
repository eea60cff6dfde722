"""Background work of this room: links asked for become letters, letters leave, requests that went
by themselves end, and recipients who said nothing are called to mind."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.identity import authorities, minors
from tutela.jobs.sweeps import Sweep, register
from tutela.requests import announcing, letters, moving, recalls, remaining, representing, sign_ins

__all__ = ["remaining"]
"""Imported so that the letter about a withdrawal finds what it says."""


def _answer(operator_id: UUID, _now: datetime) -> int:
    return sign_ins.answer_asked(operator_id)


def _send(operator_id: UUID, _now: datetime) -> int:
    return letters.send_queued(operator_id)


_ASKED = "EXISTS (SELECT FROM requests_ask WHERE operator_id = %(operator)s)"
_REMINDED = """
EXISTS (SELECT FROM requests_recall WHERE operator_id = %(operator)s
        AND acknowledged_at IS NULL AND remind_at <= %(now)s)
"""
_ANNOUNCED = """
EXISTS (SELECT FROM requests_announcement WHERE operator_id = %(operator)s AND ended_at IS NULL)
"""

register(
    Sweep(
        "requests.authorities",
        representing.end_what_is_over,
        representing.next_moment,
        f"{authorities.EXPIRED} OR {minors.TO_LOOK_AT}",
    )
)
register(Sweep("requests.asks", _answer, waiting=_ASKED))
register(Sweep("requests.cases", moving.end_what_went_by_itself, waiting=moving.is_waiting))
register(Sweep("requests.recalls", recalls.remind, recalls.next_moment, _REMINDED))
register(Sweep("requests.announcements", announcing.go_on, waiting=_ANNOUNCED))
register(Sweep("requests.letters", _send, letters.next_moment, letters.QUEUED))
