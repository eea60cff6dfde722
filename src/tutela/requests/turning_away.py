"""Texts that are not taken because of what stands in them are counted, and nothing of them is kept.

The officer sees at which form people write numbers of cards or papers, and mends the form: a
sentence beside the field costs less than a number that somebody has typed (004 3.11; 002
“Использование” p1). Nothing of who wrote is kept: they have given nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tutela.inventory import actions as inventory
from tutela.requests.errors import Incomplete
from tutela.requests.rules import Problem


class TurnedAway(Incomplete):
    """Something stands in it that the policy takes not at all; counted although nothing is kept."""

    leaves_word = True

    def __init__(self, problems: tuple[Problem, ...], operator_id: UUID, point: str) -> None:
        super().__init__(problems)
        self._place = operator_id, point

    def afterwards(self) -> None:
        count(*self._place, self.problems)


def incomplete(operator_id: UUID, point: str, problems: tuple[Problem, ...]) -> Incomplete:
    """The error to raise for what is wrong with something sent to a collection point."""
    if any(each.kept_out for each in problems):
        return TurnedAway(problems, operator_id, point)
    return Incomplete(problems)


def count(operator_id: UUID, point: str, problems: Iterable[Problem]) -> None:
    """Note how many texts were turned away at a collection point. A page that shows the problems
    calls this; for a program it is done after the error."""
    inventory.turned_away(operator_id, point, sum(each.kept_out for each in problems))
