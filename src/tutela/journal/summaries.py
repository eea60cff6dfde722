"""What was counted over the signed log, kept for processes to come.

A summary is signed with the journal's key over its name, the checkpoint it goes up to and its
counts; one that was altered, or belongs to another history, is as if it were not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from tutela.journal import signing
from tutela.journal.models import Summary

Counted = Mapping[tuple[Any, ...], int]

WORTH = 10_000
"""So many leaves more than the last kept summary has are worth a new one."""


def load(operator_id: UUID, key: tuple[Any, ...]) -> tuple[int, bytes, Counted] | None:
    """The size and the root up to which was counted, and the counts."""
    name = _name(key)
    found = Summary.objects.filter(operator_id=operator_id, name=name).first()
    if found is None:
        return None
    size, root = found.size, bytes(found.root)
    signed = _signed(name, size, root, found.counted)
    if not signing.signed_here(operator_id, found.key_id, signed, bytes(found.signature)):
        return None
    counted = {_tuple(key): times for key, times in json.loads(found.counted)}
    return size, root, counted


def keep(operator_id: UUID, key: tuple[Any, ...], size: int, root: bytes, counted: Counted) -> None:
    name = _name(key)
    text = json.dumps([[list(each), times] for each, times in counted.items()], default=_plain)
    signature = signing.sign(operator_id, _signed(name, size, root, text))
    values = {
        "size": size,
        "root": root,
        "counted": text,
        "key_id": signature.key_id,
        "signature": signature.signature,
    }
    row = Summary(operator_id=operator_id, name=name, **values)
    Summary.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["operator_id", "name"],
        update_fields=list(values),
    )


def _name(key: tuple[Any, ...]) -> str:
    return sha256(repr(key).encode()).hexdigest()


def _signed(name: str, size: int, root: bytes, text: str) -> bytes:
    return f"summary\n{name}\n{size}\n{root.hex()}\n{text}".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return {"uuid": str(value)}
    raise TypeError(f"{type(value).__name__} does not belong into a summary.")


def _tuple(value: Any) -> Any:
    """JSON has neither tuples nor identifiers."""
    if isinstance(value, dict):
        return UUID(value["uuid"])
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
