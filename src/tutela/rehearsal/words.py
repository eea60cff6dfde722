"""Everything a scenario can say: these modules register it when they are imported, and none of
them is loaded by a program that only serves."""

from __future__ import annotations

from tutela.rehearsal import (
    consenting,
    deciding,
    expectations,
    mailing,
    requesting,
    surfacing,
    talking,
    verbs,
    versions,
)

__all__ = [
    "consenting",
    "deciding",
    "expectations",
    "mailing",
    "requesting",
    "surfacing",
    "talking",
    "verbs",
    "versions",
]
