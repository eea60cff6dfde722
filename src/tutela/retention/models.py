"""When data ends, what stands in the way, what keeps it, and the acts that prove its end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(holds=Holds.OPAQUE, kept="for good, as the proof of when data had to end and when it did")
class Schedule(models.Model):
    """One retention rule at work on one record. ``next_at`` is when the sweep looks at it: at
    its end, after a failed attempt, when a hold ends, or never by itself (null)."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    record = models.UUIDField()
    rule = models.CharField(max_length=64)
    scope = models.CharField(max_length=64)
    clause = models.CharField(max_length=64)
    event = models.CharField(max_length=64)
    event_at = models.DateTimeField()
    purposes = models.JSONField()
    until = models.CharField(max_length=64)
    ends_at = models.DateTimeField(null=True)
    computation = models.JSONField(null=True)
    policy_version = models.IntegerField()
    next_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_failure = models.CharField(max_length=64, default="")
    done_at = models.DateTimeField(null=True)
    act_id = models.UUIDField(null=True)

    class Meta:
        db_table = "retention_schedule"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "subject_id", "record", "rule", "scope"],
                name="retention_schedule_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "next_at"],
                condition=Q(done_at__isnull=True, next_at__isnull=False),
                name="retention_schedule_to_do",
            ),
        ]


@declare(holds=Holds.OPAQUE, kept="for good, as the proof that data was destroyed")
class Act(models.Model):
    """A signed statement of a destruction, whole or in part, or that it was impossible.
    ``envelope`` is the signed document; nothing in it is personal data."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.CharField(max_length=16)
    year = models.IntegerField()
    number = models.IntegerField()
    made_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    envelope = models.JSONField()
    obligation_id = models.UUIDField(null=True)
    cause = models.UUIDField(null=True)
    first_act = models.UUIDField(null=True)

    class Meta:
        db_table = "retention_act"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "year", "number"], name="retention_act_number"
            ),
        ]


@declare(holds=Holds.NOTHING, kept="for good, so that the numbers of acts have no gap")
class Counter(models.Model):
    """The last number given to an act in a year of the operator's calendar."""

    pk = models.CompositePrimaryKey("operator_id", "year")
    operator_id = models.UUIDField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        db_table = "retention_counter"


@declare(holds=Holds.OPAQUE, kept="for good, as the reason why a destruction had to wait")
class ObstacleRow(models.Model):
    """A registered reason why a person's data cannot be destroyed now."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    reason = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, default="")

    class Meta:
        db_table = "retention_obstacle"


@declare(holds=Holds.OPAQUE, kept="for good, as the ground on which data outlived its term")
class HoldRow(models.Model):
    """A ground on which fields are kept although nothing else needs them; ``opened_by`` and
    ``released_by`` are staff by number or the system, ``release_reason`` is a slug."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    ground = models.CharField(max_length=64)
    fields = models.JSONField()
    until = models.DateTimeField(null=True)
    clause = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64, default="", db_default="")
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, default="", db_default="")
    release_reason = models.CharField(max_length=32, default="", db_default="")

    class Meta:
        db_table = "retention_hold"


@declare(holds=Holds.NOTHING, kept="for good, as the proof of what was left in files and what not")
class Scrub(models.Model):
    """A signed act of what a scrub of the database's files came to; of nobody in particular.
    ``proven`` is whether every file was searched and none holds what was looked for."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    made_at = models.DateTimeField()
    values = models.BigIntegerField()
    proven = models.BooleanField()
    envelope = models.JSONField()

    class Meta:
        db_table = "retention_scrub"


@declare(holds=Holds.NOTHING, kept="for good, as the proof of what staff had destroyed, and why")
class Purge(models.Model):
    """A purge that staff asked for. Where the policy wants no second person, it is agreed to as
    soon as it is asked for, and ``agreed_by`` stays empty."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    reason = models.CharField(max_length=32)
    people = models.IntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.CharField(max_length=64, default="", db_default="")
    cancelled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    left = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "retention_purge"


@declare(holds=Holds.OPAQUE, kept="for good, as the proof of when an agreement was over")
class Agreement(models.Model):
    """An agreement with a person that ends on a day of its own. ``told_at`` is when its end was
    stated, so that what runs from it began."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    until = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "retention_agreement"
        indexes = [
            models.Index(
                fields=["operator_id", "until"],
                condition=Q(told_at__isnull=True),
                name="retention_agreement_to_end",
            ),
        ]
