"""What the vault offers inside the database: changing one record in the statement in which the gate
decides; ``confirmed`` is the transaction that journals it. Each function does it only if the record
is as it was read, which its mark tells, and fails as a serialisation would if it is not: then
nothing of the statement stays."""

from django.db import migrations

MAKE = """
CREATE FUNCTION vault_changed_meanwhile() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record was changed meanwhile; read it again.'
        USING ERRCODE = 'serialization_failure';
END $$;

CREATE FUNCTION vault_put(
    confirmed bigint, asked jsonb, change jsonb, sealed bytea[], key bytea, mark_before bytea,
    mark_after bytea
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    operator uuid := asked ->> 'operator';
    subject uuid := asked ->> 'subject';
    record uuid := change ->> 'record';
    at timestamptz := change ->> 'moment';
    version_now integer := change ->> 'version';
BEGIN
    IF version_now > 1 THEN
        UPDATE vault_value SET superseded_at = at
        WHERE operator_id = operator AND subject_id = subject AND record_id = record
          AND field = change -> 'fields' ->> 0 AND version = version_now - 1
          AND superseded_at IS NULL;
        IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
        DELETE FROM vault_identifier
        WHERE operator_id = operator AND subject_id = subject AND record_id = record
          AND field = change -> 'fields' ->> 0;
    ELSIF mark_before IS NULL THEN
        INSERT INTO vault_record
            (operator_id, subject_id, id, point, purposes, source, received_at, mark)
        VALUES (operator, subject, record, change ->> 'point', change -> 'purposes',
            change ->> 'source', at, mark_after)
        ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
    ELSE
        UPDATE vault_record SET mark = mark_after
        WHERE operator_id = operator AND subject_id = subject AND id = record
          AND mark = mark_before;
        IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
    END IF;
    PERFORM FROM vault_key
    WHERE operator_id = operator AND subject_id = subject AND wrapped = key FOR SHARE;
    IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
    INSERT INTO vault_value (operator_id, subject_id, record_id, field, version, slot, sealed,
        source, status, received_at)
    SELECT operator, subject, record, field, version_now, slot::bigint, bytes, change ->> 'source',
        change ->> 'status', at
    FROM ROWS FROM (
        jsonb_array_elements_text(change -> 'fields'), jsonb_array_elements_text(change -> 'slots'),
        unnest(sealed)
    ) AS given (field, slot, bytes);
    IF version_now > 1 THEN
        UPDATE vault_record SET mark = mark_after
        WHERE operator_id = operator AND subject_id = subject AND id = record
          AND mark = mark_before;
        IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
    END IF;
END $$;

CREATE FUNCTION vault_take(
    confirmed bigint, asked jsonb, change jsonb, mark_before bytea,
    OUT keys bigint, OUT index_rows bigint, OUT chunks bigint, OUT highest bigint,
    OUT installation uuid
) LANGUAGE plpgsql AS $$
DECLARE
    operator uuid := asked ->> 'operator';
    subject uuid := asked ->> 'subject';
    record uuid := change ->> 'record';
BEGIN
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
    DELETE FROM vault_record
    WHERE operator_id = operator AND subject_id = subject AND id = record AND mark = mark_before;
    IF NOT FOUND THEN PERFORM vault_changed_meanwhile(); END IF;
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

CREATE FUNCTION vault_taken(
    operator uuid, subject uuid, ending uuid, line bigint, slots bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tutela.operator', operator::text, true),
            set_config('synchronous_commit', 'off', true);
    UPDATE vault_ending SET number = line
    WHERE operator_id = operator AND subject_id = subject AND id = ending AND number IS NULL;
    DELETE FROM vault_shred WHERE operator_id = operator AND slot = ANY(slots);
END $$;
"""
DROP = """
DROP FUNCTION vault_taken(uuid, uuid, uuid, bigint, bigint[]);
DROP FUNCTION vault_take(bigint, jsonb, jsonb, bytea);
DROP FUNCTION vault_put(bigint, jsonb, jsonb, bytea[], bytea, bytea, bytea);
DROP FUNCTION vault_changed_meanwhile();
"""


REASONS = {
    r"RunSQL ^\s*(UPDATE|DELETE\s+FROM)\b": "It stands in the body of functions, each of which "
    "touches one record when it is called; nothing is changed by making them."
}


class Migration(migrations.Migration):
    dependencies = [
        ("vault", "0005_backups"),
        ("journal", "0004_append"),
        ("db", "0002_installation"),
    ]

    operations = [migrations.RunSQL(MAKE, DROP)]
