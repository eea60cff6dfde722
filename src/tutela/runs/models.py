"""The end of an operator, or the sale of its business, as one run that goes on by itself."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.OPAQUE, kept="for good, as the proof of what became of everybody’s data")
class Run(models.Model):
    """``after`` and ``told_after`` are the last persons that were carried out and written to, in
    the order in which people became known. ``envelope`` is the signed act at the end. The sealed
    file of a sale stays for at most ``file_days`` afterwards, or until the buyer's ``receipt`` is
    entered; ``file_envelope`` is the act of its end."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.CharField(max_length=16)
    clause = models.CharField(max_length=64)
    reference = models.CharField(max_length=40)
    carry_at = models.DateTimeField()
    buyer = models.CharField(max_length=64, default="", db_default="")
    key = models.CharField(max_length=64, default="", db_default="")
    assumed = models.CharField(max_length=40, default="", db_default="")
    destroys = models.BooleanField(default=True, db_default=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, default="", db_default="")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=64, default="", db_default="")
    told_after = models.UUIDField(null=True)
    told = models.IntegerField(default=0, db_default=0)
    noticed_at = models.DateTimeField(null=True)
    after = models.UUIDField(null=True)
    people = models.IntegerField(default=0, db_default=0)
    handed = models.IntegerField(default=0, db_default=0)
    destroyed = models.IntegerField(default=0, db_default=0)
    partly = models.IntegerField(default=0, db_default=0)
    kept = models.IntegerField(default=0, db_default=0)
    waiting = models.IntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    envelope = models.JSONField(null=True)
    file_days = models.IntegerField(default=30, db_default=30)
    receipt = models.CharField(max_length=40, default="", db_default="")
    file_gone_at = models.DateTimeField(null=True)
    file_envelope = models.JSONField(null=True)

    class Meta:
        db_table = "runs_run"


@declare(holds=Holds.OPAQUE, kept="for good, as the proof that somebody’s data went over once")
class HandedOver(models.Model):
    """Somebody whose data went into the file for the buyer: never twice in one run."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "run")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    run = models.UUIDField()
    at = models.DateTimeField()
    fields = models.JSONField()

    class Meta:
        db_table = "runs_handed_over"
