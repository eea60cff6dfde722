"""The date of a request, and where it comes from: promised by the policy, set by the law, or the
operator's own target where both are silent. The dates themselves are counted by the term engine.

What the law sets is data (``law.tsv``): a row that nobody has confirmed says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from tutela.obligations.rows import bound
from tutela.policy.model import Policy, Promise
from tutela.policy.terms import Due, Term, compute

POLICY, LAW, TARGET = "policy", "law", "target"
SOURCES = (POLICY, LAW, TARGET)
ANY_REQUEST = "request.received"
OWN_TARGET = Term.parse("30 days")
"""What the operator aims at where neither its policy nor its law names a term."""
_FIRST = (
    "answer",
    "consider",
    "correct",
    "unpublish",
    "destroy",
    "stop",
    "notify-authority",
    "notify-subject",
    "notify-recipients",
    "block",
)
"""Which of several promises of one event gives the request its date."""


@dataclass(frozen=True, slots=True)
class LawTerm:
    """``confirmed`` is false for a row that nobody has compared with the text of the law."""

    law: str
    event: str
    article: str
    term: Term
    extension: Term | None
    confirmed: bool

    @property
    def reference(self) -> str:
        return f"{self.law} {self.article}"


@cache
def of_law() -> tuple[LawTerm, ...]:
    text = files("tutela.requests").joinpath("law.tsv").read_text(encoding="utf-8")
    return tuple(
        LawTerm(
            row["law"],
            row["event"],
            row["article"],
            Term.parse(row["term"]),
            Term.parse(row["extension"]) if row["extension"] else None,
            row["confirmed"] == "yes",
        )
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    )


@cache
def _refusals() -> dict[tuple[str, str], str]:
    text = files("tutela.requests").joinpath("refusals.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {(row["law"], row["ground"]): row["article"] for row in rows}


def refusal_article(policy: Policy, ground: str) -> str:
    """The article of the operator's law that a refusal on ``ground`` rests on; empty if no row of
    ``refusals.tsv`` names one."""
    named = (
        f"{law} {_refusals()[law, ground]}"
        for law in policy.operator.law
        if (law, ground) in _refusals()
    )
    return next(named, "")


def lawful(policy: Policy, event: str) -> LawTerm | None:
    """What the first of the operator's laws that says anything about ``event`` sets."""
    return next(
        (
            row
            for law in policy.operator.law
            for row in of_law()
            if (row.law, row.event) == (law, event)
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Clock:
    """``source`` is one of ``SOURCES``; ``reference`` the clause or the article behind it."""

    due: Due
    source: str
    reference: str


def main_promise(promises: Iterable[Promise]) -> Promise | None:
    dated = [each for each in promises if each.term.dated]
    return min(dated, key=lambda each: _FIRST.index(each.outcome), default=None)


def source_of(promise: Promise) -> tuple[str, str]:
    """Where the term of a promise comes from, and its reference."""
    if promise.from_law:
        return LAW, promise.from_law
    clause = next(iter(promise.clauses), "")
    return (TARGET, clause) if promise.internal_target else (POLICY, clause)


def clock_for(policy: Policy, event: str, received: datetime) -> Clock:
    """The date of a request that states ``event``, received at ``received``. A block is done at
    once and tells nobody anything: what asks for one alone is answered like any request."""
    promised = list(policy.promises_on(event))
    promise = main_promise(each for each in promised if each.outcome != "block")
    if promise is None and promised and event != ANY_REQUEST:
        return clock_for(policy, ANY_REQUEST, received)
    if promise is not None:
        due = compute(promise.term, received, policy.calendar, bound=bound(policy))
        return Clock(due, *source_of(promise))
    if (law := lawful(policy, event)) is not None:
        return Clock(compute(law.term, received, policy.calendar), LAW, law.reference)
    return Clock(compute(OWN_TARGET, received, policy.calendar), TARGET, "")


def court_clock(policy: Policy, last_day: date, received: datetime) -> Clock:
    """The court's own term, which comes before any other (004 8.4(c))."""
    due = compute(Term.parse(f"until {last_day}"), received, policy.calendar)
    return Clock(due, LAW, "court")
