"""How many bytes the sides need for the same records, tables and indexes and all.

``plain`` is the table alone, ``logged`` the table with the line of log that its creation left, the
least that leaves any evidence; ``vault`` and ``journal`` together are ours.
"""

from __future__ import annotations

from typing import Any

import psycopg

from benchmarks.gdprbench.facts import data, metadata
from benchmarks.gdprbench.plain import LOGGED, PLAIN

_SIZE = """
SELECT c.relname, pg_total_relation_size(c.oid), pg_table_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind = 'r' AND c.relname ~ %s ORDER BY 2 DESC
"""
_INDEXES = """
SELECT i.relname, pg_relation_size(i.oid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s ORDER BY 2 DESC
"""
_PARTS = {
    "plain": (PLAIN, "^gdpr_record$"),
    "logged": (LOGGED, "^gdpr_"),
    "vault": ("public", "^(vault|gate|identity_subject)"),
    "journal": ("public", "^journal_"),
}


def space(url: str, records: int) -> dict[str, Any]:
    """Bytes a record; the factors are over the plain table and over the record's own bytes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        parts = {name: _tables(connection, *where) for name, where in _PARTS.items()}
    raw = sum(_bytes(n) for n in range(records))
    total = {name: sum(each["total"] for each in one.values()) for name, one in parts.items()}
    ours = total["vault"] + total["journal"]
    return {
        "records": records,
        "raw_bytes": raw,
        "per_record": {name: round(each / records, 1) for name, each in total.items()},
        "tables_per_record": {
            name: {
                table: _a_record(sizes, records)
                for table, sizes in tables.items()
                if sizes["total"] > records
            }
            for name, tables in parts.items()
        },
        "plain_over_raw": round(total["plain"] / raw, 2),
        "vault_over_plain": round(total["vault"] / total["plain"], 2),
        "vault_and_journal_over_plain": round(ours / total["plain"], 2),
        "vault_and_journal_over_logged": round(ours / total["logged"], 2),
        "vault_over_raw": round(total["vault"] / raw, 2),
        "vault_and_journal_over_raw": round(ours / raw, 2),
    }


def _tables(
    connection: psycopg.Connection[Any], schema: str, pattern: str
) -> dict[str, dict[str, int]]:
    """By table: bytes in all, of its rows with TOAST (``rows``), and of each index by its name."""
    return {
        table: {
            "total": total,
            "rows": rows,
            **dict(connection.execute(_INDEXES, (schema, table)).fetchall()),
        }
        for table, total, rows in connection.execute(_SIZE, (schema, pattern)).fetchall()
    }


def _a_record(sizes: dict[str, int], records: int) -> dict[str, float]:
    return {name: round(size / records, 1) for name, size in sizes.items()}


def _bytes(n: int) -> int:
    """Key, metadata, a moment of 8 bytes, and the data."""
    return len(f"key{n}") + sum(map(len, metadata(n).values())) + 8 + len(data(n))
