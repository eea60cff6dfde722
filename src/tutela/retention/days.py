"""A day that somebody wrote into a form, as the moment at which it is over."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.retention.errors import WrongHold


def end_of(text: str, otherwise: datetime | None) -> datetime | None:
    """The end of the day that was written, in the operator's zone. Raises ``WrongHold``."""
    if not text:
        return otherwise
    try:
        after = date.fromordinal(date.fromisoformat(text).toordinal() + 1)
        return timezone.make_aware(datetime.combine(after, datetime.min.time()))
    except (ValueError, OverflowError):
        raise WrongHold(_("Write the day as year-month-day, or leave it open.")) from None
