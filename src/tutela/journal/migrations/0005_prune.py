"""Removes the entries of one run for the role that serves people, which may delete none itself.

The function belongs to the owner of the tables. It removes what the run has entered in
``journal_pruned``, and only if the run's own entry says so many.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION journal_prune(operator uuid, pruning uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said bigint;
    entered bigint;
    removed bigint;
BEGIN
    SELECT (data ->> 'count')::bigint INTO said FROM journal_entry
    WHERE operator_id = operator AND id = pruning AND kind = 'journal.pruned';
    SELECT count(*) INTO entered FROM journal_pruned
    WHERE operator_id = operator AND run = pruning;
    IF said IS DISTINCT FROM entered THEN
        RAISE EXCEPTION 'No entry of the journal says that these % entries are removed.', entered
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM journal_entry e USING journal_pruned p, journal_leaf l
    WHERE p.operator_id = operator AND p.run = pruning
        AND l.operator_id = operator AND l.index = p.index
        AND e.operator_id = operator AND e.id = l.entry_id;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
"""
DROP = "DROP FUNCTION journal_prune(uuid, uuid)"


REASONS = {
    r"RunSQL ^\s*(UPDATE|DELETE\s+FROM)\b": "It stands in the body of a function, which removes "
    "the entries of one run when it is called; nothing is changed by making it."
}


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_append")]

    operations = [migrations.RunSQL(MAKE, DROP)]
