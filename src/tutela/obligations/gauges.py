"""What a monitor may ask of what was promised."""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.core.measures import gauge
from tutela.obligations.models import Obligation

_LIVE = ("open", "late")


@gauge("obligations_open", "Promised outcomes that are not discharged yet, late ones included.")
def not_discharged(operator_id: UUID) -> float:
    return Obligation.objects.filter(operator_id=operator_id, state__in=_LIVE).count()


@gauge("obligations_overdue", "Promised outcomes whose due moment has passed.")
def overdue(operator_id: UUID) -> float:
    live = Obligation.objects.filter(operator_id=operator_id, state__in=_LIVE)
    return live.filter(due_at__lte=clock.now()).count()


@gauge("obligations_failing", "Promised outcomes whose last attempt failed.")
def failing(operator_id: UUID) -> float:
    live = Obligation.objects.filter(operator_id=operator_id, state__in=_LIVE)
    return live.exclude(last_failure="").count()
