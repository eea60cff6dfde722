"""What came by mail, and how far each mailbox was read; the letters themselves are in the vault."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(holds=Holds.NOTHING, kept="as long as the operator has the mailbox")
class Mailbox(models.Model):
    """How far a mailbox was read. ``mailbox`` is a digest of its address; a server that numbers
    its messages anew gives another ``uidvalidity`` (RFC 3501, 2.3.1.1)."""

    pk = models.CompositePrimaryKey("operator_id", "mailbox")
    operator_id = models.UUIDField()
    mailbox = models.CharField(max_length=64)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "intake_mailbox"


@declare(
    holds=Holds.OPAQUE,
    kept="as evidence that a letter came and what was done; it holds nothing of the letter",
    keyed="a message is there before anybody knows whose it is",
)
class Message(models.Model):
    """One message. ``digest`` is keyed, so that the same one counts once and leads nowhere."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    subject_id = models.UUIDField(null=True)
    record = models.UUIDField(null=True, help_text="The sealed record with the original.")
    digest = models.CharField(max_length=64)
    mailbox = models.CharField(max_length=64, blank=True)
    uidvalidity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    size = models.BigIntegerField()
    language = models.CharField(max_length=8)
    event = models.CharField(max_length=64, blank=True)
    channel = models.SlugField(max_length=64, blank=True)
    state = models.CharField(max_length=16)
    reason = models.SlugField(max_length=32, blank=True)
    proven = models.SlugField(max_length=16, blank=True)
    cause = models.UUIDField(null=True, help_text="What its promises are counted from.")
    files = models.PositiveSmallIntegerField(default=0)
    unfit = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)
    left_at = models.DateTimeField(null=True, help_text="When it was removed from the mailbox.")

    class Meta:
        db_table = "intake_message"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "digest"], name="intake_message_once"),
            models.UniqueConstraint(
                fields=["operator_id", "mailbox", "uidvalidity", "uid"],
                condition=models.Q(uid__isnull=False),
                name="intake_message_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "state", "received_at"], name="intake_message_state"
            )
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="as evidence of who brought a request; nothing of what the agent said of the person",
    keyed="a request is there before anybody knows whom it is about",
)
class AgentRequest(models.Model):
    """A request that an agent brought by the Data Rights Protocol; ``id`` is the request's own.

    ``callback`` is the agent's own place, ``told`` the digest of the state it was told last."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    agent = models.CharField(max_length=64)
    reference = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    callback = models.CharField(max_length=300, default="", db_default="")
    told = models.CharField(max_length=64, default="", db_default="")
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    call_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_agent_request"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "digest"], name="intake_agent_request_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["operator_id", "call_at"],
                condition=models.Q(call_at__isnull=False),
                name="intake_agent_to_call",
            )
        ]
