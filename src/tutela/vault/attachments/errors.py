"""What is wrong with a file, in a sentence for whoever sent it."""

from __future__ import annotations

from tutela.core.errors import TutelaError


class UnfitFile(TutelaError):
    """The file cannot be taken; the message says why and what to do."""

    status = 422
