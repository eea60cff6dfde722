"""What is refused about consents."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class NoConsentAsked(TutelaError):
    """The purpose does not rest on consent or has no text in this language; ask for none."""


class UnknownMode(TutelaError):
    """The way of agreeing is not one of the closed list."""


class NotOffered(TutelaError):
    """The collection point does not offer this purpose; ask where it is offered."""


class NothingToWithdraw(Conflict):
    """The person never gave this operator a consent that could be withdrawn."""


class NothingToProve(NotFound):
    """There is no such purpose, consent or use to make a proof of."""


class ProvedSoon(Conflict):
    """The entry is not under a signed head yet; ask again in a few seconds."""


class OtherWords(Conflict):
    """The words that were shown are not the ones in force."""
