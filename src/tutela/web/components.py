"""The values that components are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy as _

Text = str | Promise

GOOD, WARN, BAD, IDLE = "good", "warn", "bad", "idle"

STATES: dict[str, tuple[str, Text]] = {
    # a clause, as its controls answer
    "kept": (GOOD, _("state", "kept")),
    "at-risk": (WARN, _("state", "at risk")),
    "broken": (BAD, _("state", "broken")),
    "nothing-yet": (IDLE, _("state", "nothing to judge yet")),
    "not-built": (IDLE, _("state", "not built yet")),
    "not-bound": (WARN, _("state", "not bound")),
    "informative": (IDLE, _("state", "informative")),
    # an obligation
    "open": (IDLE, _("state", "open")),
    "soon": (WARN, _("state", "soon")),
    "discharged": (GOOD, _("state", "done")),
    "late": (BAD, _("state", "late")),
    "failed": (BAD, _("state", "failed")),
    "cancelled": (IDLE, _("state", "cancelled")),
    # a consent, a record, a person
    "given": (GOOD, _("state", "given")),
    "refused": (IDLE, _("state", "refused")),
    "withdrawn": (IDLE, _("state", "withdrawn")),
    "expired": (IDLE, _("state", "expired")),
    "stored": (GOOD, _("state", "stored")),
    "blocked": (WARN, _("state", "blocked")),
    "destroyed": (IDLE, _("state", "destroyed")),
    "permitted": (GOOD, _("state", "permitted")),
    # a version of a policy
    "in-force": (GOOD, _("state", "in force")),
    "archived": (IDLE, _("state", "no longer in force")),
    "not-yet": (WARN, _("state", "not yet in force")),
}
"""Slug → tone and word. A state is always a word with a colour, never a colour alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a proportion bar: a state, how many, and the words after the number."""

    state: str
    count: int
    label: Text = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a timeline; not done is drawn hollow."""

    title: Text
    note: Text = ""
    done: bool = True
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart. ``text`` replaces the number beside it; ``state`` gives its colour."""

    label: Text
    value: int
    text: Text = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a picture of days: ``value`` is drawn full and ``more`` pale above it; ``words``
    say both. An ``idle`` day stands back, ``here`` is today."""

    label: Text
    short: str
    value: int
    more: int = 0
    words: Text = ""
    idle: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """``dated`` lists are read from the newest on; others from the first."""

    newer_url: str = ""
    older_url: str = ""
    text: Text = ""
    dated: bool = True


def percent(value: float, whole: float) -> str:
    """A share for an SVG attribute, which wants a point whatever the reader's language."""
    return f"{100 * value / whole:.3f}%" if whole else "0%"


def stretches(parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    """(tone, start, width) of each part, in per cent of the whole; empty parts are left out."""
    total = sum(each.count for each in parts)
    drawn, before = [], 0
    for each in parts:
        if each.count:
            tone = STATES[each.state][0]
            drawn.append((tone, percent(before, total), percent(each.count, total)))
            before += each.count
    return drawn
