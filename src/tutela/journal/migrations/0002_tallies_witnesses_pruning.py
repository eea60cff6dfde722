from django.db import migrations, models

from tutela.db.rls import append_only, isolate

EVIDENCE = ("journal_witness", "journal_cosignature", "journal_pruned")
SUMS = ("journal_tally", "journal_tallied", "journal_summary")

ENTRIES_END = """
DROP TRIGGER journal_entry_append_only ON journal_entry;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_append_only();
CREATE FUNCTION journal_entry_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM journal_leaf l
        JOIN journal_pruned p ON p.operator_id = l.operator_id AND p.index = l.index
        WHERE l.operator_id = OLD.operator_id AND l.entry_id = OLD.id
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The rows of journal_entry are evidence: one is removed only after its leaf was '
        'entered in journal_pruned.' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER journal_entry_ends BEFORE DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_ends();
"""
ENTRIES_STAY = """
DROP TRIGGER journal_entry_ends ON journal_entry;
DROP FUNCTION journal_entry_ends();
DROP TRIGGER journal_entry_append_only ON journal_entry;
CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "size",
                        "key_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("size", models.BigIntegerField()),
                ("key_id", models.TextField()),
                ("line", models.TextField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "db_table": "journal_cosignature",
            },
        ),
        migrations.CreateModel(
            name="Pruned",
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
                ("run", models.UUIDField()),
            ],
            options={
                "db_table": "journal_pruned",
                "indexes": [models.Index(fields=["operator_id", "run"], name="journal_pruned_by")],
            },
        ),
        migrations.CreateModel(
            name="Summary",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "name",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("name", models.TextField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("counted", models.TextField()),
                ("key_id", models.TextField()),
                ("signature", models.BinaryField()),
            ],
            options={
                "db_table": "journal_summary",
            },
        ),
        migrations.CreateModel(
            name="Tallied",
            fields=[
                ("operator_id", models.UUIDField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
            ],
            options={
                "db_table": "journal_tallied",
            },
        ),
        migrations.CreateModel(
            name="TallyRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "operator_id",
                        "day",
                        "kind",
                        "automated",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operator_id", models.UUIDField()),
                ("day", models.DateField()),
                ("kind", models.TextField()),
                ("automated", models.BooleanField()),
                ("times", models.BigIntegerField()),
                ("first_number", models.BigIntegerField()),
                ("last_number", models.BigIntegerField()),
            ],
            options={
                "db_table": "journal_tally",
            },
        ),
        migrations.CreateModel(
            name="Witness",
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
                "db_table": "journal_witness",
            },
        ),
        *(isolate(table) for table in (*EVIDENCE, *SUMS)),
        *(append_only(table) for table in EVIDENCE),
        migrations.RunSQL(ENTRIES_END, ENTRIES_STAY),
    ]
