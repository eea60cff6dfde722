"""People as the operator knows them without their data, their sign-ins, and who works for it."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare
from tutela.identity.staff.models import (
    StaffAttempt,
    StaffCounter,
    StaffInvitation,
    StaffLink,
    StaffSession,
)

__all__ = [
    "Session",
    "SignIn",
    "StaffAttempt",
    "StaffCounter",
    "StaffInvitation",
    "StaffLink",
    "StaffRole",
    "StaffSession",
    "Subject",
]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, by an opaque identifier, so that acts and consents keep pointing at it",
)
class Subject(models.Model):
    """A person by an opaque id. The row outlives the data, so that acts keep pointing at it."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    language = models.CharField(max_length=8)
    category = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_subject"
        indexes = [
            models.Index(fields=["operator_id", "created_at"], name="identity_subject_by_age"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="until the link is dead, half an hour at most",
    erased_by="identity.end_sessions",
    untold="only the hash of a secret, for half an hour; signing in stands in the journal",
)
class SignIn(models.Model):
    """A link that signs a person in once. Only the hash of its secret is kept."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_sign_in"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="identity_sign_in_once"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="until the session ends, half a day at most",
    erased_by="identity.end_sessions",
    untold="only the hash of a secret, for half a day; signing in stands in the journal",
)
class Session(models.Model):
    """A signed-in person. Only the hash of its secret is kept; ending removes the row."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    proof = models.CharField(max_length=16, db_default="mail-link")
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "identity_session"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="identity_session_once"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="for good, as evidence of who might act for whom; by opaque identifiers",
    keyed="It is asked for before anybody is found, and read from both sides.",
)
class Authority(models.Model):
    """``holder_id`` may act for ``subject_id``. The document itself is an attachment of the
    holder's, named by its opaque id."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    holder_id = models.UUIDField()
    relation = models.CharField(max_length=16)
    rights = models.JSONField()
    evidence = models.CharField(max_length=32)
    document = models.UUIDField(null=True)
    state = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "identity_authority"
        indexes = [
            models.Index(fields=["operator_id", "subject_id"], name="identity_authority_over"),
            models.Index(fields=["operator_id", "holder_id"], name="identity_authority_of"),
            models.Index(fields=["operator_id", "state"], name="identity_authority_state"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="until the person comes of age, or is destroyed",
    erased_by="identity.mark_destroyed",
    untold="it follows from the date of birth, which stands among the values",
)
class Minor(models.Model):
    """A person is under the age of the policy's rule. When they come of age is not kept here,
    because it would tell the day of birth; ``look_at`` says when to look into the vault again."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    noticed_at = models.DateTimeField()
    look_at = models.DateTimeField()

    class Meta:
        db_table = "identity_minor"
        indexes = [models.Index(fields=["operator_id", "look_at"], name="identity_minor_look")]


@declare(holds=Holds.NOTHING, kept="for good, as evidence of which site was believed")
class HandoverKey(models.Model):
    """A public key with which a site of the operator signs hand-over tokens."""

    pk = models.CompositePrimaryKey("operator_id", "kid")
    operator_id = models.UUIDField()
    kid = models.CharField(max_length=128)
    issuer = models.CharField(max_length=255)
    public_key = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_handover_key"


@declare(holds=Holds.NOTHING, kept="until the token would have died by itself, minutes later")
class HandoverToken(models.Model):
    """A token that has been used up, by the digest of its name."""

    pk = models.CompositePrimaryKey("operator_id", "digest")
    operator_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "identity_handover_token"


@declare(
    holds=Holds.OPAQUE,
    kept="as long as the person",
    erased_by="identity.mark_destroyed",
    untold="a keyed digest of an identifier at the operator’s site: it cannot be read back",
)
class Reference(models.Model):
    """A person's identifier at the operator's own site, as a keyed digest."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta:
        db_table = "identity_reference"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"], name="identity_reference_once"
            ),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="half a year, or until the person it was joined with is destroyed",
    erased_by="identity.mark_destroyed",
    untold="only the hash of a secret; the choices made stand among the consents",
)
class Visitor(models.Model):
    """Somebody who made a choice without signing in. Only the hash of the secret is kept, and no
    trace of what else they looked at."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    subject_id = models.UUIDField(null=True)

    class Meta:
        db_table = "identity_visitor"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="identity_visitor_once"),
        ]
        indexes = [models.Index(fields=["operator_id", "ends_at"], name="identity_visitor_over")]


@declare(holds=Holds.OPAQUE, kept="until its window is over, an hour at most")
class Attempt(models.Model):
    """How often something was tried in one window. ``digest`` is keyed and leads to nobody."""

    pk = models.CompositePrimaryKey("operator_id", "digest")
    operator_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    times = models.IntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "identity_attempt"
        indexes = [
            models.Index(fields=["operator_id", "ends_at"], name="identity_attempt_over"),
        ]


@declare(
    holds=Holds.NOTHING,
    kept="until the role is taken back",
)
class StaffRole(models.Model):
    """What one member of the operator's staff may do there; the user is Django's, by its id."""

    pk = models.CompositePrimaryKey("operator_id", "user_id", "role")
    operator_id = models.UUIDField()
    user_id = models.BigIntegerField()
    role = models.CharField(max_length=32)
    granted_at = models.DateTimeField()

    class Meta:
        db_table = "identity_staff_role"
