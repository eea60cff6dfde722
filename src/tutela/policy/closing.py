"""An operator that is wound up takes no new data: every room that would asks here first.

Whether it is closed is a fact about the operator, like its policy, so it stands beside it; the run
that winds it up closes it on its day (``tutela.runs``). What is held stays readable to whom it is
owed, until it goes too.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core.errors import TutelaError
from tutela.db import swift
from tutela.db.scope import facts
from tutela.policy.models import Operator

_CLOSED = "SELECT closed_at FROM policy_operator WHERE id = %s"


class OperatorClosed(TutelaError):
    """The operator is wound up and takes nothing in any more; nothing of what was sent is kept."""

    status = 410


def close(operator_id: UUID, now: datetime) -> bool:
    """Take nothing in from now on; False if that was so before."""
    facts().pop(("closed", operator_id), None)
    return bool(Operator.objects.filter(id=operator_id, closed_at=None).update(closed_at=now))


def reopen(operator_id: UUID) -> bool:
    """The run was called off: take data in again; False if nothing was closed."""
    facts().pop(("closed", operator_id), None)
    rows = Operator.objects.filter(id=operator_id, closed_at__isnull=False)
    return bool(rows.update(closed_at=None))


def closed_at(operator_id: UUID) -> datetime | None:
    """Since when nothing is taken in; a transaction asks the database once."""
    known = facts()
    if ("closed", operator_id) not in known:
        found = swift.row(_CLOSED, (operator_id,))
        known["closed", operator_id] = found[0] if found else None
        return found[0] if found else None
    at: datetime | None = known["closed", operator_id]
    return at


def demand_open(operator_id: UUID) -> None:
    """Raises ``OperatorClosed``."""
    if closed_at(operator_id) is not None:
        raise OperatorClosed(
            _(
                "The operator is being wound up and takes no data any more. Nothing of what you "
                "sent was kept. What is still held about you can be seen under “My data”."
            )
        )
