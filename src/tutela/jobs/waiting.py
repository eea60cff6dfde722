"""Which sweeps of an operator have something to do, asked of the database at once.

Most looks find nothing. Each sweep by itself would open a transaction or more to learn that; here
their conditions are one statement, and only those run of which it holds.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tutela.db import swift
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import Waiting

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Awaited:
    """What waits at one operator at ``now``, by sweep. It is asked when it is first needed, and
    anew after ``forget``, because what one sweep does may be work for the next; never again for
    those that had their turn.

    If it cannot be told, everything waits: each sweep then finds out, and fails, by itself.
    """

    operator: UUID
    now: datetime
    conditions: Mapping[str, Waiting | None]
    _known: dict[str, bool] = field(default_factory=dict)
    _passed: set[str] = field(default_factory=set)

    def holds(self, slug: str) -> bool:
        if self.conditions[slug] is None:
            return True
        if slug not in self._known:
            self._ask()
        self._passed.add(slug)
        return self._known[slug]

    def forget(self) -> None:
        self._known.clear()

    def _ask(self) -> None:
        try:
            with operator_scope(self.operator):
                self._known.update(self._in_sql())
                self._known.update(
                    (slug, each(self.operator, self.now))
                    for slug, each in self._to_come().items()
                    if callable(each)
                )
        except Exception as error:
            log.warning("What waits at operator %s cannot be told.", self.operator, exc_info=error)
            self._known.update(dict.fromkeys(self.conditions, True))

    def _to_come(self) -> dict[str, Waiting | None]:
        return {slug: each for slug, each in self.conditions.items() if slug not in self._passed}

    def _in_sql(self) -> dict[str, bool]:
        written = {slug: each for slug, each in self._to_come().items() if isinstance(each, str)}
        if not written:
            return {}
        statement = "SELECT " + ", ".join(f"({each})" for each in written.values())
        found = swift.row(statement, {"operator": self.operator, "now": self.now})
        return dict(zip(written, found or (), strict=True))
