"""After a restore: the entries that the database lacks come back from an export, or are given up.

Either way the log never has two trees of one size under one key. What comes back must be the same
log: the export verifies, and its first entries are those of the database. What is given up is
said in an entry, and what follows is signed with a new key for which the old one does not vouch:
whoever trusted the old key is told, and can compare the checkpoint they kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tutela.core import clock
from tutela.core.errors import Conflict
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.journal import heads, keys, notes, signing, store, tree
from tutela.journal.entries import BroughtBack, JournalCut
from tutela.journal.findings import Unreadable
from tutela.journal.formats import part, unpack
from tutela.journal.models import Checkpoint, EntryRow, Leaf, Pending, Pruned
from tutela.journal.notes import NoteError, TreeHead, Verifier
from tutela.journal.offline_log import verify_log
from tutela.journal.sequencer import LOCK, put_tiles

_INSERT = """
INSERT INTO journal_entry (
    operator_id, id, kind, at, data, subject_id, actor_kind, actor_id, actor_role, action, purpose,
    basis, clause, automated, policy_version
) VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


class NotThisLog(Conflict):
    """The export does not continue the journal of the database."""


@dataclass(frozen=True, slots=True)
class Leafed:
    """One line of an export: the entry as its leaf has it, empty if it was pruned by ``run``."""

    index: int
    hash: bytes
    entry: Mapping[str, Any]
    run: UUID | None


def bring_back(operator: UUID, export: Path) -> list[Leafed]:
    """Add what the export has and the database has not; those lines. Repeating adds nothing.

    Raises ``Unreadable`` for a file that is no export, and ``NotThisLog`` if it does not verify
    with a key of this operator, is of another log, or does not reach what was signed already.
    """
    with transaction.atomic(durable=True), operator_scope(operator):
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [str(operator)])
        _verify(operator, export)
        last = store.last_checkpoint(operator)
        size = last.size if last else 0
        built, new, signed = tree.CompactRange(), list[Leafed](), list[str]()
        for line in _lines(export):
            if isinstance(line, str):
                if built.size > size:
                    signed.append(line)
                continue
            if built.size == size and last and built.root() != bytes(last.root):
                raise NotThisLog(_OTHER)
            if line.index >= size:
                new.append(line)
            built.append(line.hash)
        _check_reach(operator, size, built.size)
        if new:
            _add(operator, size, new, signed)
            store.insert(operator, BroughtBack(count=len(new), size=built.size))
            transaction.on_commit(lambda: heads.remember(operator, signed[-1]))
    return new


_OTHER = (
    "This export is of another log than the database's: their entries differ. Nothing was changed; "
    "name an export of the same operator from after the backup."
)


def _check_reach(operator: UUID, size: int, reached: int) -> None:
    head = heads.seen(operator)
    least = max(size, head.size if head else 0)
    if reached < least:
        raise NotThisLog(
            f"This export ends at {reached} entries, and {least} were signed already. Name a later "
            "one; or repeat with --lost, and the missing entries are given up in an entry that "
            "says so."
        )


def go_on_without(operator: UUID) -> int:
    """Give up the entries that were signed and are not in the database; how many.

    Killed between two steps it goes on where it was. The old private key is gone afterwards.
    """
    with operator_scope(operator):
        last = store.last_checkpoint(operator)
        head = heads.seen(operator)
        if head is None or heads.agrees(operator, last):
            return 0
        missing = head.size - (last.size if last else 0)
        said = EntryRow.objects.filter(
            operator_id=operator, kind=JournalCut.kind, data__root=head.root.hex()
        )
        if not said.exists():
            cut = JournalCut(missing=missing, size=head.size, root=head.root.hex())
            store.insert(operator, cut)
    keys.coming_signer(operator)
    keys.take_over(operator)
    with operator_scope(operator):
        signer = signing.recorded_signer(operator)
        size, root = (last.size, bytes(last.root)) if last else (0, tree.EMPTY_ROOT)
        note = signer.sign(str(TreeHead(signer.name, size, root)))
    heads.remember(operator, note, even_if_smaller=True)
    return missing


