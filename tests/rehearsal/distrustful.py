"""``tutela``, which does not believe that nothing waits for a sweep: every so often it lets one run
all the same, and whatever that finds is an error.

So all scenarios show that no condition (``Sweep.waiting``) passes work over.
"""

from __future__ import annotations

import itertools
import sys

from tutela import app
from tutela.jobs import engine
from tutela.jobs.sweeps import SWEEPS
from tutela.jobs.waiting import Awaited

EVERY = 11
"""No divisor of the number of sweeps, so that each has its turn."""

_turns = itertools.count()
_holds = Awaited.holds


def holds(self: Awaited, slug: str) -> bool:
    if _holds(self, slug):
        return True
    if next(_turns) % EVERY == 0:
        run = SWEEPS[slug].run if slug in SWEEPS else lambda operator, _now: _sequence(operator)
        found = run(self.operator, self.now)
        assert not found, f"Nothing waited for {slug}, and it found {found}."
    return False


def _sequence(operator):
    return engine._installed().sequence(operator)


if __name__ == "__main__":
    Awaited.holds = holds
    sys.exit(app.main())
