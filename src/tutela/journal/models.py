"""Tables of the journal. Entries, leaves, checkpoints and keys can be added and never changed;
``journal_pending`` is the queue between the business transaction and the sequencer."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.OPAQUE,
    kept="while the person is known, and for the term of the policy after the destruction; "
    "entries about nobody for ever",
    erased_by="journal.prune",
    keyed="one log per operator, in which many entries are about nobody",
    told="journal",
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
            # Most entries are permits, which the order finds as fast; every index is paid for by
            # each of them.
            models.Index(
                fields=["operator_id", "kind", "number"],
                condition=~Q(kind="gate.permitted"),
                name="journal_in_rare_kind",
            ),
            # Tells which stretches of the journal have nothing on a clause.
            BrinIndex(
                fields=["clause"],
                opclasses=["text_bloom_ops"],
                autosummarize=True,
                pages_per_range=16,
                name="journal_by_clause",
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


@declare(holds=Holds.NOTHING, kept="for ever: sums over the log")
class TallyRow(models.Model):
    """How many entries of a kind a day has, and between which numbers they lie; a day of UTC."""

    pk = models.CompositePrimaryKey("operator_id", "day", "kind", "automated")
    operator_id = models.UUIDField()
    day = models.DateField()
    kind = models.TextField()
    automated = models.BooleanField()
    times = models.BigIntegerField()
    first_number = models.BigIntegerField()
    last_number = models.BigIntegerField()

    class Meta:
        db_table = "journal_tally"


@declare(holds=Holds.NOTHING, kept="for ever: where to look in the log")
class Stretch(models.Model):
    """A stretch of the journal, ``stretches.LENGTH`` numbers long, has an entry on a clause."""

    pk = models.CompositePrimaryKey("operator_id", "clause", "stretch")
    operator_id = models.UUIDField()
    clause = models.TextField()
    stretch = models.BigIntegerField()

    class Meta:
        db_table = "journal_stretch"


@declare(holds=Holds.NOTHING, kept="for ever: one row an operator")
class Tallied(models.Model):
    """How many leaves are in the sums of ``journal_tally``, and in ``journal_stretch``."""

    operator_id = models.UUIDField(primary_key=True)
    size = models.BigIntegerField()
    stretched = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "journal_tallied"


@declare(
    holds=Holds.OPAQUE,
    kept="until it is made anew: sums over the log, signed",
    keyed="sums of one log, in which hardly a person is named",
)
class Summary(models.Model):
    """What ``shapes`` has counted up to a checkpoint, signed, so that a new process goes on from
    there."""

    pk = models.CompositePrimaryKey("operator_id", "name")
    operator_id = models.UUIDField()
    name = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    counted = models.TextField()
    key_id = models.TextField()
    signature = models.BinaryField()

    class Meta:
        db_table = "journal_summary"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Witness(models.Model):
    """The verifier key of somebody outside who signs checkpoints he has seen (C2SP
    tlog-cosignature)."""

    pk = models.CompositePrimaryKey("operator_id", "key_id")
    operator_id = models.UUIDField()
    key_id = models.TextField()
    verifier = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "journal_witness"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Cosignature(models.Model):
    """The signature line of a witness under a checkpoint; ``seen_at`` is when he says he saw it."""

    pk = models.CompositePrimaryKey("operator_id", "size", "key_id")
    operator_id = models.UUIDField()
    size = models.BigIntegerField()
    key_id = models.TextField()
    line = models.TextField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "journal_cosignature"


@declare(holds=Holds.NOTHING, kept="for ever: evidence of the log")
class Pruned(models.Model):
    """A leaf whose entry was removed after its term; ``run`` is the entry that says so."""

    pk = models.CompositePrimaryKey("operator_id", "index")
    operator_id = models.UUIDField()
    index = models.BigIntegerField()
    run = models.UUIDField()

    class Meta:
        db_table = "journal_pruned"
        indexes = [models.Index(fields=["operator_id", "run"], name="journal_pruned_by")]
