"""What the room offers inside the database: the application of a key, in one statement."""

from django.db import migrations

MAKE = """
CREATE FUNCTION applications_caller(operator uuid, asked text) RETURNS TABLE (
    application uuid, purposes text, actions text, functions text, per_minute integer,
    digest text, ends_at timestamptz, used_at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tutela.operator', operator::text, true);
    RETURN QUERY
    SELECT a.id, a.purposes::text, a.actions::text, a.functions::text, a.per_minute,
        k.digest::text, k.ends_at, k.used_at
    FROM applications_key k JOIN applications_application a
      ON (a.operator_id, a.id) = (k.operator_id, k.application_id)
    WHERE k.operator_id = operator AND k.prefix = asked;
END $$;
"""
DROP = "DROP FUNCTION applications_caller(uuid, text)"


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]

    operations = [migrations.RunSQL(MAKE, DROP)]
