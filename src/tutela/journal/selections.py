"""Chosen entries to take away: JSON lines that prove themselves, and a table for the eye."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.journal import exports, store, tree
from tutela.journal.entries import Row, leaf_data
from tutela.journal.filters import Filter, walk
from tutela.journal.formats import SELECTION_FORMAT
from tutela.journal.models import EntryRow
from tutela.journal.notes import encode

_COLUMNS = ("index", "id", "at", "kind", "automated", "actor", "role", "action", "purpose", "basis")
_MORE = ("clause", "subject", "policy_version", "words", "by_whom", "leaf_hash")


def json_lines(operator_id: UUID, chosen: Filter) -> Iterator[str]:
    """Format ``tutela-selection/1``: a header with the checkpoint, each entry with its audit path,
    and how many there were. Entries that wait for their place in the tree are left out.

    Each step opens a transaction of its own. Raises ``NothingSigned`` at the first line.
    """
    with operator_scope(operator_id):
        header, size, end = _header(operator_id, chosen)
    yield _line(header)
    count = 0
    for row in walk(operator_id, chosen, end=end):
        if row.index is None or row.index >= size:
            continue
        with operator_scope(operator_id):
            proof = store.inclusion_proof(operator_id, row.index, size)
        count += 1
        entry = leaf_data(row).decode()
        yield _line({"index": row.index, "entry": entry, "proof": [encode(each) for each in proof]})
    yield _line({"entries": count})


def csv_lines(
    operator_id: UUID, chosen: Filter, in_words: Callable[[Row], tuple[str, str]]
) -> Iterator[str]:
    """One line an entry; ``in_words`` gives what happened and by whom. ``leaf_hash`` is what the
    log's lowest tiles hold at ``index``."""
    with operator_scope(operator_id):
        _, size, end = _header(operator_id, chosen)
    yield _cells((*_COLUMNS, *_MORE))
    for row in walk(operator_id, chosen, end=end):
        if row.index is None or row.index >= size:
            continue
        with operator_scope(operator_id):
            words = in_words(row)
        yield _cells(_row(row, *words))


def _row(row: Row, words: str, whom: str) -> tuple[Any, ...]:
    leaf = tree.leaf_hash(leaf_data(row)).hex()
    who = (row.automated, row.actor.kind, row.actor.role)
    what = (row.action, row.purpose, row.basis, row.clause, row.subject or "")
    first = (row.index, row.id, row.at.isoformat(), row.kind)
    return (*first, *who, *what, row.policy_version or "", words, whom, leaf)


def _header(operator_id: UUID, chosen: Filter) -> tuple[dict[str, Any], int, int]:
    checkpoint = exports.signed(operator_id)
    newest = EntryRow.objects.filter(operator_id=operator_id).order_by("-number")
    header = {
        "format": SELECTION_FORMAT,
        "operator": str(operator_id),
        "key": exports.verifier(operator_id, checkpoint.key_id),
        "checkpoint": checkpoint.note,
        "filter": {name: str(value) for name, value in chosen.asked.items()},
    }
    return header, checkpoint.size, newest.values_list("number", flat=True)[0]


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _cells(values: tuple[Any, ...]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(values)
    return written.getvalue()
