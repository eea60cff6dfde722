"""The standing of each subject: one row, owned by the gate."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="for good, by opaque identifiers, so that a destroyed person stays destroyed",
)
class StandingRow(models.Model):
    """``state`` is ``rules.Standing`` as JSON: slugs, moments, hashes and clauses."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    state = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "gate_standing"
