"""Which records a person made public. What of them is seen follows from the person's consents."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="until the record or the person is destroyed",
    erased_by="publicity.forget",
    told="public",
)
class Listing(models.Model):
    """``id`` is the public address; it says nothing of the person."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    record = models.UUIDField()
    purpose = models.CharField(max_length=64)
    point = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "publicity_listing"
        indexes = [
            models.Index(
                fields=["operator_id", "-opened_at"],
                condition=models.Q(closed_at__isnull=True),
                name="publicity_listing_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "id"], name="publicity_listing_id"),
        ]
