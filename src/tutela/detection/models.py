"""What was counted, what was found, and how far the journal has been looked through."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="as long as the operator works here")
class Cursor(models.Model):
    """``position`` is the leaf of the journal's tree that will be looked at next."""

    operator_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "detection_cursor"


@declare(holds=Holds.OPAQUE, kept="until its window is over, two days at most")
class Tally(models.Model):
    """What one actor did of one kind within half a window: different things, each with the entry
    that told of it. No row is about one person; the things may be opaque ids of people."""

    pk = models.CompositePrimaryKey("operator_id", "rule", "who_kind", "who", "bucket")
    operator_id = models.UUIDField()
    rule = models.CharField(max_length=32)
    who_kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64)
    bucket = models.DateTimeField()
    things = models.JSONField()

    class Meta:
        db_table = "detection_tally"
        indexes = [models.Index(fields=["operator_id", "bucket"], name="detection_tally_age")]


@declare(holds=Holds.OPAQUE, kept="for good, as evidence that it was noticed and acted upon")
class Event(models.Model):
    """Unusual access by one actor. ``entries`` are the journal entries behind it, at most 50;
    ``incident`` will name the incident it became."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    rule = models.CharField(max_length=32)
    severity = models.CharField(max_length=16)
    who_kind = models.CharField(max_length=16)
    who = models.CharField(max_length=64)
    count = models.IntegerField()
    entries = models.JSONField()
    raised_at = models.DateTimeField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)
    measure = models.CharField(max_length=32, blank=True)
    incident = models.UUIDField(null=True)

    class Meta:
        db_table = "detection_event"
        indexes = [
            models.Index(
                fields=["operator_id", "rule", "who_kind", "who", "last_at"],
                name="detection_event_of",
            ),
        ]
