"""Sessions of staff, their wrong attempts, their invitations and their links to a provider.

Names, password digests and addresses of staff lie in Django's ``auth_user``; second factors lie,
sealed, in allauth's ``mfa_authenticator``.
"""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="until the session ends, half a day at most")
class StaffSession(models.Model):
    """One browser in which a member of staff is signed in; without its row it is signed out.

    ``second`` is true once a second factor was shown; ``confirmed_at`` is when the person last
    proved to be there, which opens sensitive pages for a while.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    way = models.CharField(max_length=16)
    second = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "identity_staff_session"
        indexes = [models.Index(fields=["user_id"], name="identity_staff_session_by_user")]


@declare(holds=Holds.NOTHING, kept="for a day, by keyed digests of the account and the source")
class StaffAttempt(models.Model):
    """An attempt to sign in that has not succeeded (yet). ``told`` once the journal knows."""

    id = models.UUIDField(primary_key=True)
    account = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    at = models.DateTimeField()
    told = models.BooleanField(default=False)

    class Meta:
        db_table = "identity_staff_attempt"
        indexes = [
            models.Index(fields=["account", "at"], name="identity_attempt_by_account"),
            models.Index(fields=["source", "at"], name="identity_attempt_by_source"),
        ]


@declare(holds=Holds.NOTHING, kept="until the link is dead, three days at most")
class StaffInvitation(models.Model):
    """A link with which a member of staff chooses a password, once. Only its hash is kept."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    user_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "identity_staff_invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"], name="identity_staff_invitation_once"
            )
        ]


@declare(holds=Holds.NOTHING, kept="until the link to the provider is taken back")
class StaffLink(models.Model):
    """Who a member of staff is at the OpenID provider, by a keyed digest of issuer and subject."""

    digest = models.CharField(max_length=64, primary_key=True)
    user_id = models.BigIntegerField()
    linked_at = models.DateTimeField()

    class Meta:
        db_table = "identity_staff_link"


@declare(holds=Holds.NOTHING, kept="as long as the account has this second factor")
class StaffCounter(models.Model):
    """The last time step whose code was used; an older or equal one is refused (RFC 6238 5.2)."""

    user_id = models.BigIntegerField(primary_key=True)
    step = models.BigIntegerField()

    class Meta:
        db_table = "identity_staff_counter"
