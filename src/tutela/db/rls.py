"""Row-level security for the tables of an operator, as a migration operation."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_ENABLE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_operator ON {table}
    USING (operator_id = nullif(current_setting('tutela.operator', true), '')::uuid);
"""
_DISABLE = """
DROP POLICY {table}_operator ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
_REFUSE_CHANGE = """
CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The rows of {table} are evidence: they can be added, never changed or removed.'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
"""
_ALLOW_CHANGE = """
DROP TRIGGER {table}_append_only ON {table};
DROP FUNCTION {table}_append_only();
"""
_REFUSE_REWRITE = """
CREATE FUNCTION {table}_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The rows of {table} say what was: they are added and removed, never changed.'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER {table}_as_written BEFORE UPDATE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_as_written();
"""
_ALLOW_REWRITE = """
DROP TRIGGER {table}_as_written ON {table};
DROP FUNCTION {table}_as_written();
"""


def isolate(table: str) -> RunSQL:
    """Show and accept only the rows of the operator named by ``operator_scope``; fail closed."""
    return RunSQL(_ENABLE.format(table=table), _DISABLE.format(table=table))


def append_only(table: str) -> RunSQL:
    """Let rows be added and read, and refuse every update, delete and truncate."""
    return RunSQL(_REFUSE_CHANGE.format(table=table), _ALLOW_CHANGE.format(table=table))


def as_written(table: str) -> RunSQL:
    """Let rows be added, and removed when their term is over, and refuse every change."""
    return RunSQL(_REFUSE_REWRITE.format(table=table), _ALLOW_REWRITE.format(table=table))
