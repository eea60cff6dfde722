from __future__ import annotations

from tutela.core.errors import NotFound, TutelaError


class UnsafeEntry(TutelaError):
    """An entry would carry something that is not an opaque value. The value is never repeated."""


class UnknownEntry(NotFound):
    """No entry of this operator has the asked identifier."""


class NothingSigned(NotFound):
    """The log has no checkpoint yet; run the sequencer first."""


class KeyUnusable(TutelaError):
    """The file that holds the operator's journal key cannot be read as an Ed25519 key."""
