"""The name that tells one database from another, whatever it is copied or restored to.

A copy of a database keeps the name, so that what its home remembers about it (``vault.endings``,
``journal.heads``) is found again after a restore. A private database gets a name of its own.
"""

from __future__ import annotations

from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.db import connection

FACT = "installation"
_ASK = """
SELECT (SELECT value FROM db_fact WHERE name = %s), has_table_privilege('db_fact', 'INSERT'),
       current_database() || (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_GIVE = "INSERT INTO db_fact (name, value) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM db_fact WHERE name = %s"


def installation_id() -> UUID:
    """The name of the database in use: given by the migrations, or now if it was taken away. A
    private database has none, and is named after what the server calls it."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [FACT])
        found, may_give, place = cursor.fetchone()
        if found is None and may_give:
            cursor.execute(_GIVE, [FACT, str(uuid4())])
            cursor.execute(_ASK, [FACT])
            found = cursor.fetchone()[0]
    return UUID(found) if found else uuid5(NAMESPACE_OID, place)


def take_name_away() -> None:
    """Databases that are copied from the one in use shall not be taken for one another."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [FACT])
