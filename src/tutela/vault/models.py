"""Tables of the vault. What is personal in them is sealed; everything else is opaque."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tutela.db.tables import Holds, declare


@declare(
    holds=Holds.SEALED,
    kept="as long as the person",
    erased_by="vault.destroy",
    untold="the key that opens the values; it says nothing of the person",
)
class Key(models.Model):
    """The person's data key, wrapped; ``wrapper`` names the key that wraps it, and ``renewed_by``
    the last rotation that gave the person a new data key."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    wrapper = models.TextField()
    wrapped = models.BinaryField()
    made_at = models.DateTimeField()
    renewed_by = models.UUIDField(null=True)

    class Meta:
        db_table = "vault_key"


@declare(
    holds=Holds.OPAQUE,
    kept="as long as a value in it",
    erased_by="vault.destroy",
    told="values",
)
class Record(models.Model):
    """What was taken together: one form, one letter. ``purposes`` are those it was taken for."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    point = models.TextField()
    purposes = models.JSONField()
    source = models.TextField()
    received_at = models.DateTimeField()
    mark = models.BinaryField(null=True)
    """The keyed digest of all that the record is and holds (``marks``); null from before marks."""

    class Meta:
        db_table = "vault_record"


@declare(
    holds=Holds.SEALED,
    kept="until its retention rule ends it",
    erased_by="vault.destroy",
    told="values",
)
class Value(models.Model):
    """One version of one field. The current one has no ``superseded_at``; ``slot`` is the place
    of its share in the key store, without which ``sealed`` cannot be opened."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "record_id", "field", "version")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    record_id = models.UUIDField()
    field = models.TextField()
    version = models.PositiveIntegerField()
    slot = models.BigIntegerField()
    sealed = models.BinaryField()
    source = models.TextField()
    status = models.TextField()
    received_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.TextField(default="", db_default="")
    confirmed_how = models.TextField(default="", db_default="")

    reference: str = ""
    """Which source it is from, while it is open; sealed together with the text."""

    class Meta:
        db_table = "vault_value"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "subject_id", "record_id", "field"],
                condition=Q(superseded_at=None),
                name="vault_value_one_current",
            ),
            models.UniqueConstraint(fields=["operator_id", "slot"], name="vault_value_own_slot"),
        ]


@declare(
    holds=Holds.SEALED,
    kept="as long as the value it was made from",
    erased_by="vault.destroy",
    keyed="It is asked which person has a value: the answer cannot be part of the key's head.",
    untold="keyed digests of values that stand in the copy themselves",
)
class Identifier(models.Model):
    """The blind index: a keyed digest of one identifying value leads to the person. ``key`` names
    the index key; empty in rows from before keys were registered, which are of the first one."""

    pk = models.CompositePrimaryKey("operator_id", "field", "digest", "subject_id", "record_id")
    operator_id = models.UUIDField()
    field = models.TextField()
    digest = models.BinaryField()
    subject_id = models.UUIDField()
    record_id = models.UUIDField()
    since = models.DateTimeField()
    key = models.TextField(default="", db_default="")

    class Meta:
        db_table = "vault_identifier"
        indexes = [
            models.Index(
                fields=["operator_id", "subject_id", "record_id"],
                name="vault_identifier_of_subject",
            ),
        ]


@declare(holds=Holds.NOTHING, kept="until the slot is overwritten, at the next sweep at the latest")
class Shred(models.Model):
    """A slot of the key store to overwrite, ordered by the transaction that destroyed its value."""

    pk = models.CompositePrimaryKey("operator_id", "slot")
    operator_id = models.UUIDField()
    slot = models.BigIntegerField()
    transaction = models.BigIntegerField()

    class Meta:
        db_table = "vault_shred"


@declare(
    holds=Holds.NOTHING,
    kept="until the files of the database were searched for the bytes and do not hold them",
)
class Remnant(models.Model):
    """By what the sealed bytes that one statement deleted are found in files: eight bytes of the
    nonce of each, which chance made, as a number, so that they stand here in another order.
    ``scrub`` is the run that looks for them (``remnants``)."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    marks = ArrayField(models.BigIntegerField())
    scrub = models.UUIDField(null=True)

    class Meta:
        db_table = "vault_remnant"


@declare(
    holds=Holds.OPAQUE,
    kept="for good, so that an old backup that is restored ends it again",
)
class Ending(models.Model):
    """What is over for a person and must stay over; a copy of each stands in the home, outside of
    any backup of the database (``endings``). ``number`` is its line there, null until written."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.TextField()
    content = models.JSONField()
    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    number = models.BigIntegerField(null=True)

    class Meta:
        db_table = "vault_ending"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "number"], name="vault_ending_number"),
        ]
        indexes = [
            models.Index(
                fields=["operator_id"],
                condition=Q(number=None),
                name="vault_ending_unwritten",
            ),
        ]


