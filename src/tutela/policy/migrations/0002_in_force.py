"""What the policy room offers inside the database: the digest of the version in force."""

from django.db import migrations

MAKE = """
CREATE FUNCTION policy_in_force(operator uuid, moment timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT digest FROM policy_version
    WHERE operator_id = operator AND effective_from <= moment ORDER BY number DESC LIMIT 1
$$;
"""
DROP = "DROP FUNCTION policy_in_force(uuid, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]

    operations = [migrations.RunSQL(MAKE, DROP)]
