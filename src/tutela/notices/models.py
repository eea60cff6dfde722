"""What was shown, once under its fingerprint; and who goes on under which version."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.NOTHING,
    kept="for good, as the words that people were shown before they gave data",
    keyed="A notice is shown to whoever comes; nobody is named.",
)
class Shown(models.Model):
    """One notice or warning as it was displayed. ``place`` is the collection point or the step."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "sha256")
    operator_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    place = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    policy_version = models.IntegerField()
    content = models.JSONField()
    first_shown_at = models.DateTimeField()

    class Meta:
        db_table = "notices_shown"


@declare(holds=Holds.OPAQUE, kept="for good, as evidence of what a person went on under")
class Acceptance(models.Model):
    """A person's answer to a new version: they went on under it, agreed, or did not agree."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    old_version = models.IntegerField()
    new_version = models.IntegerField()
    mode = models.CharField(max_length=16)
    accepted = models.BooleanField()
    act = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        db_table = "notices_acceptance"
