"""Who agreed to what, in which words: evidence that is added to and never changed."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare

PROOF = "for good, as the proof of a consent; by opaque identifiers"


@declare(holds=Holds.NOTHING, kept="for good, as the words that people agreed to")
class Text(models.Model):
    """A consent text as it was shown, under the hash of its bytes."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "sha256")
    operator_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    purpose = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    policy_version = models.IntegerField()
    first_shown_at = models.DateTimeField()

    class Meta:
        db_table = "consent_text"


@declare(
    holds=Holds.OPAQUE,
    kept=PROOF,
    told="consents",
)
class Event(models.Model):
    """One purpose agreed to, withdrawn or expired. ``cause`` is the withdrawal, if any."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.CharField(max_length=16)
    purpose = models.CharField(max_length=64)
    at = models.DateTimeField()
    mode = models.CharField(max_length=32)
    act = models.CharField(max_length=64)
    point = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    text_hash = models.CharField(max_length=64)
    policy_version = models.IntegerField()
    expires_at = models.DateTimeField(null=True)
    record = models.UUIDField(null=True)
    cause = models.UUIDField(null=True)

    class Meta:
        db_table = "consent_event"
        indexes = [
            models.Index(
                fields=["operator_id", "expires_at"],
                condition=models.Q(expires_at__isnull=False, kind="given"),
                name="consent_event_expiring",
            ),
        ]


@declare(holds=Holds.OPAQUE, kept=PROOF)
class WithdrawalRow(models.Model):
    """One withdrawal of one or more purposes, and the grounds that remained after it."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    purposes = models.JSONField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=32)
    actor = models.CharField(max_length=32)
    remaining = models.JSONField()
    policy_version = models.IntegerField()

    class Meta:
        db_table = "consent_withdrawal"


@declare(
    holds=Holds.OPAQUE,
    kept="until the visitor signs in or is forgotten, half a year at most",
    keyed="It is about a visitor, who is no subject yet.",
)
class Choice(models.Model):
    """What a visitor chose about one purpose, the last time they chose; not yet a person's."""

    pk = models.CompositePrimaryKey("operator_id", "visitor_id", "purpose")
    operator_id = models.UUIDField()
    visitor_id = models.UUIDField()
    purpose = models.CharField(max_length=64)
    agreed = models.BooleanField()
    at = models.DateTimeField()
    language = models.CharField(max_length=8)
    policy_version = models.IntegerField()

    class Meta:
        db_table = "consent_choice"
        indexes = [models.Index(fields=["operator_id", "at"], name="consent_choice_age")]


@declare(holds=Holds.NOTHING, kept="for good: somebody refused, and nobody knows who")
class Refusal(models.Model):
    """A visitor did not agree. Nothing that could lead to the visitor is kept (004 2.7)."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    point = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    policy_version = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "consent_refusal"
