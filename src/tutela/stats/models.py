"""How often, and nothing about whom."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="for good: counts of visits that lead to nobody")
class Count(models.Model):
    """Visits of one page on one day, from one kind of device, in one language."""

    pk = models.CompositePrimaryKey("operator_id", "day", "page", "device", "language")
    operator_id = models.UUIDField()
    day = models.DateField()
    page = models.CharField(max_length=32)
    device = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    visits = models.BigIntegerField()

    class Meta:
        db_table = "stats_count"