def _verify(operator: UUID, export: Path) -> None:
    """By the keys that the database knows and the home has: a stranger's log signs nothing here."""
    given = [Verifier.parse(each) for each in signing.known_keys(operator)]
    own = keys.signer(operator).verifier
    with export.open(encoding="utf-8") as file:
        header = _header(file.readline())
        if part(header, "operator", str) != str(operator):
            raise NotThisLog(_OTHER)
        lines = ((number, line) for number, line in enumerate(file, start=2))
        try:
            report = verify_log(header, lines, tuple(dict.fromkeys([*given, own])))
        except NoteError as error:
            raise Unreadable("bad-shape", name="checkpoint") from error
    if not report.holds:
        raise NotThisLog(
            "This export does not verify with the operator's keys; look at it with tutela verify."
        )


def operator_of(export: Path) -> UUID:
    """Whose journal an export says to be. Raises ``NotThisLog``."""
    with export.open(encoding="utf-8") as file:
        try:
            return UUID(part(_header(file.readline()), "operator", str))
        except (Unreadable, ValueError):
            raise NotThisLog(f"{export} is no export of a journal.") from None


def moment(entry: Mapping[str, Any]) -> datetime:
    """When the entry of a line was written."""
    return datetime.fromisoformat(entry["at"])


def _header(text: str) -> Mapping[str, Any]:
    try:
        header = json.loads(text)
    except ValueError:
        raise Unreadable("unknown-format") from None
    return header if isinstance(header, dict) else {}


def _lines(export: Path) -> Iterator[Leafed | str]:
    """The entries of a verified export, and each checkpoint behind what it covers."""
    with export.open(encoding="utf-8") as file:
        file.readline()
        for text in file:
            said = json.loads(text)
            if "checkpoint" in said:
                yield str(said["checkpoint"])
                continue
            run = UUID(said["pruned"]) if "pruned" in said else None
            entry = json.loads(said["entry"]) if run is None else {}
            yield Leafed(said["index"], unpack(said["hash"]), entry, run)


def _add(operator: UUID, size: int, new: list[Leafed], signed: list[str]) -> None:
    ids = [UUID(each.entry["id"]) if each.entry else new_id() for each in new]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [_row(operator, each.entry) for each in new if each.entry])
    Pending.objects.filter(operator_id=operator, entry_id__in=ids).delete()
    Leaf.objects.bulk_create(
        [
            Leaf(operator_id=operator, index=each.index, entry_id=own, hash=each.hash)
            for each, own in zip(new, ids, strict=True)
        ],
        batch_size=1000,
    )
    Pruned.objects.bulk_create(
        Pruned(operator_id=operator, index=each.index, run=each.run)
        for each in new
        if each.run is not None
    )
    put_tiles(operator, tree.grow(size, [each.hash for each in new], store.load_tile(operator)))
    verifiers = tuple(Verifier.parse(each) for each in signing.known_keys(operator))
    for note in signed:
        head, signer = notes.open_checkpoint(note, (*verifiers, keys.signer(operator).verifier))
        Checkpoint.objects.create(
            operator_id=operator,
            size=head.size,
            root=head.root,
            note=note,
            key_id=signer.key_id,
            at=clock.now(),
        )


def _row(operator: UUID, entry: Mapping[str, Any]) -> tuple[Any, ...]:
    actor = entry.get("actor", {})
    return (
        operator,
        UUID(entry["id"]),
        entry["kind"],
        datetime.fromisoformat(entry["at"]),
        json.dumps(entry.get("data", {})),
        entry.get("subject"),
        actor.get("kind", ""),
        actor.get("id", ""),
        actor.get("role", ""),
        entry.get("action", ""),
        entry.get("purpose", ""),
        entry.get("basis", ""),
        entry.get("clause", ""),
        bool(entry.get("automated", False)),
        entry.get("policy_version"),
    )
