"""Who talks with whom, and which sealed record each message is: opaque rows, no word of it."""

from __future__ import annotations

from django.db import models

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="until nobody is left who talked in it",
    erased_by="conversations.erase",
    keyed="it is between two people, so it belongs to neither alone",
    told="conversations",
)
class Conversation(models.Model):
    """One conversation: ``subject_id`` opened it, with ``other_id`` or, if that is empty from the
    beginning, with the company. Whoever is destroyed leaves an empty place."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    point = models.SlugField(max_length=64)
    with_company = models.BooleanField()
    subject_id = models.UUIDField(null=True)
    other_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "conversations_conversation"
        indexes = [
            models.Index(fields=["operator_id", "subject_id"], name="conversations_opened_by"),
            models.Index(fields=["operator_id", "other_id"], name="conversations_with"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="as long as its conversation, as the note that something was said there",
    erased_by="conversations.erase",
    keyed="it is read by two people, and outlives what one of them said in it",
    told="conversations",
)
class Message(models.Model):
    """One message. ``id`` is also the sealed record, which lies under ``author_id``; of what the
    company says that is the person it talks to. ``gone_at`` is when the record was destroyed."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    conversation = models.UUIDField()
    author_id = models.UUIDField(null=True)
    by_company = models.BooleanField(default=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "conversations_message"
        indexes = [
            models.Index(fields=["operator_id", "conversation", "at"], name="conversations_line"),
            models.Index(fields=["operator_id", "author_id"], name="conversations_author"),
        ]


@declare(
    holds=Holds.OPAQUE,
    kept="until its person is destroyed",
    erased_by="conversations.erase",
    told="conversations",
)
class Address(models.Model):
    """Where others write to somebody. ``handle`` is chance: it tells nothing of the person, and
    once this row is gone it leads to nobody."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    handle = models.CharField(max_length=64)

    class Meta:
        db_table = "conversations_address"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "handle"], name="conversations_address_once"
            ),
        ]
