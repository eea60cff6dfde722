"""Combining a set with one of somebody else, where the policy lets them be combined.

Rows are matched by the columns that both have. Together they must still hide everybody among as
many others as the policy wants, with as many values of what is sensitive, or nothing is handed out.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.anonymisation.entries import JoinRefused, SetsJoined
from tutela.anonymisation.errors import BadTable, NotToBeJoined
from tutela.core.errors import TutelaError
from tutela.journal import actions as journal
from tutela.policy.model import AnonymousSet, Policy

Rows = list[tuple[dict[str, str], int]]
"""Rows, each with the number of people it stands for."""

TIMES = "people"
"""The column of a table that says how many people a row stands for."""


class JoinNotMade(NotToBeJoined):
    """Refused, and journalled although the transaction of the attempt is rolled back."""

    def __init__(self, message: str, operator: UUID, said: JoinRefused) -> None:
        super().__init__(message)
        self._operator, self._said = operator, said

    def afterwards(self) -> None:
        journal.append(self._operator, self._said)


@dataclass(frozen=True, slots=True)
class Pair:
    """A set of the policy, and the name of what it is to be combined with."""

    into: AnonymousSet
    other: str


def plain(content: bytes) -> dict[str, str]:
    """A row from its byte form."""
    row: dict[str, str] = json.loads(content)
    return row


def combine(
    operator_id: UUID,
    policy: Policy,
    pair: Pair,
    rows: Rows,
    table: str,
) -> str:
    """The rows of the set with the columns of the other table."""
    into = pair.into
    refuse = partial(_refusal, operator_id, policy, pair)
    if pair.other not in into.joins:
        known = ", ".join(into.joins) or "—"
        raise refuse(
            "not-declared",
            _("The policy does not let this set be combined with that one. It names: %(known)s.")
            % {"known": known},
        )
    theirs = _read(table)
    shared = [each for each in theirs[0][0] if each in into.quasi]
    if not shared:
        raise BadTable(
            _("The table shares no column with the set. Name one of: %(names)s.")
            % {"names": ", ".join(into.quasi)}
        )
    if _fewest(theirs, [each for each in theirs[0][0] if each != TIMES]) < into.k:
        raise refuse(
            "theirs-tell",
            _("The other table tells people apart. Combine only sets in which nobody can be told."),
        )
    joined = list(_joined(rows, theirs, shared))
    shown = sorted({name for row, _times in joined for name in row} - {*into.sensitive})
    if not joined or _fewest(joined, shown) < into.k:
        raise refuse(
            "together-tell",
            _("Together the two sets would tell people apart, so they were not combined."),
        )
    if into.sensitive and _diversity(joined, shown, into.sensitive) < into.l:
        raise refuse(
            "together-tell",
            _(
                "Together the two sets would tell what is sensitive of somebody, so they were not "
                "combined."
            ),
        )
    done = SetsJoined(
        clause=next(iter(into.clauses), ""),
        policy_version=policy.number,
        into=into.slug,
        other=pair.other,
        rows=len(joined),
        k=_fewest(joined, shown),
    )
    journal.append(operator_id, done)
    return written(joined)


def _refusal(
    operator_id: UUID, policy: Policy, pair: Pair, reason: str, message: str
) -> TutelaError:
    """An error that journals why; a set that the policy does not name is not repeated there."""
    said = JoinRefused(
        clause=next(iter(pair.into.clauses), ""),
        policy_version=policy.number,
        into=pair.into.slug,
        other=pair.other if pair.other in pair.into.joins else "",
        reason=reason,
    )
    return JoinNotMade(message, operator_id, said)


def _read(table: str) -> Rows:
    """The rows of a CSV table, each with how many people it stands for (one, if not said)."""
    found = []
    try:
        for row in csv.DictReader(io.StringIO(table), strict=True):
            times = int(row.pop(TIMES, None) or 1)
            found.append(({str(name): str(text or "") for name, text in row.items()}, times))
    except (csv.Error, ValueError):
        found = []
    if not found or not found[0][0]:
        raise BadTable(_("The table cannot be read. It must be CSV in UTF-8 with a line of names."))
    return found


def _fewest(rows: Rows, names: Sequence[str]) -> int:
    counted: Counter[tuple[str, ...]] = Counter()
    for row, times in rows:
        counted[tuple(row.get(name, "") for name in names)] += times
    return min(counted.values(), default=0)


def _diversity(rows: Rows, names: Sequence[str], sensitive: Sequence[str]) -> int:
    """The fewest values that a sensitive column has among those who are alike in ``names``."""
    found: dict[tuple[str, ...], list[set[str]]] = {}
    for row, _times in rows:
        seen = found.setdefault(
            tuple(row.get(name, "") for name in names), [set() for _ in sensitive]
        )
        for known, name in zip(seen, sensitive, strict=True):
            known.add(row.get(name, ""))
    return min((len(known) for seen in found.values() for known in seen), default=0)


def _joined(
    rows: Rows,
    theirs: Rows,
    shared: Sequence[str],
) -> Iterator[tuple[dict[str, str], int]]:
    """Each row of the set with what the other table says of those who are like it. Where it says
    several things, nobody knows which is whose, and the row is shared out as they are."""
    for row, times in rows:
        alike = [each for each in theirs if all(each[0][name] == row[name] for name in shared)]
        total = sum(number for _other, number in alike)
        for other, number in alike:
            if share := times * number // total:
                yield {**other, **row}, share


def written(rows: Rows) -> str:
    """Rows as CSV, with the number of people each stands for."""
    names = sorted({name for row, _times in rows for name in row})
    out = io.StringIO()
    writer = csv.DictWriter(out, [*names, TIMES])
    writer.writeheader()
    for row, times in rows:
        writer.writerow({**row, TIMES: times})
    return out.getvalue()
