"""What the gate writes into the journal: every permit and every refusal, never a value."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry


@dataclass(frozen=True, kw_only=True)
class _Asked(Entry):
    rule: str
    count: int
    fields: tuple[str, ...]
    recipient: str = ""
    point: str = ""


@entry("gate.permitted")
@dataclass(frozen=True, kw_only=True)
class Permitted(_Asked):
    """``because`` is the reason code that staff gave for looking, if they had to."""

    because: str = ""
    wording = _(
        "“%(action)s” for “%(purpose)s” was permitted on the basis “%(basis)s”: %(count)s fields"
    )


@entry("gate.refused")
@dataclass(frozen=True, kw_only=True)
class Refused(_Asked):
    reason: str
    wording = _("“%(action)s” for “%(purpose)s” was refused (%(reason)s): %(count)s fields")
