from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnsafeEntry(TutelaError):
    """An entry would carry something that is not an opaque value. The value is never repeated."""


class UnknownEntry(NotFound):
    """No entry of this operator has the asked identifier."""


class NothingSigned(NotFound):
    """The log has no checkpoint yet; run the sequencer first."""


class NotYetSequenced(Conflict):
    """An entry has no place in the signed log yet; run the sequencer and ask again."""


class JournalDamaged(TutelaError):
    """The journal's tables contradict each other; compare them with a backup."""

    status = 500


class KeyUnusable(TutelaError):
    """The file that holds the operator's journal key cannot be read as an Ed25519 key."""
