"""What is over for good, written down where no backup of the database reaches.

A database that is restored from yesterday knows nothing of what was destroyed or withdrawn today.
So each such ending is a row, written in the transaction that does it, and, right after that
transaction, a line of a file beside the key shares:

    file      TUTELA_HOME/keys/vault/<operator>/endings-<name of the database>.log
    line      as ``ending_lines`` writes it, in a chain with the line before

A line is written only after its transaction has committed, and synced before the shares are
overwritten. Hence a line of which the database knows nothing proves that the database is older
than its home: then Tutela is closed until ``replay`` has ended everything again. Hence also, where
the database knows lines that the file lacks, the file is the older one: ``catch_up`` writes them
again and overwrites their shares again. Both may be killed and repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from tutela.core import clock
from tutela.core.registry import Registry
from tutela.db import swift
from tutela.db.installation import installation_id
from tutela.db.scope import after_commit, operator_scope, transaction_id
from tutela.journal import actions as journal
from tutela.vault import keyfiles
from tutela.vault.ending_lines import File, Line, opened
from tutela.vault.entries import EndedAgain
from tutela.vault.models import Ending

DESTROYED = "destroyed"
"""Values were destroyed: ``whole``, ``places`` (record: fields) and ``slots``."""

WITHDRAWN = "withdrawn"
"""Consents were withdrawn: ``purposes`` and ``channel``; the id is that of the withdrawal."""

STOPPED = "stopped"
"""What a standing stops: blocks set and ``lifted``, a refusal, authorities, agreements and
consents that ended (``gate.stopping``)."""

HELD = "held"
"""Data is held on a ground: the ``hold`` with its fields; or ``released``."""

_NUMBER = """
UPDATE vault_ending e SET number = given.number
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS given (subject_id, id, number)
WHERE e.operator_id = %s AND (e.subject_id, e.id) = (given.subject_id, given.id)
"""

Again = Callable[[UUID, Line], None]
"""Ends again for the operator what a line says, in the caller's transaction; may be repeated."""

AGAIN: Registry[Again] = Registry("replay of an ending")
"""By kind. Every kind that is noted has one, or a restore would leave it undone."""


def note(
    operator: UUID,
    subject: UUID,
    kind: str,
    content: Mapping[str, Any],
    *,
    id: UUID,  # noqa: A002
) -> None:
    """State in the current transaction that something is over for good."""
    note_many(operator, kind, [(subject, id, content)])


def note_many(
    operator: UUID, kind: str, notes: Iterable[tuple[UUID, UUID, Mapping[str, Any]]]
) -> None:
    """``note`` for many people: of each the subject, the identifier of the ending and its content;
    after the commit the disk is waited for once."""
    now, transaction = clock.now(), transaction_id()
    rows = [
        Ending(
            operator_id=operator,
            subject_id=subject,
            id=id,
            kind=kind,
            content=dict(content),
            at=now,
            transaction=transaction,
        )
        for subject, id, content in notes  # noqa: A001
    ]
    Ending.objects.bulk_create(rows)
    if rows:
        after_commit(_write_now, operator)


def _write_now(operator: UUID) -> None:
    with operator_scope(operator):
        write(operator)


def write(operator: UUID) -> int:
    """Bring what has committed into the file; how many rows. Safe to repeat and to run twice at
    once: the row learns its number only once the disk has its line."""
    waiting = _of(operator).filter(number=None).exclude(transaction=transaction_id())
    rows = list(waiting.select_for_update(skip_locked=True).order_by("at", "id"))
    if not rows:
        return 0
    with opened(operator, path(operator)) as file:
        later = file.since(_marked(operator))
        if _unknown(operator, later):
            return 0  # first what the file knows is ended again, or its numbers would pass it over
        numbers = _append(file, later, rows)
    written = [(row.subject_id, row.id, numbers[row.id]) for row in rows]
    swift.run(_NUMBER, (*map(list, zip(*written, strict=True)), operator))
    return len(rows)


def write_next(operator: UUID, line: Line, highest: int, place: Path) -> int | None:
    """The number that the line gets in the file as its next one; None where ``write`` has to look
    at more, as the file says what the database does not know. The transaction that ends it has
    committed; ``highest`` is the last number that it saw."""
    with opened(operator, place) as file:
        later = file.since(highest)
        if mine := next((each.number for each in later if each.id == line.id), None):
            return mine
        if later and not _all_known(operator, later):
            return None
        number = file.add(line.id, line.subject, line.kind, line.at, line.content)
        file.sync()
    return number


