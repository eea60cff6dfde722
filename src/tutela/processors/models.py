"""What processors were told to destroy, and what they answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof that processors were told to destroy, and that they did",
)
class Command(models.Model):
    """One processor is to destroy what ``act`` destroyed. ``fields`` and ``purposes`` are slugs;
    ``parcel`` is the opaque place in the vault of what the processor needs to find the person,
    until it has answered. ``next_at`` is when the sweep looks at it."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    act = models.UUIDField()
    recipient = models.SlugField(max_length=64)
    by = models.CharField(max_length=16)
    fields = models.JSONField()
    purposes = models.JSONField()
    clause = models.CharField(max_length=64)
    policy_version = models.IntegerField()
    parcel = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.CharField(max_length=64, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=64, default="", db_default="")
    reminders = models.PositiveSmallIntegerField(default=0)
    overdue_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, default="", db_default="")
    outcome = models.CharField(max_length=16, default="", db_default="")
    how = models.CharField(max_length=16, default="", db_default="")
    reference = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        db_table = "processors_command"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "act", "recipient"], name="processors_command_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "next_at"],
                condition=Q(acknowledged_at__isnull=True, next_at__isnull=False),
                name="processors_command_to_do",
            ),
            models.Index(fields=["operator_id", "id"], name="processors_command_id"),
        ]
