"""What somebody can do who has stolen the password of the role that serves people.

They talk to PostgreSQL directly, so nothing of the application stands in the way: no scope that
is opened for them, no gate, no vault. Each test is named after what it tries, and the tables come
from the register: a new one fails here until it is isolated.

What such a thief can do is stated too: name any operator's scope, and read what lies there sealed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors, sql
from tests.db.raw import (
    HERE,
    OF_OPERATORS,
    THERE,
    connect,
    rows_of_two,
    secret_of_the_owner,
)

from tutela.db.cluster import APP, OWNER, SUPERUSER
from tutela.db.tables import TABLES, Holds

pytestmark = pytest.mark.django_db

Raw = psycopg.Connection[Any]
REFUSED = (errors.InsufficientPrivilege,)
"""PostgreSQL's word for: not yours to do. A policy of rows says the same."""

EVIDENCE = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname IN (relname || '_append_only', relname || '_as_written') AND NOT tgisinternal
ORDER BY 1
"""


@pytest.fixture(scope="module")
def login(django_db_setup, django_db_blocker) -> Iterator[Raw]:
    with django_db_blocker.unblock(), rows_of_two(), connect() as made:
        yield made


@pytest.fixture
def raw(login) -> Raw:
    """As it was right after the login."""
    login.execute("RESET ALL")
    return login


def _scope(raw: Raw, operator: object) -> None:
    raw.execute("SELECT set_config('tutela.operator', %s, false)", [str(operator)])


def _seen(raw: Raw, table: str) -> set[object]:
    statement = sql.SQL("SELECT DISTINCT operator_id FROM {}").format(sql.Identifier(table))
    return {operator for (operator,) in raw.execute(statement)}


def _on(table: str, statement: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(table))


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_reading_without_a_scope_shows_nothing(raw, table):
    assert _seen(raw, table) == set()
    _scope(raw, "")
    assert _seen(raw, table) == set()


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_reading_in_the_scope_of_one_operator_shows_nothing_of_another(raw, table):
    _scope(raw, HERE)
    assert _seen(raw, table) == {HERE}
    _scope(raw, THERE)
    assert _seen(raw, table) == {THERE}


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_giving_a_row_to_another_operator_is_refused(raw, table):
    _scope(raw, HERE)
    with pytest.raises(REFUSED):
        raw.execute(_on(table, "UPDATE {} SET operator_id = %s"), [THERE])
    _scope(raw, THERE)
    assert _seen(raw, table) == {THERE}


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_writing_a_row_of_another_operator_is_refused(raw, table):
    """The row is a whole one, copied from one's own, so that nothing but its operator is wrong."""
    columns = [
        name
        for (name,) in raw.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
            "AND NOT attisdropped AND attgenerated = '' AND attname <> 'operator_id' "
            "AND attidentity <> 'a'",
            [table],
        )
    ]
    copied = sql.SQL(", ").join(map(sql.Identifier, columns))
    _scope(raw, HERE)
    with pytest.raises(REFUSED, match="row-level security"):
        raw.execute(
            sql.SQL(
                "INSERT INTO {table} (operator_id, {columns}) SELECT %s, {columns} FROM {table}"
            ).format(table=sql.Identifier(table), columns=copied),
            [THERE],
        )


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_removing_rows_of_another_operator_removes_none(raw, table):
    _scope(raw, HERE)
    try:
        done = raw.execute(_on(table, "DELETE FROM {} WHERE operator_id = %s"), [THERE])
    except errors.InsufficientPrivilege:
        return
    assert done.rowcount == 0
    _scope(raw, THERE)
    assert _seen(raw, table) == {THERE}


@pytest.mark.parametrize("table", OF_OPERATORS)
def test_setting_row_level_security_aside_for_a_session_is_refused(raw, table):
    raw.execute("SET row_security = off")
    with pytest.raises(REFUSED):
        _seen(raw, table)


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {} DISABLE TRIGGER ALL",
        "ALTER TABLE {} ADD COLUMN more text",
        "ALTER TABLE {} OWNER TO tutela_app",
        "CREATE POLICY everybody ON {} USING (true)",
        "CREATE INDEX ON {} ((1))",
        "TRUNCATE {}",
        "DROP TABLE {} CASCADE",
    ],
)
def test_changing_a_table_is_refused(raw, attempt):
    for table in TABLES:
        with pytest.raises(REFUSED):
            raw.execute(_on(table, attempt))


def test_dropping_a_policy_or_a_trigger_is_refused(raw):
    policies = raw.execute("SELECT polname, polrelid::regclass::text FROM pg_policy").fetchall()
    triggers = raw.execute(
        "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    ).fetchall()
    assert len(policies) == len(OF_OPERATORS)
    assert len(triggers) > 10
    for kind, named in (("POLICY", policies), ("TRIGGER", triggers)):
        for name, table in named:
            with pytest.raises(REFUSED):
                raw.execute(
                    sql.SQL("DROP {} {} ON {}").format(
                        sql.SQL(kind), sql.Identifier(name), sql.Identifier(table)
                    )
                )


def test_changing_evidence_is_refused_with_the_scope_of_its_own_operator(raw):
    _scope(raw, HERE)
    tables = [name for (name,) in raw.execute(EVIDENCE)]
    assert {"journal_entry", "consent_event", "retention_act", "policy_version"} <= set(tables)
    for table in tables:
        column = "operator_id" if table in OF_OPERATORS else _any_column(raw, table)
        with pytest.raises(REFUSED):
            raw.execute(
                sql.SQL("UPDATE {} SET {} = {}").format(
                    sql.Identifier(table), sql.Identifier(column), sql.Identifier(column)
                )
            )


def _any_column(raw: Raw, table: str) -> str:
    ((name,),) = raw.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    ).fetchall()
    return str(name)


