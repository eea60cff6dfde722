"""The operator's own programs, the keys they call with, and what they were answered."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="for good, so that entries of the journal keep pointing at it")
class Application(models.Model):
    """A program of the operator's. ``purposes`` and ``actions`` are its scope at the gate,
    ``functions`` the groups of endpoints it may use; ``per_minute`` limits its requests."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    slug = models.CharField(max_length=64)
    purposes = models.JSONField()
    actions = models.JSONField()
    functions = models.JSONField()
    per_minute = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "applications_application"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "slug"], name="applications_application_slug"
            ),
        ]


@declare(holds=Holds.NOTHING, kept="for good, without the secret, so that it is known who had one")
class Key(models.Model):
    """A key of an application by its prefix; of its secret only the hash is kept. It works until
    ``ends_at``; a revoked key ended at that moment."""

    pk = models.CompositePrimaryKey("operator_id", "prefix")
    operator_id = models.UUIDField()
    prefix = models.CharField(max_length=16)
    application_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    submission = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "applications_key"
        indexes = [
            models.Index(fields=["operator_id", "application_id"], name="applications_key_of"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "submission"], name="applications_key_submission"
            ),
        ]


@declare(
    holds=Holds.NOTHING,
    kept="a day, sealed with a key that only the application has",
)
class Reply(models.Model):
    """What a request with an idempotency key was answered; empty while it is being answered."""

    pk = models.CompositePrimaryKey("operator_id", "application_id", "name")
    operator_id = models.UUIDField()
    application_id = models.UUIDField()
    name = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        db_table = "applications_reply"
        indexes = [models.Index(fields=["operator_id", "at"], name="applications_reply_by_age")]
