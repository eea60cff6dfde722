"""The name that tells one database from another, whatever it is copied or restored to.

A copy of a database keeps the name, so that what its home remembers about it (``vault.endings``,
``journal.heads``) is found again after a restore. A private database gets a name of its own.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection

FACT = "installation"
_ASK = "SELECT value FROM db_fact WHERE name = %s"
_GIVE = "INSERT INTO db_fact (name, value) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_FORGET = "DELETE FROM db_fact WHERE name = %s"


def installation_id() -> UUID:
    """The name of the database in use; given now if it has none and the role may do so."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [FACT])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(_GIVE, [FACT, str(uuid4())])
            cursor.execute(_ASK, [FACT])
            found = cursor.fetchone()
    return UUID(found[0])


def become_another() -> None:
    """Give the database in use a new name: it was copied and goes its own way. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [FACT])
    installation_id()
