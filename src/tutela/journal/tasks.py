"""While the journal of the database is older than what was signed, nothing is done."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from tutela.core import closed, listing
from tutela.core.readiness import readiness
from tutela.db.installation import installation_id
from tutela.db.scope import operator_scope
from tutela.journal import heads, store

_compared: set[str] = set()
"""Heads that this process compared with the database once; the sequencer compares them always."""


def is_whole() -> bool:
    """Whether no log of this database lacks entries that were signed."""
    folder = f"{settings.TUTELA_HOME}/keys/journal"
    for name in listing.names(folder):
        path = f"{folder}/{name}"
        if not name.endswith(".head") or path in _compared:
            continue
        operator = UUID(name[:36])
        if name == f"{operator}-{installation_id()}.head":
            with operator_scope(operator):
                if not heads.agrees(operator, store.last_checkpoint(operator)):
                    return False
        _compared.add(path)
    return True


def forget() -> None:
    """Compare anew: the database was replaced."""
    _compared.clear()


def _behind() -> heads.JournalBehind | None:
    return None if is_whole() else heads.JournalBehind()


closed.REASONS.register("journal.behind", _behind)


@readiness("journal-whole")
def journal_is_whole() -> bool:
    return is_whole()
