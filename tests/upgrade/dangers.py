"""What in a migration would stop the version before it, or hold a table for long.

During an upgrade the old program serves while the new one changes the tables (ADR 0023). So a
column may only be added in a way that lets the old program insert rows without it; nothing the old
program reads may go or change its name; and an index on a table that already holds rows is built
beside the writers. What breaks this on purpose says why in the migration's ``REASONS``:

    REASONS = {"RemoveField value.colour": "Nothing since 0.3 reads it, and 0.3 is the oldest …"}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, Field

GOES = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
HOLDS = (
    migrations.AlterField,
    migrations.AlterUniqueTogether,
    migrations.AlterIndexTogether,
    migrations.AddConstraint,
    migrations.RunPython,
)
_SQL = {
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA|TYPE|POLICY)\b": "takes away what the old program uses",
    r"\bRENAME\b": "renames what the old program uses",
    r"\bALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE\b": "rewrites the table under a lock",
    r"\bSET\s+NOT\s+NULL\b": "reads the whole table under a lock, and refuses old inserts",
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY\b)": "keeps writers waiting for the index",
    r"\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)": "reads the whole table under a lock",
    r"\bLOCK\s+TABLE\b": "locks a table",
    r"\b(CLUSTER|VACUUM\s+FULL|TRUNCATE\s+TABLE|TRUNCATE\s+ONLY)\b": "locks a table for long",
    r"^\s*(UPDATE|DELETE\s+FROM)\b": "changes all rows in one transaction",
}
SHORTEST_REASON = 5  # words


def dangers(migration: migrations.Migration, reasons: dict[str, str]) -> list[str]:
    """Sentences about what is dangerous and has no reason, or has a reason and is not there."""
    found: dict[str, str] = {}
    made: set[str] = set()
    for operation in _flat(migration.operations):
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
            continue
        if str(getattr(operation, "model_name", "")).lower() in made:
            continue
        found |= dict(_of(operation))
    sentences = [
        f"{name} {why}; do it in steps, or say in REASONS why it is safe here."
        for name, why in found.items()
        if len(reasons.get(name, "").split()) < SHORTEST_REASON
    ]
    gone = [f"REASONS speaks of {name}, which is not there." for name in reasons.keys() - found]
    return sentences + gone


def _flat(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _flat(operation.database_operations)
        else:
            yield operation


def _of(operation: Operation) -> Iterator[tuple[str, str]]:
    kind = type(operation).__name__
    model = str(getattr(operation, "model_name", None) or getattr(operation, "name", ""))
    part = getattr(operation, "name", "")
    name = f"{kind} {model}.{part}" if part and part != model else f"{kind} {model}".strip()
    if isinstance(operation, GOES):
        yield name, "takes away or renames what the old program uses"
    elif isinstance(operation, HOLDS) and not isinstance(operation, AddConstraintNotValid):
        yield name, "may hold the table while all its rows are read"
    elif isinstance(operation, migrations.AddIndex):
        if not isinstance(operation, AddIndexConcurrently):
            yield name, "keeps writers waiting for the index; use AddIndexConcurrently"
    elif isinstance(operation, migrations.AddField):
        yield from ((name, why) for why in _of_new(operation.field))
    elif isinstance(operation, migrations.RunSQL):
        for pattern, why in _SQL.items():
            if re.search(pattern, str(operation.sql), re.IGNORECASE | re.MULTILINE | re.DOTALL):
                yield f"RunSQL {pattern}", why


def _of_new(field: Field[Any, Any]) -> Iterator[str]:
    if not field.null and field.db_default is NOT_PROVIDED and not field.many_to_many:
        yield "refuses the inserts of the old program; give it null or db_default"
    if field.db_index or field.unique:
        yield "keeps writers waiting for the index; add that concurrently"
