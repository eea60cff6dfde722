"""How many bytes both sides need for the same records, tables and indexes and all."""

from __future__ import annotations

from typing import Any

import psycopg

from benchmarks.gdprbench.facts import data, metadata

_SIZE = """
SELECT c.relname, pg_total_relation_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname ~ %s ORDER BY 2 DESC
"""
_PLAIN = "^gdpr_record$"
_VAULT = "^(vault|gate|identity_subject)"
_JOURNAL = "^journal_"


def space(url: str, records: int) -> dict[str, Any]:
    """Bytes a record; the factors are over the plain table and over the record's own bytes."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        parts = {
            name: dict(connection.execute(_SIZE, (pattern,)).fetchall())
            for name, pattern in (("plain", _PLAIN), ("vault", _VAULT), ("journal", _JOURNAL))
        }
    raw = sum(_bytes(n) for n in range(records))
    total = {name: sum(tables.values()) for name, tables in parts.items()}
    return {
        "records": records,
        "raw_bytes": raw,
        "per_record": {name: round(each / records, 1) for name, each in total.items()},
        "tables_per_record": {
            table: round(size / records, 1)
            for name in ("vault", "journal")
            for table, size in parts[name].items()
            if size > records
        },
        "plain_over_raw": round(total["plain"] / raw, 2),
        "vault_over_plain": round(total["vault"] / total["plain"], 2),
        "vault_and_journal_over_plain": round(
            (total["vault"] + total["journal"]) / total["plain"], 2
        ),
        "vault_over_raw": round(total["vault"] / raw, 2),
        "vault_and_journal_over_raw": round((total["vault"] + total["journal"]) / raw, 2),
    }


def _bytes(n: int) -> int:
    """Key, metadata, a moment of 8 bytes, and the data."""
    return len(f"key{n}") + sum(map(len, metadata(n).values())) + 8 + len(data(n))
