"""What the journal offers inside the database: writing an entry that comes as JSON."""

from django.db import migrations

MAKE = """
CREATE FUNCTION journal_append(operator uuid, entry jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    written bigint;
BEGIN
    INSERT INTO journal_entry (
        operator_id, id, kind, at, data, subject_id, actor_kind, actor_id, actor_role,
        action, purpose, basis, clause, automated, policy_version
    ) VALUES (
        operator, (entry ->> 'id')::uuid, entry ->> 'kind', (entry ->> 'at')::timestamptz,
        entry -> 'data', (entry ->> 'subject_id')::uuid, entry ->> 'actor_kind',
        entry ->> 'actor_id', entry ->> 'actor_role', entry ->> 'action', entry ->> 'purpose',
        entry ->> 'basis', entry ->> 'clause', (entry ->> 'automated')::boolean,
        (entry ->> 'policy_version')::integer
    ) RETURNING number INTO written;
    INSERT INTO journal_pending (operator_id, number, entry_id)
    VALUES (operator, written, (entry ->> 'id')::uuid);
END $$;
"""
DROP = "DROP FUNCTION journal_append(uuid, jsonb)"


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_entries_by_kind")]

    operations = [migrations.RunSQL(MAKE, DROP)]
