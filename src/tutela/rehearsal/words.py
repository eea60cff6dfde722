"""Everything a scenario can say: these modules register it when they are imported.

Whoever plays or reads a scenario imports this; a program that only serves does not.
"""

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

WORDS = (
    verbs,
    mailing,
    requesting,
    deciding,
    expectations,
    consenting,
    surfacing,
    talking,
    versions,
)
