"""Who asked to be verified, and how it was decided: opaque rows; the papers lie in the vault."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="as long as the person: it says that they were verified, not what their papers say",
    erased_by="verification.erase",
    told="verifications",
)
class Case(models.Model):
    """One request to be verified. ``id`` is also the sealed record. Where two people decide, the
    first one's word stands in ``proposed`` until another agrees."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    point = models.SlugField(max_length=64)
    asked_at = models.DateTimeField()
    proposed = models.SlugField(max_length=32, blank=True)
    proposed_by = models.CharField(max_length=64, blank=True)
    outcome = models.SlugField(max_length=32, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "verification_case"
        indexes = [
            models.Index(fields=["operator_id", "asked_at"], name="verification_in_order"),
            models.Index(fields=["operator_id", "id"], name="verification_by_id"),
        ]
