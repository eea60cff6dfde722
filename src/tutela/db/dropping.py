"""Drops a database although somebody is in it.

``DROP DATABASE … WITH (FORCE)`` does too little for a role that is no superuser: where autovacuum
is at work in the database, which it is soon after many rows were written, PostgreSQL 18 refuses it
(“permission denied to terminate process”). A plain ``DROP DATABASE`` sends autovacuum away by
itself and waits for it; so only people’s sessions are ended here.
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

# Of sessions that it may not end, a role does not even see the kind.
_END = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def drop_database(name: str) -> None:
    """Drop the database if it is there; the connection is of its owner, to another database."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with connection.cursor() as cursor:
        cursor.execute(_END, [name])
        cursor.execute(statement.as_string(connection.connection))
