"""Signatures by the operator's journal key, and the record of every key that ever signed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from tutela.core import clock
from tutela.core.canonical import canonical_bytes
from tutela.journal import keys, store
from tutela.journal.entries import KeyUsed
from tutela.journal.findings import Unreadable
from tutela.journal.formats import DATA_PREFIX, DOCUMENT_FORMAT
from tutela.journal.models import Key
from tutela.journal.notes import NoteError, Signer, Verifier
from tutela.journal.offline import verify_document

_RECORD = """
INSERT INTO journal_key (operator_id, key_id, verifier, since) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Signature:
    """``signature`` is Ed25519, 64 bytes, over ``formats.DATA_PREFIX`` and the data."""

    key_id: str
    signature: bytes


def recorded_signer(operator_id: UUID) -> Signer:
    """The operator's key; its first use is kept in ``journal_key`` and in the journal itself."""
    signer = keys.signer(operator_id)
    verifier = signer.verifier
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [operator_id, verifier.key_id, str(verifier), clock.now()])
        is_new = cursor.rowcount == 1
    if is_new:
        store.insert(operator_id, KeyUsed(key=verifier.public.hex()))
    return signer


def public_key(operator_id: UUID) -> str:
    """The verifier key to publish: ``name+id+base64`` (C2SP signed-note)."""
    return str(recorded_signer(operator_id).verifier)


def known_keys(operator_id: UUID) -> list[str]:
    """The verifier keys that ever signed, in the order of their first use."""
    keys = Key.objects.filter(operator_id=operator_id).order_by("since", "key_id")
    return list(keys.values_list("verifier", flat=True))


def sign(operator_id: UUID, data: bytes) -> Signature:
    """Sign ``data`` with the journal key, apart from anything else the key signs."""
    signer = recorded_signer(operator_id)
    return Signature(signer.verifier.key_id, signer.private.sign(DATA_PREFIX + data))


def signed_here(operator_id: UUID, key_id: str, data: bytes, signature: bytes) -> bool:
    """Whether a key of this operator made ``signature`` over ``data`` by ``sign``."""
    known = Key.objects.filter(operator_id=operator_id, key_id=key_id)
    return any(
        Verifier.parse(each.verifier).verify(DATA_PREFIX + data, signature) for each in known
    )


def sign_document(operator_id: UUID, document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with a signature over its canonical bytes, as plain JSON.

    The signed text is a C2SP note of one line, so that any verifier of notes can check it.
    Moments and identifiers become text, as they are in the signed bytes.
    """
    return sign_documents(operator_id, [document])[0]


def sign_documents(
    operator_id: UUID, documents: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """``sign_document`` for each of these."""
    signer = recorded_signer(operator_id)
    return [_signed(signer, each) for each in documents]


def _signed(signer: Signer, document: Mapping[str, Any]) -> dict[str, Any]:
    text = canonical_bytes(document).decode()
    return {
        "format": DOCUMENT_FORMAT,
        "document": json.loads(text),
        "key": str(signer.verifier),
        "key_id": signer.verifier.key_id,
        "signature": signer.signature_line(text + "\n"),
    }


def document_holds(operator_id: UUID, envelope: Mapping[str, Any]) -> bool:
    """Whether ``envelope`` is, byte for byte, a document that a key of this operator signed."""
    known = Key.objects.filter(operator_id=operator_id).values_list("verifier", flat=True)
    try:
        keys = tuple(Verifier.parse(each) for each in known)
        return verify_document(envelope, keys).holds
    except (NoteError, Unreadable):
        return False
