"""What the journal says about payments: that one was told of, never by whom or how much."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, counted
from tutela.payments.wording import REASONS


@entry("payment.received")
@dataclass(frozen=True, kw_only=True)
class PaymentReceived(Entry):
    """``dropped`` counts the values of the message that nothing declares and nothing keeps."""

    record: UUID
    acquirer: str
    dropped: int
    wording = _("A payment was told of and sealed; left out of what was told: %(dropped)s")


@entry("payment.refused")
@dataclass(frozen=True, kw_only=True)
class PaymentRefused(Entry):
    acquirer: str
    reason: str
    wording = _("A message about a payment was refused and not kept: %(reason)s")


called("reason", REASONS, kind=PaymentRefused.kind)
called(
    "dropped",
    counted(ngettext_lazy("%(count)d value", "%(count)d values", "count"), none=_("nothing")),
    kind=PaymentReceived.kind,
)
