"""Remembers by what the bytes of destroyed values are found in PostgreSQL's files, whichever way
they are deleted: a statement that deletes leaves one row with eight bytes of each of its rows."""

import django.contrib.postgres.fields
from django.db import migrations, models

from tutela.db.rls import isolate

MAKE = """
CREATE FUNCTION vault_remember() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- behind the byte of the format stands the nonce, which chance made
    INSERT INTO vault_remnant (operator_id, id, marks)
    SELECT operator_id, gen_random_uuid(),
        array_agg(('x' || encode(substring(sealed FROM 2 FOR 8), 'hex'))::bit(64)::bigint)
    FROM gone WHERE length(sealed) > 8 GROUP BY operator_id;
    RETURN NULL;
END $$;

CREATE TRIGGER vault_value_remember AFTER DELETE ON vault_value
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION vault_remember();
CREATE TRIGGER vault_chunk_remember AFTER DELETE ON vault_chunk
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION vault_remember();
"""
DROP = """
DROP TRIGGER vault_chunk_remember ON vault_chunk;
DROP TRIGGER vault_value_remember ON vault_value;
DROP FUNCTION vault_remember();
"""
KEY = models.CompositePrimaryKey(
    "operator_id", "id", blank=True, editable=False, primary_key=True, serialize=False
)


class Migration(migrations.Migration):
    dependencies = [("vault", "0007_known_endings")]

    operations = [
        migrations.CreateModel(
            name="Remnant",
            fields=[
                ("pk", KEY),
                ("operator_id", models.UUIDField()),
                ("id", models.UUIDField()),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("scrub", models.UUIDField(null=True)),
            ],
            options={"db_table": "vault_remnant"},
        ),
        isolate("vault_remnant"),
        migrations.RunSQL(MAKE, DROP),
    ]
