"""What the vault offers inside the database: that there is nothing to destroy, in the statement in
which the gate decides. It fails as a serialisation would if there is something meanwhile."""

from django.db import migrations

MAKE = """
CREATE FUNCTION vault_none(confirmed bigint, asked jsonb, record uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM vault_record r
        WHERE r.operator_id = (asked ->> 'operator')::uuid
          AND r.subject_id = (asked ->> 'subject')::uuid AND r.id = record
    ) THEN
        PERFORM vault_changed_meanwhile();
    END IF;
END $$;
"""
DROP = "DROP FUNCTION vault_none(bigint, jsonb, uuid)"


class Migration(migrations.Migration):
    dependencies = [("vault", "0008_remnants")]

    operations = [migrations.RunSQL(MAKE, DROP)]
