"""What came and was not asked for, and what was found in free text: counts and places, no words."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="for good, as numbers")
class Tally(models.Model):
    """How often something happened at one collection point on one day (``wording.COUNTED``)."""

    pk = models.CompositePrimaryKey("operator_id", "day", "point", "what")
    operator_id = models.UUIDField()
    day = models.DateField()
    point = models.CharField(max_length=64)
    what = models.CharField(max_length=16)
    times = models.BigIntegerField()

    class Meta:
        db_table = "inventory_tally"


@declare(holds=Holds.OPAQUE, kept="for good, as evidence that it was noticed and decided")
class Finding(models.Model):
    """Free text of a person that may tell of a special category; never the text itself."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    record = models.UUIDField()
    field = models.CharField(max_length=64)
    kinds = models.JSONField()
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "inventory_finding"
