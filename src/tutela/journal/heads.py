"""The last signed head of each log, kept in the home, where no backup of the database reaches.

    file  TUTELA_HOME/keys/journal/<operator>-<name of the database>.head: a checkpoint note

A database that was restored from yesterday would sign other trees of sizes that were signed
already, and whoever kept a checkpoint would find two logs. So nothing is signed while the head in
the home is ahead of the database (``check``), until the missing entries were brought back
(``importing.bring_back``) or given up for lost in an entry and under a new key
(``importing.go_on_without``).
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.errors import TutelaError
from tutela.db.installation import installation_id
from tutela.journal import keys, notes, tree
from tutela.journal.errors import JournalDamaged
from tutela.journal.models import Checkpoint
from tutela.journal.notes import NoteError, TreeHead


class JournalBehind(TutelaError):
    """The database was restored, and its journal is older than what was signed already."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "This service was restored from a backup, and its journal is not yet complete. "
                "Nothing is lost by waiting; please come back later."
            )
        )

    def __str__(self) -> str:
        return str(self.args[0])


def path(operator: UUID) -> Path:
    return keys.key_path(operator).with_name(f"{operator}-{installation_id()}.head")


def seen(operator: UUID) -> TreeHead | None:
    """The last head that was signed, as the home remembers it. Raises ``JournalDamaged``."""
    place = path(operator)
    if not place.exists():
        return None
    note = place.read_text(encoding="utf-8")
    try:
        return head_of(note)
    except NoteError:
        raise JournalDamaged(
            f"{place} is no checkpoint; bring it back from the backup of the keys."
        ) from None


def head_of(note: str) -> TreeHead:
    """What a checkpoint states; its signature is not looked at. Raises ``NoteError``."""
    return TreeHead.parse(notes.split(note)[0])


def agrees(operator: UUID, last: Checkpoint | None) -> bool:
    """Whether ``last``, the last checkpoint of the database, is no other tree than what was
    signed: the same one, or a later one."""
    head = seen(operator)
    size, root = (last.size, bytes(last.root)) if last else (0, tree.EMPTY_ROOT)
    return head is None or size > head.size or (size, root) == (head.size, head.root)


def check(operator: UUID, last: Checkpoint | None) -> None:
    """Raises ``JournalBehind``."""
    if not agrees(operator, last):
        raise JournalBehind


def remember(operator: UUID, note: str, *, even_if_smaller: bool = False) -> None:
    """Keep the checkpoint, unless a larger one is kept; when this returns, the disk has it."""
    place = path(operator)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        kept = seen(operator)
        if kept is None or even_if_smaller or head_of(note).size > kept.size:
            draft = place.with_suffix(".draft")
            draft.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
            os.fsync(folder)
    finally:
        os.close(folder)
