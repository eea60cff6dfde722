"""Terms that cannot both hold: two on one event, fixed against bound to the purpose, unlimited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tutela.policy.contradictions import signs
from tutela.policy.contradictions.registry import Clash, contradiction, original, saying
from tutela.policy.findings import WARNING
from tutela.policy.model import Policy, Promise, RetentionRule
from tutela.policy.term_grammar import Kind
from tutela.policy.terms import Term
from tutela.policy.wording import EVENTS

BY_DEMAND = ("consent.withdrawn", "erasure.requested", "destruction.demanded", "stop.requested")
"""What one letter of a person that asks for deletion may be taken for."""
_SETTLING = ("destroy", "consider")


@dataclass(frozen=True, slots=True)
class Said:
    """A term that a sentence names in the language of its reader."""

    term: Term

    def __str__(self) -> str:
        return self.term.words((get_language() or "en")[:2])


@contradiction(
    "two-terms",
    WARNING,
    _("Two terms run from one event (%(event)s): %(one)s and %(other)s."),
    _("Say in the text which of them holds, or settle it by an assumption."),
)
def two_terms(policy: Policy) -> Iterator[Clash]:
    """The same is promised twice with different terms, or the same data ends twice."""
    for one, other in combinations(policy.promises.values(), 2):
        same = (one.event, one.outcome) == (other.event, other.outcome)
        # Telling has stages: a first notice and the result of the inquiry (152-FZ 21(3.1)).
        if same and one.term != other.term and not one.outcome.startswith("notify-"):
            yield _clash(one, other)
    for rule, second in _overlapping(policy):
        if rule.term.dated and second.term.dated and rule.term != second.term:
            yield _clash(rule, second)


@contradiction(
    "fixed-and-bound",
    WARNING,
    _("Data is kept for %(one)s by one clause and until its purpose is reached by another."),
    _("Say which ends the data, or settle it by an assumption."),
)
def fixed_and_bound(policy: Policy) -> Iterator[Clash]:
    """152-FZ article 5(7), GDPR article 5(1)(e): no longer than the purpose needs."""
    for rule, other in _overlapping(policy):
        for fixed, bound in ((rule, other), (other, rule)):
            if fixed.term.dated and bound.term.kind is Kind.UNTIL_EVENT:
                yield Clash((*fixed.clauses, *bound.clauses), {"one": Said(fixed.term)})


@contradiction(
    "unlimited-and-bound",
    WARNING,
    _("One clause sets no limit of time, and another binds the time to the purpose."),
    _("Strike out the unlimited one: no law allows it. Or settle it by an assumption."),
)
def unlimited_and_bound(policy: Policy) -> Iterator[Clash]:
    unlimited = {ref for each in _kept(policy, Kind.UNLIMITED) for ref in each.clauses}
    for clause in saying(policy, signs.NO_TIME_LIMIT):
        if clause.text.lower().startswith(("processing", "the processing", "обработка")):
            unlimited.add(clause.ref)
    bound = [ref for each in _kept(policy, Kind.UNTIL_EVENT) for ref in each.clauses]
    if unlimited and bound:
        yield Clash((*sorted(unlimited), *bound))


def _kept(policy: Policy, kind: Kind) -> Iterator[RetentionRule]:
    return (each for each in policy.retention.values() if each.term.kind is kind)


@contradiction(
    "data-without-an-end",
    WARNING,
    _("No rule says when the data taken at “%(point)s” ends."),
    _("Name it at a rule under `retention`, so that it has an end."),
)
def data_without_an_end(policy: Policy) -> Iterator[Clash]:
    """152-FZ article 5(7), GDPR article 13(2)(a): storage has a term, or what decides it."""
    for point in policy.points.values():
        rules = (
            each
            for each in policy.retention.values()
            if (not each.points or point.slug in each.points)
            and (not each.purposes or set(each.purposes) & set(point.purposes))
        )
        if next(rules, None) is None:
            yield Clash(point.clauses, {"point": point.slug})


@contradiction(
    "many-terms-for-deletion",
    WARNING,
    _("One letter that asks for deletion may fall under several terms: %(terms)s."),
    _("Settle by an assumption which ground of the letter decides."),
)
def many_terms_for_deletion(policy: Policy) -> Iterator[Clash]:
    """Only what the text itself promises is compared, not what was filled in from the law."""
    stated = [
        each
        for each in policy.promises.values()
        if each.event in BY_DEMAND
        and each.outcome in _SETTLING
        and not each.from_law
        and not each.internal_target
    ]
    terms = list(dict.fromkeys(each.term for each in stated))
    if len(terms) > 1:
        clauses = tuple(ref for each in stated for ref in each.clauses)
        yield Clash(clauses, {"terms": _List(tuple(terms))})


@dataclass(frozen=True, slots=True)
class _List:
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return ", ".join(str(Said(each)) for each in self.terms)


@contradiction(
    "at-once-and-later",
    WARNING,
    _("Data of a minor goes at once, and other clauses keep the same data for %(one)s."),
    _("Say that the rule about minors goes first, or settle it by an assumption."),
)
def at_once_and_later(policy: Policy) -> Iterator[Clash]:
    at_once = [
        each
        for each in policy.promises.values()
        if each.event == "minor.found" and each.term.kind is Kind.IMMEDIATELY
    ]
    later = [each for each in policy.retention.values() if each.term.dated]
    for each, rule in ((each, rule) for each in at_once for rule in later):
        yield Clash((*each.clauses, *rule.clauses), {"one": Said(rule.term)})


@contradiction(
    "no-period-there",
    WARNING,
    _("The clause speaks of its own period, and states none."),
    _("Write the period, or settle by an assumption which one is meant."),
)
def no_period_there(policy: Policy) -> Iterator[Clash]:
    """004 9.6: “within the period specified in this paragraph”, which has none."""
    clauses = original(policy)
    for position, clause in enumerate(clauses):
        said = signs.OWN_PERIOD.search(clause.text)
        if said is None:
            continue
        family = clause.text[: said.start()]
        for before in reversed(clauses[:position]):
            if not clause.numbered and before.ref == clause.parent:
                family = f"{before.text} {family}"
        if not signs.LENGTH.search(family):
            yield Clash((clause.ref,))


@contradiction(
    "two-words-for-a-day",
    WARNING,
    _("The text counts in “working days” and in “business days” and explains neither."),
    _("Use one word, or settle by an assumption that they mean the same."),
)
def two_words_for_a_day(policy: Policy) -> Iterator[Clash]:
    working, business = (
        [each.ref for each in saying(policy, sign)]
        for sign in (signs.WORKING_DAYS, signs.BUSINESS_DAYS)
    )
    if working and business:
        yield Clash((*working, *business))


@contradiction(
    "no-length",
    WARNING,
    _("The term hangs on a limitation period, and its length is not stated."),
    _("Write the length, or settle by an assumption how long it is."),
)
def no_length(policy: Policy) -> Iterator[Clash]:
    """001 5.7."""
    for clause in saying(policy, signs.LIMITATION):
        if not signs.LENGTH.search(clause.text):
            yield Clash((clause.ref,))


def _overlapping(policy: Policy) -> Iterator[tuple[RetentionRule, RetentionRule]]:
    """Pairs of stated rules that start alike and reach the same data, unless one list of the
    text names both as the alternatives they are."""
    for one, other in combinations(policy.retention.values(), 2):
        stated = one.clauses and other.clauses
        alike = stated and one.event == other.event and _same_data(policy, one, other)
        if alike and not _in_one_list(policy, one, other):
            yield one, other


def _same_data(policy: Policy, one: RetentionRule, other: RetentionRule) -> bool:
    if one.points and other.points and not set(one.points) & set(other.points):
        return False
    if not one.purposes or not other.purposes:
        return True
    here, there = (
        {field for slug in each.purposes for field in policy.purposes[slug].fields}
        for each in (one, other)
    )
    return bool(here & there)


def _in_one_list(policy: Policy, one: RetentionRule, other: RetentionRule) -> bool:
    def lists(rule: RetentionRule) -> set[str]:
        found = [clause for ref in rule.clauses if (clause := policy.clause(ref))]
        return {each.parent if each.kind == "bullet" else each.ref for each in found}

    return bool(lists(one) & lists(other))


def _clash(one: Promise | RetentionRule, other: Promise | RetentionRule) -> Clash:
    return Clash(
        (*one.clauses, *other.clauses),
        {"event": EVENTS[one.event], "one": Said(one.term), "other": Said(other.term)},
    )
