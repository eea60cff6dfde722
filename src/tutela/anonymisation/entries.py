"""What the journal says about data that stays without its people."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called


@entry("anonymisation.done")
@dataclass(frozen=True, kw_only=True)
class Anonymised(Entry):
    run: UUID
    into: str
    people: int
    turned_away: int
    k: int
    l: int  # noqa: E741 - the name of the measure
    found: int
    wording = _(
        "Data of people was anonymised into the set “%(into)s”: %(people)s people, at least "
        "%(k)s alike, found again by the test: %(found)s, turned away: %(turned_away)s"
    )


@entry("anonymisation.refused")
@dataclass(frozen=True, kw_only=True)
class AnonymisationRefused(Entry):
    run: UUID
    into: str
    people: int
    k: int
    l: int  # noqa: E741 - the name of the measure
    wording = _(
        "Anonymisation into the set “%(into)s” was refused, because the people could be told "
        "apart: %(people)s people; their data is destroyed instead"
    )


@entry("anonymisation.joined")
@dataclass(frozen=True, kw_only=True)
class SetsJoined(Entry):
    into: str
    other: str
    rows: int
    k: int
    wording = _(
        "The set “%(into)s” was combined with “%(other)s”: %(rows)s rows, at least %(k)s alike"
    )


@entry("anonymisation.join-refused")
@dataclass(frozen=True, kw_only=True)
class JoinRefused(Entry):
    into: str
    other: str
    reason: str
    wording = _("Combining the set “%(into)s” with “%(other)s” was refused: %(reason)s")


REASONS = {
    "not-declared": _("the policy does not name the other set"),
    "theirs-tell": _("the other set tells people apart"),
    "together-tell": _("both together would tell people apart"),
}
called("reason", REASONS, kind=JoinRefused.kind)
