"""Accounts, the documents accepted for them, and the tokens of the operator's own products."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as evidence that an account was opened and ended",
    told="account",
)
class Account(models.Model):
    """``record`` is the form that opened it; ``guardian_id`` who answers for a child's. ``why``
    says by whose act it ended."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    record = models.UUIDField()
    point = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    guardian_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "accounts_account"
        indexes = [
            models.Index(
                fields=["operator_id", "guardian_id"],
                condition=models.Q(guardian_id__isnull=False),
                name="accounts_account_guarded",
            ),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as the proof of an acceptance; by opaque identifiers",
    told="account",
)
class Acceptance(models.Model):
    """One document accepted in one version."""

    APPEND_ONLY = True

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    document = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        db_table = "accounts_acceptance"


@declare(
    holds=Holds.OPAQUE,
    kept="until the person is destroyed",
    erased_by="accounts.forget",
    told="account",
)
class Token(models.Model):
    """A token by which one of the operator's products acts for the person; only its digest."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    digest = models.CharField(max_length=64)
    product = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_token"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="accounts_token_digest"),
        ]
