"""Whether the database can serve: asked by the readiness probe and by the metrics."""

from __future__ import annotations

from django.db import connection

from tutela.core.readiness import readiness
from tutela.db.migrate import up_to_date


@readiness("database")
def answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


@readiness("tables")
def tables_are_up_to_date() -> bool:
    """False while another version of the program has not yet changed the tables, or already has."""
    return up_to_date()