def _all_known(operator: UUID, lines: Sequence[Line]) -> bool:
    asked = [line.subject for line in lines], [line.id for line in lines]
    found = swift.row("SELECT vault_known_endings(%s, %s, %s)", (operator, *asked))
    return found is not None and found[0] == len(lines)


def _append(file: File, later: Iterable[Line], rows: Iterable[Ending]) -> dict[UUID, int]:
    """The number of each row's line; what a killed attempt wrote already is not written twice."""
    numbers = {line.id: line.number for line in later}
    for row in rows:
        if row.id not in numbers:
            numbers[row.id] = file.add(row.id, row.subject_id, row.kind, row.at, row.content)
    file.sync()
    return numbers


def missing(operator: UUID) -> list[Line]:
    """What the file knows and the database does not: what happened since the database was saved.

    Every line up to the highest number in the database is known to it: a number is given to a row
    only after all lines before were written, and those had committed.
    """
    if not path(operator).exists():
        return []
    with opened(operator, path(operator)) as file:
        return _unknown(operator, file.since(_marked(operator)))


def _unknown(operator: UUID, found: Sequence[Line]) -> list[Line]:
    ids = [line.id for line in found]
    known = set(_of(operator).filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    return [line for line in found if line.id not in known]


def replay(operator: UUID, line: Line) -> bool:
    """End it again, in one transaction; False if it was already."""
    with operator_scope(operator):
        if _of(operator).filter(subject_id=line.subject, id=line.id).exists():
            return False
        AGAIN[line.kind](operator, line)
        Ending.objects.create(
            operator_id=operator,
            subject_id=line.subject,
            id=line.id,
            kind=line.kind,
            content=dict(line.content),
            at=line.at,
            transaction=transaction_id(),
            number=line.number or None,
        )
        journal.append(
            operator, EndedAgain(subject=line.subject, of=line.kind, ending=line.id, was=line.at)
        )
        if not line.number:
            after_commit(_write_now, operator)
    return True


def catch_up(operator: UUID) -> list[Line]:
    """Where the file is older than the database: write its lines anew, and return them. Their
    shares came back with the old file; the caller overwrites them."""
    if not _marked(operator):
        return []
    with opened(operator, path(operator)) as file:
        last = file.last()
        number = last.number if last else 0
        lost = list(_of(operator).filter(number__gt=number).order_by("number"))
        for row in lost:
            file.add(row.id, row.subject_id, row.kind, row.at, row.content, number=row.number)
        file.sync()
    return [
        Line(row.number or 0, row.id, row.subject_id, row.kind, row.at, row.content) for row in lost
    ]


def lines(operator: UUID) -> list[Line]:
    """Every line of the operator's file."""
    if not path(operator).exists():
        return []
    with opened(operator, path(operator)) as file:
        return file.since(0)


def take_in(operator: UUID, found: Iterable[Line]) -> int:
    """Write lines from elsewhere (an older or newer copy of the file, a journal) that neither file
    nor database knows into the file, as the next ones; how many. ``missing`` then names them."""
    given = {line.id: line for line in found}
    with operator_scope(operator):
        new = _unknown(operator, list(given.values()))
        if not new:
            return 0
        with opened(operator, path(operator)) as file:
            there = {line.id for line in file.since(0)}
            new = [line for line in new if line.id not in there]
            for line in new:
                file.add(line.id, line.subject, line.kind, line.at, line.content)
            file.sync()
    return len(new)


def ended_places(operator: UUID, subject: UUID) -> tuple[bool, set[tuple[str, str]]]:
    """Whether the person was destroyed whole, and each (record, field) that was destroyed."""
    found = _of(operator).filter(subject_id=subject, kind=DESTROYED)
    contents = list(found.values_list("content", flat=True))
    places = {
        (record, field)
        for each in contents
        for record, fields in each["places"].items()
        for field in fields
    }
    return any(each["whole"] for each in contents), places


def times_destroyed(operator: UUID, subject: UUID) -> int:
    """In how many transactions something of the person was destroyed."""
    found = _of(operator).filter(subject_id=subject, kind=DESTROYED)
    return len(set(found.values_list("transaction", "at")))


def path(operator: UUID, installation: UUID | None = None) -> Path:
    """The list of the database in use, or of the one of that name."""
    return keyfiles.folder(operator) / f"endings-{installation or installation_id()}.log"


def _of(operator: UUID) -> QuerySet[Ending]:
    return Ending.objects.filter(operator_id=operator)


def _marked(operator: UUID) -> int:
    return _of(operator).aggregate(highest=Max("number"))["highest"] or 0
