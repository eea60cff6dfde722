"""Deciding and doing in one statement: the database confirms what a decision rests on."""

from django.db import migrations

MAKE = """
CREATE FUNCTION gate_peek(
    operator uuid, subject uuid, moment timestamptz, OUT state jsonb, OUT digest text
) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('tutela.operator', operator::text, true);
    state := (
        SELECT s.state FROM gate_standing s
        WHERE s.operator_id = operator AND s.subject_id = subject
    );
    digest := policy_in_force(operator, moment);
END $$;

CREATE FUNCTION gate_confirm(asked jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    operator uuid := asked ->> 'operator';
    subject uuid := asked ->> 'subject';
    held jsonb;
BEGIN
    PERFORM set_config('tutela.operator', asked ->> 'operator', true);
    IF (asked ->> 'alone')::boolean THEN
        SELECT state INTO held FROM gate_standing
        WHERE operator_id = operator AND subject_id = subject FOR UPDATE;
    ELSE
        SELECT state INTO held FROM gate_standing
        WHERE operator_id = operator AND subject_id = subject FOR SHARE;
    END IF;
    IF coalesce(held, 'null') IS DISTINCT FROM asked -> 'known'
        OR policy_in_force(operator, (asked ->> 'moment')::timestamptz)
            IS DISTINCT FROM asked ->> 'digest'
    THEN
        RETURN NULL;
    END IF;
    PERFORM journal_append(operator, asked -> 'entry');
    RETURN pg_current_xact_id()::text::bigint;
END $$;
"""
DROP = """
DROP FUNCTION gate_confirm(jsonb);
DROP FUNCTION gate_peek(uuid, uuid, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("gate", "0002_office"),
        ("policy", "0002_in_force"),
        ("journal", "0004_append"),
    ]

    operations = [migrations.RunSQL(MAKE, DROP)]
