"""Disks, papers and other things that carry personal data: where each is, and who has it."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="for good, as the proof that every medium is accounted for")
class Medium(models.Model):
    """One medium. ``holder`` is the account of staff who has it, empty while it lies in its place;
    ``envelope`` is the signed act of its destruction."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    number = models.IntegerField()
    kind = models.CharField(max_length=16)
    store = models.CharField(max_length=64)
    spot = models.CharField(max_length=80, blank=True)
    added_at = models.DateTimeField()
    holder = models.CharField(max_length=32, blank=True)
    issued_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=16, blank=True)
    envelope = models.JSONField(null=True)

    class Meta:
        db_table = "media_medium"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "number"], name="media_medium_number")
        ]


@declare(holds=Holds.NOTHING, kept="for good, as the proof that the media were looked for")
class Check(models.Model):
    """One look whether everything is where it should be, backups included."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    found = models.JSONField()
    missing = models.JSONField()

    class Meta:
        db_table = "media_check"
        indexes = [models.Index(fields=["operator_id", "at"], name="media_check_at")]
