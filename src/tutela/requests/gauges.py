"""What a monitor may ask of letters."""

from __future__ import annotations

from uuid import UUID

from tutela.core.measures import gauge
from tutela.requests.models import Letter


@gauge("letters_queued", "Letters that wait to be sent.")
def queued(operator_id: UUID) -> float:
    return Letter.objects.filter(operator_id=operator_id, state=Letter.State.QUEUED).count()


@gauge("letters_undeliverable", "Letters that no mail server would take.")
def undeliverable(operator_id: UUID) -> float:
    return Letter.objects.filter(operator_id=operator_id, state=Letter.State.UNDELIVERABLE).count()
