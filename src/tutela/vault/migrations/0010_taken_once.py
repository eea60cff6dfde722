"""Two who destroy the same record at once: the second is told so before it does anything. It would
else, for the moment until the first has overwritten the shares, write the same work down again."""

from django.db import migrations

MAKE = """
CREATE OR REPLACE FUNCTION vault_take(
    confirmed bigint, asked jsonb, change jsonb, mark_before bytea,
    OUT keys bigint, OUT index_rows bigint, OUT chunks bigint, OUT highest bigint,
    OUT installation uuid
) LANGUAGE plpgsql AS $$
DECLARE
    operator uuid := asked ->> 'operator';
    subject uuid := asked ->> 'subject';
    record uuid := change ->> 'record';
BEGIN
    DELETE FROM vault_record
    WHERE operator_id = operator AND subject_id = subject AND id = record AND mark = mark_before;
    IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
    DELETE FROM vault_value
    WHERE operator_id = operator AND subject_id = subject AND record_id = record;
    INSERT INTO vault_shred (operator_id, slot, transaction)
    SELECT operator, slot::bigint, confirmed
    FROM jsonb_array_elements_text(change -> 'content' -> 'slots') AS slot;
    INSERT INTO vault_ending (operator_id, subject_id, id, kind, content, at, transaction)
    VALUES (operator, subject, (change ->> 'ending')::uuid, change ->> 'kind', change -> 'content',
        (change ->> 'moment')::timestamptz, confirmed);
    PERFORM journal_append(operator, change -> 'entry');
    DELETE FROM vault_chunk
    WHERE operator_id = operator AND subject_id = subject AND record_id = record;
    GET DIAGNOSTICS chunks = ROW_COUNT;
    DELETE FROM vault_identifier
    WHERE operator_id = operator AND subject_id = subject AND record_id = record;
    GET DIAGNOSTICS index_rows = ROW_COUNT;
    DELETE FROM vault_record r
    WHERE r.operator_id = operator AND r.subject_id = subject AND NOT EXISTS (
        SELECT FROM vault_value v
        WHERE v.operator_id = operator AND v.subject_id = subject AND v.record_id = r.id
    );
    keys := 0;
    IF NOT EXISTS (
        SELECT FROM vault_record r WHERE r.operator_id = operator AND r.subject_id = subject
    ) THEN
        DELETE FROM vault_key WHERE operator_id = operator AND subject_id = subject;
        GET DIAGNOSTICS keys = ROW_COUNT;
        DELETE FROM vault_pseudonym WHERE operator_id = operator AND subject_id = subject;
    END IF;
    SELECT coalesce(max(number), 0) INTO highest FROM vault_ending WHERE operator_id = operator;
    installation := (SELECT value::uuid FROM db_fact WHERE name = 'installation');
END $$;
"""

REASONS = {
    r"RunSQL ^\s*(UPDATE|DELETE\s+FROM)\b": "It stands in the body of a function that touches one "
    "record when it is called; nothing is changed by making it."
}


class Migration(migrations.Migration):
    dependencies = [("vault", "0009_nothing_there")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
