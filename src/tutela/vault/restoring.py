"""After a restore: what is over ends again before anybody is served.

It does not matter how the database came back, by ``tutela restore`` or by other means: every
process compares it with the home's list of what is over (``endings``) before it does anything,
is closed while lines are missing in the database, and whoever holds the home replays them. Keys
from before the database are put right by the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from tutela.core import listing
from tutela.db.installation import installation_id
from tutela.db.scope import operator_scope
from tutela.policy import actions as policies
from tutela.vault import endings, keystore
from tutela.vault.ending_lines import Line
from tutela.vault.models import Value

Say = Callable[[str, int, int], None]
"""Hears how far the replay is: the operator's slug, how many lines are done, and of how many."""

_known: dict[str, tuple[int, int]] = {}
"""Files that were compared and found known to the database, as they were then."""


def is_done() -> bool:
    """Whether every line of every file is known to the database. Costs nothing while no file has
    changed since the last look; tells of a restore under a running process at the next start."""
    return not any(True for _ in _behind())


def _behind() -> Iterator[UUID]:
    for folder, name in _logs(f"{settings.TUTELA_HOME}/keys/vault"):
        path = f"{folder}/{name}"
        seen = listing.stamp(path)
        if _known.get(path) == seen:
            continue
        operator = UUID(folder.rpartition("/")[2])
        if name == f"endings-{installation_id()}.log":
            with operator_scope(operator):
                if endings.missing(operator):
                    yield operator
                    continue
        _known[path] = seen


def _logs(root: str) -> Iterator[tuple[str, str]]:
    for operator in listing.names(root):
        folder = f"{root}/{operator}"
        for name in listing.names(folder):
            if name.startswith("endings-") and name.endswith(".log"):
                yield folder, name


def forget() -> None:
    """Compare every file anew: the database was replaced."""
    _known.clear()


@dataclass(frozen=True, slots=True)
class Replayed:
    """``ended`` again in the database, written anew to the ``listed`` file, and ``shares``
    overwritten or added as lost."""

    ended: int = 0
    listed: int = 0
    shares: int = 0

    def __add__(self, other: Replayed) -> Replayed:
        return Replayed(
            self.ended + other.ended, self.listed + other.listed, self.shares + other.shares
        )


def _silent(_slug: str, _done: int, _of: int) -> None:
    """Say nothing."""


def replay_all(say: Say = _silent) -> Replayed:
    """Bring database and home of every operator together. Opens its own transactions; may be
    killed anywhere, repeated, and run twice at once."""
    total = Replayed()
    for operator in policies.operators():
        total += replay(operator.id, partial(say, operator.slug))
    return total


def replay(operator: UUID, say: Callable[[int, int], None] = lambda _done, _of: None) -> Replayed:
    """The same for one operator: first the keys, then the rows."""
    shares = _put_keys_right(operator)
    with operator_scope(operator):
        listed = endings.catch_up(operator)
        lines = endings.missing(operator)
    ended = 0
    for line in listed:
        shares += _bury(operator, line)
    for place, line in enumerate(lines, start=1):
        _bury(operator, line)
        ended += endings.replay(operator, line)
        say(place, len(lines))
    return Replayed(ended, len(listed), shares)


def _bury(operator: UUID, line: Line) -> int:
    """Overwrite the shares that a line names: with older keys they are there again."""
    slots = [int(slot) for slot in line.content.get("slots", ())]
    if slots:
        keystore.reach(operator, max(slots) + 1)
        keystore.shred(operator, slots)
    return len(slots)


def _put_keys_right(operator: UUID) -> int:
    """No slot that the database uses may be given away a second time."""
    with operator_scope(operator):
        highest = Value.objects.filter(operator_id=operator).aggregate(last=Max("slot"))["last"]
    return keystore.reach(operator, highest + 1) if highest is not None else 0
