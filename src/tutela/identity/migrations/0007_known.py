"""What the room offers inside the database: whether somebody is known, in one statement."""

from django.db import migrations

MAKE = """
CREATE FUNCTION identity_is_known(operator uuid, subject uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tutela.operator', operator::text, true);
    RETURN EXISTS (
        SELECT FROM identity_subject s WHERE s.operator_id = operator AND s.subject_id = subject
    );
END $$;
"""
DROP = "DROP FUNCTION identity_is_known(uuid, uuid)"


class Migration(migrations.Migration):
    dependencies = [("identity", "0006_staff")]

    operations = [migrations.RunSQL(MAKE, DROP)]
