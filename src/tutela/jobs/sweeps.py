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


@dataclass(frozen=True, slots=True)
class Sweep:
    """``run(operator_id, now)`` does all that is due and returns how many things it did.

    It is called outside of any transaction and outside of any ``operator_scope``: it opens one
    scope for each thing it does, so that a crash loses at most the thing in hand, and it must be
    safe to repeat. ``next_moment(operator_id, after)`` is called inside the operator's scope and
    returns the first moment strictly later than ``after`` at which something becomes due, or
    None. Sweeps of one moment run in the order of their slugs.
    """

    slug: str
    run: Callable[[UUID, datetime], int]
    next_moment: Callable[[UUID, datetime], datetime | None] = _never


SWEEPS: Registry[Sweep] = Registry("sweep")


def register(sweep: Sweep) -> Sweep:
    """Let the worker, the demo clock and rehearsals drive ``sweep``; do it in the room's tasks."""
    return SWEEPS.register(sweep.slug, sweep)


def sweep(
    slug: str, *, next_moment: Callable[[UUID, datetime], datetime | None] = _never
) -> Callable[[Callable[[UUID, datetime], int]], Callable[[UUID, datetime], int]]:
    """``register`` as a decorator of the function that runs."""

    def decorate(run: Callable[[UUID, datetime], int]) -> Callable[[UUID, datetime], int]:
        register(Sweep(slug, run, next_moment))
        return run

    return decorate
