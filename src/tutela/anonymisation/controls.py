"""Is data that stays without its people really about nobody?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.anonymisation import actions
from tutela.anonymisation.actions import RunRow
from tutela.anonymisation.rules import Blurred, measure
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.policy.model import AnonymousSet, Policy
from tutela.web.plurals import plural

DONE, REFUSED, JOINED = "anonymisation.done", "anonymisation.refused", "anonymisation.joined"
CHECKED = 50
"""Runs whose rows one look measures anew, the newest."""


@control(
    "anonymise",
    how=_(
        "The rows that stayed are measured anew: in every run as many people must be alike as the "
        "policy asks, nobody may have been found by the test, and no field that had to go may be "
        "there. The key of a pseudonym lies apart or is destroyed."
    ),
)
def anonymise(question: Question) -> Answer:
    """001 1.2.9, 002 “Передача”, 003 1.11, 004 1.5, 2.17.7: nobody can be told, and that is
    tested."""
    made, bad, people, refused = question.once("anonymisation.runs", lambda: _measured(question))
    figures = [
        Figure(plural("%(count)d run", "%(count)d runs"), made, (DONE, REFUSED)),
        Figure(
            plural("%(count)d person’s data anonymised", "%(count)d people’s data anonymised"),
            people,
            (DONE,),
        ),
    ]
    if refused:
        words = plural("%(count)d run refused", "%(count)d runs refused")
        figures.append(Figure(words, refused, (REFUSED,)))
    if bad:
        words = plural(
            "%(count)d run in which people can be told",
            "%(count)d runs in which people can be told",
        )
        figures.append(Figure(words, bad, (DONE,)))
    return Answer(settled(made, bad), tuple(figures))


def _measured(question: Question) -> tuple[int, int, int, int]:
    rows = actions.runs(question.operator_id)
    bad = sum(
        not holds(question.policy, question.operator_id, each)
        for each in rows[:CHECKED]
        if not each.refused
    )
    refused = sum(each.refused for each in rows)
    return len(rows), bad, sum(each.people for each in rows), refused


def holds(policy: Policy, operator_id: UUID, run: RunRow) -> bool:
    """Whether the rows of a run are still as the test found them."""
    into = policy.anonymised.get(run.slug)
    rows = actions.rows_of(operator_id, run.slug, run.id)
    went = {slug for slug, how in run.how.items() if how.split()[0] in {"suppress", "aggregate"}}
    if any(went & set(row) for row, _times in rows):
        return False
    tried = run.found
    if tried["found"] or tried["named"] or tried["fewest"] < run.asked["k"]:
        return False
    return into is None or not rows or _alike(into, run, rows)


def _alike(into: AnonymousSet, run: RunRow, rows: list[tuple[dict[str, str], int]]) -> bool:
    people = [
        Blurred(
            tuple(row.get(slug, "") for slug in into.quasi),
            tuple(row.get(slug, "") for slug in into.sensitive),
        )
        for row, times in rows
        for _person in range(times)
    ]
    found = measure(people)
    return len(people) == run.people and found.k >= run.asked["k"] and found.l >= run.asked["l"]
