"""Everything a scenario can say: these modules register it when they are imported, and none of
them is loaded by a program that only serves."""

from __future__ import annotations

from tutela.rehearsal import (
    checking,
    closing,
    consenting,
    deciding,
    expectations,
    mailing,
    processing,
    requesting,
    shelving,
    surfacing,
    talking,
    verbs,
    versions,
)

__all__ = [
    "checking",
    "closing",
    "consenting",
    "deciding",
    "expectations",
    "mailing",
    "processing",
    "requesting",
    "shelving",
    "surfacing",
    "talking",
    "verbs",
    "versions",
]