def test_removing_entries_of_the_journal_is_refused(raw):
    _scope(raw, HERE)
    for table in ("journal_entry", "journal_leaf", "journal_tile", "journal_checkpoint"):
        with pytest.raises(REFUSED):
            raw.execute(_on(table, "DELETE FROM {}"))
        assert _seen(raw, table) == {HERE}


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.mine (id int)",
        "CREATE VIEW public.mine AS SELECT * FROM vault_value",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "CREATE LANGUAGE mine HANDLER plpgsql_call_handler",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION journal_entry_ends()",
        "ALTER ROLE tutela_app BYPASSRLS",
        "ALTER ROLE tutela_app SUPERUSER",
        "ALTER ROLE tutela_owner PASSWORD 'mine'",
        "ALTER DATABASE postgres SET row_security = off",
        "ALTER SYSTEM SET fsync = off",
        f"GRANT {OWNER} TO {APP}",
        f"SET ROLE {OWNER}",
        f"SET ROLE {SUPERUSER}",
        f"SET SESSION AUTHORIZATION {OWNER}",
        "SET session_replication_role = replica",
        "SELECT pg_reload_conf()",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('vault', '9', now())",
        "UPDATE db_fact SET value = 'mine'",
    ],
)
def test_taking_more_rights_is_refused(raw, attempt):
    with pytest.raises(REFUSED):
        raw.execute(attempt)


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT rolpassword FROM pg_authid",
        "SELECT passwd FROM pg_shadow",
        "SELECT * FROM pg_largeobject",
        "SELECT stavalues1 FROM pg_statistic",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_read_binary_file('global/pg_control')",
        "SELECT pg_ls_dir('.')",
        "SELECT pg_ls_waldir()",
        "SELECT lo_import('/etc/passwd')",
        "COPY vault_value FROM '/etc/passwd'",
        "COPY vault_value TO '/tmp/mine'",
        "COPY vault_value TO PROGRAM 'cat'",
        "SELECT * FROM pg_hba_file_rules",
        "SELECT pg_current_logfile()",
    ],
)
def test_reading_passwords_files_and_statistics_of_the_server_is_refused(raw, attempt):
    _scope(raw, HERE)
    with pytest.raises(REFUSED):
        raw.execute(attempt)


def test_statistics_of_a_table_of_operators_show_no_value(raw):
    shown = raw.execute("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")
    assert {name for (name,) in shown} & set(OF_OPERATORS) == set()


def test_reading_a_large_object_of_the_owner_is_refused(raw):
    with secret_of_the_owner() as number, pytest.raises(REFUSED):
        raw.execute("SELECT lo_get(%s)", [number])


def test_statements_of_other_roles_are_not_shown(raw):
    with connect(OWNER) as owner:
        owner.execute("SELECT 'a statement of the owner'")
        shown = raw.execute("SELECT query FROM pg_stat_activity WHERE usename = %s", [OWNER])
        assert {query for (query,) in shown} == {"<insufficient privilege>"}


def test_other_databases_of_the_server_refuse_or_hold_nothing(raw):
    names = [name for (name,) in raw.execute("SELECT datname FROM pg_database")]
    assert len(names) > 2
    here = raw.info.dbname
    for name in names:
        try:
            other = connect(database=name)
        except psycopg.OperationalError:
            continue
        with other:
            if name != here and not name.startswith("test_"):
                tables = other.execute(
                    "SELECT relname FROM pg_class WHERE relkind = 'r' "
                    "AND relnamespace = to_regnamespace('public')"
                ).fetchall()
                assert tables == []
            with pytest.raises(REFUSED):
                other.execute("CREATE TABLE public.mine (id int)")


def test_one_function_runs_with_the_rights_of_its_owner_and_removes_what_an_entry_names(raw):
    """Any other would be a door past every policy. The owner too sees one operator's rows only."""
    found = raw.execute(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert found.fetchall() == [("journal_prune",)]
    _scope(raw, HERE)
    before = _seen(raw, "journal_entry")
    assert before
    for operator in (HERE, THERE):
        with contextlib.suppress(*REFUSED):
            asked = raw.execute("SELECT journal_prune(%s, %s)", [str(operator), str(uuid4())])
            assert asked.fetchone() == (0,)
    assert _seen(raw, "journal_entry") == before


def test_no_view_lies_over_the_tables_of_operators(raw):
    """A view reads as its owner does; over these tables there is none to read."""
    found = raw.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') "
        "AND relnamespace = 'public'::regnamespace"
    )
    assert found.fetchall() == []


def test_every_table_that_tells_of_people_has_an_operator():
    """Row-level security needs one to go by."""
    about_people = {name for name, table in TABLES.items() if table.holds is not Holds.NOTHING}
    assert about_people - set(OF_OPERATORS) == set()


def test_every_table_of_the_database_is_in_the_register_or_of_a_library_that_is_named(raw):
    """Nothing slips past the tests above by not being declared."""
    libraries = ("account_", "auth_", "django_", "mfa_", "procrastinate_", "socialaccount_")
    names = {
        name
        for (name,) in raw.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace"
        )
    }
    assert {name for name in names - set(TABLES) if not name.startswith(libraries)} == set()