@declare(holds=Holds.OPAQUE, kept="for good, as evidence of what was found and restored")
class Damage(models.Model):
    """Something of a person that is not as Tutela left it: what, where, since when it is known,
    and how it ended."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "id")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.TextField()
    record_id = models.UUIDField(null=True)
    field = models.TextField(default="")
    version = models.PositiveIntegerField(default=0)
    found_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_how = models.TextField(default="")

    class Meta:
        db_table = "vault_damage"
        indexes = [
            models.Index(
                fields=["operator_id", "subject_id"],
                condition=Q(ended_at=None),
                name="vault_damage_open",
            ),
        ]


@declare(
    holds=Holds.NOTHING,
    kept="for good, as evidence of what was copied and when the copy ended",
    keyed="A backup is of the whole installation, of every operator and subject at once.",
)
class Backup(models.Model):
    """A backup that was made: of ``data`` or ``keys``, kept at the place that a slug names, until
    a day. ``gone_at`` is when somebody said that it was destroyed."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    made_at = models.DateTimeField()
    place = models.TextField()
    until = models.DateField(null=True)
    size = models.BigIntegerField()
    digest = models.TextField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_backup"


@declare(
    holds=Holds.NOTHING,
    kept="for good, as evidence that restoring was tried",
    keyed="A restore is of the whole installation, of every operator and subject at once.",
)
class Restore(models.Model):
    """A restore from the ``backup``, in earnest or as a ``drill`` beside what is in use, and what
    was ended again after it."""

    id = models.UUIDField(primary_key=True)
    backup = models.UUIDField()
    made_at = models.DateTimeField()
    drill = models.BooleanField()
    held = models.BigIntegerField()
    opened = models.BigIntegerField()
    again = models.BigIntegerField()
    back = models.BigIntegerField()

    class Meta:
        db_table = "vault_restore"


@declare(holds=Holds.NOTHING, kept="one row an operator")
class Round(models.Model):
    """How far the look over the whole vault is: ``after`` is the last person of this round."""

    operator_id = models.UUIDField(primary_key=True)
    after = models.UUIDField()
    began_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_people = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()

    class Meta:
        db_table = "vault_round"


class Use(models.TextChoices):
    """What a key of the operator is for."""

    WRAPPING = "wrapping"
    INDEX = "index"


class State(models.TextChoices):
    """A key is ``current``; ``leaving`` while a rotation takes what it protects to the next one;
    ``retired`` once it protects nothing in the database; ``ending`` between the decision to
    destroy it and the deed; ``destroyed``."""

    CURRENT = "current"
    LEAVING = "leaving"
    RETIRED = "retired"
    ENDING = "ending"
    DESTROYED = "destroyed"


@declare(holds=Holds.NOTHING, kept="for good: the register of keys is evidence")
class OperatorKey(models.Model):
    """The register of the operator's keys. The keys themselves are in files or key services."""

    pk = models.CompositePrimaryKey("operator_id", "use", "name")
    operator_id = models.UUIDField()
    use = models.TextField(choices=Use)
    name = models.TextField()
    state = models.TextField(choices=State)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "vault_operator_key"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "use"],
                condition=Q(state="current"),
                name="vault_operator_key_one_current",
            ),
        ]


@declare(holds=Holds.OPAQUE, kept="for good: it tells when keys were changed")
class Rotation(models.Model):
    """The work of changing one kind of key, subject by subject. ``after`` is the last subject of
    this pass, ``until`` the last one that had a data key at the beginning."""

    pk = models.CompositePrimaryKey("operator_id", "id")
    operator_id = models.UUIDField()
    id = models.UUIDField()
    kind = models.TextField()
    new = models.TextField(default="")
    destroy_old = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    after = models.UUIDField()
    until = models.UUIDField(null=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_rotation"
        constraints = [
            models.UniqueConstraint(
                fields=["operator_id", "kind"],
                condition=Q(ended_at=None),
                name="vault_rotation_one_open",
            ),
        ]


@declare(
    holds=Holds.SEALED,
    kept="as long as the value it is a part of",
    erased_by="vault.destroy",
    told="values",
)
class Chunk(models.Model):
    """One sealed chunk of a file; its key and number of all stand in the sealed value that has
    the same place (``attachments.chunks``)."""

    pk = models.CompositePrimaryKey(
        "operator_id", "subject_id", "record_id", "field", "version", "number"
    )
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    record_id = models.UUIDField()
    field = models.TextField()
    version = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "vault_chunk"


@declare(
    holds=Holds.SEALED,
    kept="as long as the person",
    erased_by="vault.destroy",
    untold="chance that leads from a pseudonym back; it says nothing of the person",
)
class Pseudonym(models.Model):
    """What leads from a pseudonym back to a person, together with the key of its scope."""

    pk = models.CompositePrimaryKey("operator_id", "subject_id", "scope", "generation")
    operator_id = models.UUIDField()
    subject_id = models.UUIDField()
    scope = models.TextField()
    generation = models.PositiveIntegerField()
    salt = models.BinaryField()
    back = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "vault_pseudonym"
        constraints = [
            models.UniqueConstraint(fields=["operator_id", "back"], name="vault_pseudonym_back"),
        ]


@declare(holds=Holds.NOTHING, kept="for good, so that a destroyed key is never used again")
class PseudonymScope(models.Model):
    """A purpose, or a purpose and a recipient, and the name of the key of its pseudonyms."""

    pk = models.CompositePrimaryKey("operator_id", "scope", "generation")
    operator_id = models.UUIDField()
    scope = models.TextField()
    generation = models.PositiveIntegerField()
    key = models.TextField()
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    key_destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_pseudonym_scope"
