"""What the values of entries are called in words, so that people read sentences and no slugs.

The journal keeps slugs; which title a slug has is known to the room that gave it. A room says so
once, in its ``entries.py``, by the name of the value::

    called("mode", {"tick": _("by ticking it")})
    called("purpose", _title_of_the_purpose)
    called("count", counted(n_("%(count)d field", "%(count)d fields", "count")), kind="one.kind")

A value that nobody has a word for is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from tutela.core.registry import Registry
from tutela.core.vocabulary import ActorKind
from tutela.journal.entries import BY_HAND_ANSWERS, PLACES, EntriesPruned, Entry, Row
from tutela.web import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Namer = Callable[[Row, Any], Any]
"""The words for a value of this row in the active language, or None if it has none."""

NAMERS: Registry[Namer] = Registry("name of a journal value")

ACTORS: Mapping[str, _StrOrPromise] = {
    ActorKind.SUBJECT: gettext_lazy("the person"),
    ActorKind.REPRESENTATIVE: gettext_lazy("a representative of the person"),
    ActorKind.VISITOR: gettext_lazy("a visitor"),
    ActorKind.STAFF: gettext_lazy("a member of staff"),
    ActorKind.APPLICATION: gettext_lazy("an application"),
    ActorKind.SYSTEM: gettext_lazy("the system"),
}
"""By whom something was done."""


def called(name: str, words: Mapping[Any, _StrOrPromise] | Namer, *, kind: str = "") -> None:
    """Say what the values under ``name`` are called, in every kind of entry or in ``kind`` only."""
    namer = words if callable(words) else lambda _row, value: words.get(value)
    NAMERS.register(f"{kind}:{name}", namer)


def counted(forms: Any, *, none: _StrOrPromise = "") -> Namer:
    """A number with its noun; ``forms`` is an ``ngettext_lazy`` over ``count``, and ``none`` says
    zero in words."""

    def words(_row: Row, value: Any) -> Any:
        if not isinstance(value, int):
            return None
        return none if none and value == 0 else forms % {"count": value}

    return words


def limit(_row: Row, value: Any) -> str | None:
    """A due moment is the first that is too late: tell the last day, or the minute, instead."""
    return last(value) if isinstance(value, datetime) else None


def last(moment: datetime) -> str:
    """“12 December 2026” for the midnight after it; any other moment to its minute."""
    here = timezone.localtime(moment)
    if here.time() == time():
        return dates.day(date.fromordinal(here.date().toordinal() - 1))
    return dates.minute(moment)


def name_of(row: Row, name: str, value: Any) -> Any:
    """The value as a reader reads it, in the active language."""
    if isinstance(value, list | tuple):
        return ", ".join(str(name_of(row, name, each)) for each in value) or _("none")
    value = _moment(value)
    for key in (f"{row.kind}:{name}", f":{name}"):
        words = NAMERS[key](row, value) if key in NAMERS else None
        if words is not None:
            return words
    if isinstance(value, bool):
        return pgettext("in the journal", "yes") if value else pgettext("in the journal", "no")
    if isinstance(value, datetime):
        return dates.minute(value)
    return dates.day(value) if isinstance(value, date) else value


def _moment(value: Any) -> Any:
    """Moments and days are kept as text; a slug never has their shape (``entries.opaque``)."""
    if not isinstance(value, str) or not value[:4].isdecimal():
        return value
    try:
        if len(value) == len("2024-06-03"):
            return date.fromisoformat(value)
        return datetime.fromisoformat(value)
    except ValueError:
        return value


def values_of(declared: type[Entry], row: Row) -> Mapping[str, Any]:
    """Every value that the wording of the kind may name."""
    values: dict[str, Any] = dict.fromkeys(declared.__dataclass_fields__, "")
    values |= {
        "subject": row.subject or "",
        "actor": by_whom(row),
        "action": row.action,
        "purpose": row.purpose,
        "basis": row.basis,
        "clause": row.clause,
        "policy_version": row.policy_version,
    }
    values |= row.data
    return {name: name_of(row, name, value) for name, value in values.items()}


def by_whom(row: Row) -> str:
    """“a member of staff (officer)”; never who it was."""
    words = str(ACTORS.get(row.actor.kind, row.actor.kind))
    if not row.actor.role:
        return words
    return f"{words} ({name_of(row, 'role', row.actor.role)})"


called("place", PLACES)
called("answer", BY_HAND_ANSWERS)
called(
    "count",
    counted(ngettext_lazy("%(count)d entry", "%(count)d entries", "count")),
    kind=EntriesPruned.kind,
)
