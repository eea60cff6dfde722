"""A decision that is confirmed waits for others no longer than its caller may."""

from django.db import migrations

MAKE = """
CREATE OR REPLACE FUNCTION gate_confirm(asked jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    operator uuid := asked ->> 'operator';
    subject uuid := asked ->> 'subject';
    held jsonb;
BEGIN
    PERFORM set_config('tutela.operator', asked ->> 'operator', true),
            set_config('lock_timeout', coalesce(asked ->> 'patience', '0'), true);
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


class Migration(migrations.Migration):
    dependencies = [("gate", "0003_at_once")]

    operations = [migrations.RunSQL(MAKE, migrations.RunSQL.noop)]
