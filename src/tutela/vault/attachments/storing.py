"""The rows of files: sealed chunk by chunk into the database, in the caller's transaction.

A file lies in the database and not beside it, so that one transaction holds all there is: a
process that is killed in the middle leaves nothing, a backup of the database has every file, and
deleting it is deleting rows (ADR “Files lie in the database, in chunks”).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from tutela.core.spool import Spool
from tutela.vault.attachments import chunks
from tutela.vault.attachments.chunks import Manifest
from tutela.vault.models import Chunk, Value
from tutela.vault.sealing import Place

_READ = 64 * 1024
_AT_ONCE = 4
"""How many chunks are held in memory together, a megabyte."""


def keep(row: Value, place: Place, known: Manifest, content: Spool) -> None:
    """Insert the chunks of the file whose manifest ``row`` holds."""
    waiting: list[Chunk] = []
    for number, sealed in enumerate(chunks.seal(known, place, parts(content))):
        waiting.append(
            Chunk(
                operator_id=row.operator_id,
                subject_id=row.subject_id,
                record_id=row.record_id,
                field=row.field,
                version=row.version,
                number=number,
                sealed=sealed,
            )
        )
        if len(waiting) == _AT_ONCE:
            Chunk.objects.bulk_create(waiting)
            waiting.clear()
    Chunk.objects.bulk_create(waiting)


def fetch(row: Value, place: Place, known: Manifest) -> Spool:
    """The whole file, checked to its last byte before any of it is handed out."""
    found = Chunk.objects.filter(
        operator_id=row.operator_id,
        subject_id=row.subject_id,
        record_id=row.record_id,
        field=row.field,
        version=row.version,
    ).order_by("number")
    sealed = found.values_list("sealed", flat=True).iterator(chunk_size=_AT_ONCE)
    made = Spool()
    for plain in chunks.unseal(known, place, (bytes(each) for each in sealed)):
        made.write(plain)
    return made


def remove(operator: UUID, subject: UUID, places: Collection[tuple[UUID, str]]) -> int:
    """Delete the chunks of every version at these (record, field); how many there were."""
    held = Chunk.objects.filter(operator_id=operator, subject_id=subject)
    return sum(held.filter(record_id=record, field=field).delete()[0] for record, field in places)


def remove_version(row: Value) -> None:
    """Delete the chunks of this one version."""
    Chunk.objects.filter(
        operator_id=row.operator_id,
        subject_id=row.subject_id,
        record_id=row.record_id,
        field=row.field,
        version=row.version,
    ).delete()


def parts(content: Spool) -> Iterator[bytes]:
    """The content from its beginning."""
    content.seek(0)
    while part := content.read(_READ):
        yield part
