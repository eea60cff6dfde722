"""What the policy promised and has still to be done, or was done, with its evidence."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare

NOBODY = UUID(int=0)
"""Stands for the subject of an obligation about nobody in particular, since a key has no null."""


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof that a promise was kept; by opaque identifiers",
)
class Obligation(models.Model):
    """One promised outcome. ``act_at`` is when the system acts by itself or staff are reminded;
    ``due_at`` is the first moment at which it is too late. ``pauses`` are when its clock stood
    still; while one lasts ``paused_until`` is its end at the latest, by which ``due_at`` is
    counted, so that a pause that nobody ends needs nobody to be over."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    promise = models.CharField(max_length=64)
    event = models.CharField(max_length=64)
    outcome = models.CharField(max_length=32)
    clause = models.CharField(max_length=64)
    policy_version = models.IntegerField()
    cause = models.UUIDField()
    purposes = models.JSONField(default=list)
    event_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    act_at = models.DateTimeField()
    due_at = models.DateTimeField()
    computation = models.JSONField()
    state = models.CharField(max_length=16)
    extension = models.JSONField(null=True)
    pauses = models.JSONField(default=list, db_default=[])
    paused_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_failure = models.CharField(max_length=64, default="")
    late_since = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    evidence = models.JSONField(null=True)
    fallback_of = models.UUIDField(null=True)

    class Meta:
        db_table = "obligations_obligation"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "cause", "promise"],
                condition=Q(fallback_of__isnull=True),
                name="obligations_once",
            ),
            models.UniqueConstraint(
                fields=["operator_id", "fallback_of"], name="obligations_one_fallback"
            ),
            models.UniqueConstraint(fields=["operator_id", "id"], name="obligations_by_id"),
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "next_attempt_at"],
                condition=Q(state__in=["open", "late"]),
                name="obligations_to_act_on",
            ),
            models.Index(
                fields=["operator_id", "due_at"],
                condition=Q(state="open"),
                name="obligations_to_watch",
            ),
            models.Index(
                fields=["operator_id", "paused_until"],
                condition=Q(paused_until__isnull=False),
                name="obligations_standing_still",
            ),
        ]
