"""What has to be done when its time comes: each room registers its sweeps here.

A sweep never sleeps and never remembers: it looks at the rows, does what is due at ``now`` and
says when the next thing will be due. The worker, the demo clock and the rehearsal all drive the
same sweeps through ``jobs.engine``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core.registry import Registry


def _never(_operator_id: UUID, _after: datetime) -> datetime | None:
    """For work that becomes due only by somebody's act, never by time alone."""
    return None


Waiting = str | Callable[[UUID, datetime], bool]
"""Whether anything is there for a sweep to do: a condition in SQL, of ``%(operator)s`` and
``%(now)s``, or a function that is called inside the operator's scope."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """``run(operator_id, now)`` does all that is due and returns how many things it did.

    It is called outside of any transaction and outside of any ``operator_scope``: it opens one
    scope for each thing it does, so that a crash loses at most the thing in hand, and it must be
    safe to repeat. ``next_moment(operator_id, after)`` is called inside the operator's scope and
    returns the first moment strictly later than ``after`` at which something becomes due, or
    None. Sweeps of one moment run in the order of their slugs.

    ``waiting`` spares the sweep a look for nothing: it may hold when there is nothing to do, and
    must hold whenever there is something. A sweep without it is run at every look.
    """

    slug: str
    run: Callable[[UUID, datetime], int]
    next_moment: Callable[[UUID, datetime], datetime | None] = _never
    waiting: Waiting | None = None


SWEEPS: Registry[Sweep] = Registry("sweep")


def register(sweep: Sweep) -> Sweep:
    """Let the worker, the demo clock and rehearsals drive ``sweep``; do it in the room's tasks."""
    return SWEEPS.register(sweep.slug, sweep)


def sweep(
    slug: str,
    *,
    next_moment: Callable[[UUID, datetime], datetime | None] = _never,
    waiting: Waiting | None = None,
) -> Callable[[Callable[[UUID, datetime], int]], Callable[[UUID, datetime], int]]:
    """``register`` as a decorator of the function that runs."""

    def decorate(run: Callable[[UUID, datetime], int]) -> Callable[[UUID, datetime], int]:
        register(Sweep(slug, run, next_moment, waiting))
        return run

    return decorate
