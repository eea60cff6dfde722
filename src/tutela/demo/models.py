"""Where the demonstration stands in time."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.NOTHING,
    kept="as long as the demonstration lives",
    keyed="It is about the demonstration, not about an operator or a subject.",
)
class ClockOffset(models.Model):
    """The one row: how far the demonstration's clock is ahead of the machine's."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField()

    class Meta:
        db_table = "demo_clock"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="demo_clock_has_one_row")
        ]
