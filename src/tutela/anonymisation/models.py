"""What data was turned into, and what was measured when it was."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="for good, as the proof of how the data of a set was made")
class Run(models.Model):
    """One time at which people's data was turned into rows, or was refused to be.

    ``how`` is the method of each field, ``asked`` the measures the policy wanted, ``found`` what
    was measured and what the attack could do.
    """

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    slug = models.CharField(max_length=64)
    at = models.DateTimeField()
    policy_version = models.IntegerField()
    people = models.IntegerField()
    turned_away = models.IntegerField()
    how = models.JSONField()
    asked = models.JSONField()
    found = models.JSONField()

    class Meta:
        db_table = "anonymisation_run"
        indexes = [
            models.Index(fields=["operator_id", "slug", "at"], name="anonymisation_run_of_set")
        ]


@declare(
    holds=Holds.NOTHING,
    kept="for good; nobody can be told from it, which is measured before it is written",
)
class Row(models.Model):
    """What stays of people, as often as it occurs; of an aggregated field its count alone.

    Rows say nothing of when or in which order people came: those alike are one row.
    """

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    run = models.UUIDField()
    slug = models.CharField(max_length=64)
    aggregated = models.CharField(max_length=64, blank=True)
    content = models.JSONField()
    times = models.IntegerField()

    class Meta:
        db_table = "anonymisation_row"
        indexes = [
            models.Index(fields=["operator_id", "slug", "run"], name="anonymisation_row_of_run")
        ]
