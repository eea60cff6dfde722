"""Tables of the journal. Entries, leaves, checkpoints and keys can be added and never changed;
``journal_pending`` is the queue between the business transaction and the sequencer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="for ever: evidence; after a destruction its identifiers lead to nobody",
    keyed="one log per operator, in which many entries are about nobody",
)
class EntryRow(models.Model):
    """``number`` is given by the database in the order of writing (not of commit)."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    number = models.BigIntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    subject_id = models.UUIDField(null=True)
    actor_kind = models.TextField()
    actor_id = models.TextField()
    actor_role = models.TextField()
    action = models.TextField()
    purpose = models.TextField()
    basis = models.TextField()
    clause = models.TextField()
    automated = models.BooleanField()
    policy_version = models.IntegerField(null=True)
    data = models.JSONField()

    class Meta:
        db_table = "journal_entry"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "number"], name="journal_entry_order"),
        ]
        indexes = [
            models.Index(fields=["operator_id", "subject_id", "number"], name="journal_of_subject"),
            models.Index(fields=["operator_id", "kind", "at"], name="journal_of_kind"),
            models.Index(
                fields=["operator_id", "clause", "number"],
                condition=~Q(clause=""),
                name="journal_of_clause",
            ),
        ]


@declare(holds=Holds.NOTHING, kept="until the sequencer takes it, seconds later")
class Pending(models.Model):
    """An entry that waits for its leaf: written with the entry, taken away by the sequencer."""

    pk = models.CompositePrimaryKey("operator_id", "number")
    operator_id = models.UUIDField()
    number = models.BigIntegerField()
    entry_id = models.UUIDField()

    class Meta:
        db_table = "journal_pending"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Leaf(models.Model):
    """The place of an entry in the tree; ``hash`` is SHA-256 of 0x00 and the leaf data."""

    pk = models.CompositePrimaryKey("operator_id", "index")
    operator_id = models.UUIDField()
    index = models.BigIntegerField()
    entry_id = models.UUIDField()
    hash = models.BinaryField()

    class Meta:
        db_table = "journal_leaf"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "entry_id"], name="journal_leaf_entry"),
        ]


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Tile(models.Model):
    """Up to 256 node hashes, 32 bytes each (C2SP tlog-tiles). The database lets a tile grow at
    its end and refuses every other change."""

    pk = models.CompositePrimaryKey("operator_id", "level", "index")
    operator_id = models.UUIDField()
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "journal_tile"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Checkpoint(models.Model):
    """A signed statement of the tree's size and root, in C2SP tlog-checkpoint form."""

    pk = models.CompositePrimaryKey("operator_id", "size")
    operator_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    key_id = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_checkpoint"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Key(models.Model):
    """Every verifier key that ever signed for the operator, so that a change can be seen."""

    pk = models.CompositePrimaryKey("operator_id", "key_id")
    operator_id = models.UUIDField()
    key_id = models.TextField()
    verifier = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "journal_key"
