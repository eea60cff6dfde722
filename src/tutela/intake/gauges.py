"""What a monitor may ask of incoming mail."""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.core.measures import gauge
from tutela.intake.models import Mailbox, Message
from tutela.intake.wording import WAITING


@gauge("mail_waiting", "Letters that wait for a person or for their sender's word.")
def waiting(operator_id: UUID) -> float:
    return Message.objects.filter(operator_id=operator_id, state__in=WAITING).count()


@gauge("mail_received", "Letters that have come by mail, those that were set aside too.")
def received(operator_id: UUID) -> float:
    return Message.objects.filter(operator_id=operator_id).count()


@gauge("mailboxes_failing", "Mailboxes that could not be read at the last attempt.")
def failing(operator_id: UUID) -> float:
    rows = Mailbox.objects.filter(operator_id=operator_id, failed_at__isnull=False)
    return rows.count()


@gauge("mailbox_seconds_behind", "Seconds since the mailbox that was read longest ago was read.")
def behind(operator_id: UUID) -> float:
    rows = Mailbox.objects.filter(operator_id=operator_id, read_at__isnull=False)
    oldest = rows.order_by("read_at").values_list("read_at", flat=True).first()
    return (clock.now() - oldest).total_seconds() if oldest else 0.0
