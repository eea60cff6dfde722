from django.db import migrations, models

from tutela.db.rls import append_only, isolate

EVIDENCE = ("journal_entry", "journal_leaf", "journal_checkpoint", "journal_key")

NUMBER_IN_ORDER_OF_WRITING = (
    "ALTER TABLE journal_entry ALTER number ADD GENERATED ALWAYS AS IDENTITY"
)

TILES_ONLY_GROW = """
CREATE FUNCTION journal_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.operator_id, NEW.level, NEW.index) = (OLD.operator_id, OLD.level, OLD.index)
            AND length(OLD.hashes) < 8192
            AND substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'A tile of the journal is evidence: it can grow at its end, never change.'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_tile_grows BEFORE UPDATE OR DELETE ON journal_tile
    FOR EACH ROW EXECUTE FUNCTION journal_tile_grows();
CREATE TRIGGER journal_tile_stays BEFORE TRUNCATE ON journal_tile
    FOR EACH STATEMENT EXECUTE FUNCTION journal_tile_grows();
ALTER TABLE journal_tile ADD CONSTRAINT journal_tile_size
    CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0);
ALTER TABLE journal_leaf ADD CONSTRAINT journal_leaf_size CHECK (length(hash) = 32);
"""
TILES_FREE = """
DROP TRIGGER journal_tile_grows ON journal_tile;
DROP TRIGGER journal_tile_stays ON journal_tile;
DROP FUNCTION journal_tile_grows();
ALTER TABLE journal_tile DROP CONSTRAINT journal_tile_size;
ALTER TABLE journal_leaf DROP CONSTRAINT journal_leaf_size;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "size",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("key_id", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "key_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("key_id", models.TextField()),
                ("verifier", models.TextField()),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_key",
            },
        ),
        migrations.CreateModel(
            name="Pending",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("entry_id", models.UUIDField()),
            ],
            options={
                "db_table": "journal_pending",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "level",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "journal_tile",
            },
        ),
        migrations.CreateModel(
            name="EntryRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("id", models.UUIDField()),
                ("number", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("subject_id", models.UUIDField(null=True)),
                ("actor_kind", models.TextField()),
                ("actor_id", models.TextField()),
                ("actor_role", models.TextField()),
                ("action", models.TextField()),
                ("purpose", models.TextField()),
                ("basis", models.TextField()),
                ("clause", models.TextField()),
                ("automated", models.BooleanField()),
                ("policy_version", models.IntegerField(null=True)),
                ("data", models.JSONField()),
            ],
            options={
                "db_table": "journal_entry",
                "indexes": [
                    models.Index(
                        fields=["operator_id", "subject_id", "number"], name="journal_of_subject"
                    ),
                    models.Index(fields=["operator_id", "kind", "at"], name="journal_of_kind"),
                    models.Index(
                        condition=models.Q(("clause", ""), _negated=True),
                        fields=["operator_id", "clause", "number"],
                        name="journal_of_clause",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "number"), name="journal_entry_order"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "index",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("index", models.BigIntegerField()),
                ("entry_id", models.UUIDField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "journal_leaf",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("operator_id", "entry_id"), name="journal_leaf_entry"
                    )
                ],
            },
        ),
        migrations.RunSQL(NUMBER_IN_ORDER_OF_WRITING, migrations.RunSQL.noop),
        migrations.RunSQL(TILES_ONLY_GROW, TILES_FREE),
        *(isolate(table) for table in (*EVIDENCE, "journal_tile", "journal_pending")),
        *(append_only(table) for table in EVIDENCE),
    ]
