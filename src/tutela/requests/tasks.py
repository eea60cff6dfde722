"""Background work of this room: letters leave as soon as the worker looks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.jobs.sweeps import Sweep, register
from tutela.requests import letters


def _send(operator_id: UUID, _now: datetime) -> int:
    return letters.send_queued(operator_id)


register(Sweep("requests.letters", _send, letters.next_moment))
