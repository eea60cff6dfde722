"""What the vault offers inside the database: how many of these endings it knows."""

from django.db import migrations

MAKE = """
CREATE FUNCTION vault_known_endings(operator uuid, subjects uuid[], ids uuid[]) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tutela.operator', operator::text, true);
    RETURN (
        SELECT count(*) FROM unnest(subjects, ids) AS asked (subject, ending)
        JOIN vault_ending e
            ON (e.operator_id, e.subject_id, e.id) = (operator, asked.subject, asked.ending)
    );
END $$;
"""
DROP = "DROP FUNCTION vault_known_endings(uuid, uuid[], uuid[])"


class Migration(migrations.Migration):
    dependencies = [("vault", "0006_at_once")]

    operations = [migrations.RunSQL(MAKE, DROP)]
