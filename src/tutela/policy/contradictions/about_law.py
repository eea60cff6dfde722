"""The policy against the laws: which one is named, where the operator is, what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tutela.policy.contradictions.about_terms import Said
from tutela.policy.contradictions.registry import Clash, contradiction
from tutela.policy.findings import WARNING
from tutela.policy.laws import LegalTerm, country_of, holds_in, terms_of
from tutela.policy.model import Policy, Promise
from tutela.policy.term_grammar import Unit
from tutela.policy.terms import Term

_HOURS = {
    Unit.MINUTE: (1 / 60, 1 / 60),
    Unit.HOUR: (1.0, 1.0),
    Unit.DAY: (24.0, 24.0),
    Unit.WORKING_DAY: (24.0, 24.0 * 7 / 5),
    Unit.WEEK: (168.0, 168.0),
    Unit.MONTH: (24.0 * 28, 24.0 * 31),
    Unit.YEAR: (24.0 * 365, 24.0 * 366),
}
"""The least and the most hours of each unit; holidays may stretch working days further."""
_HOLIDAYS = timedelta(days=11)


@contradiction(
    "law-and-country",
    WARNING,
    _("The law of %(laws)s is named, and the operator is in %(territory)s."),
    _("Say why that law governs, in the text or by an assumption."),
)
def law_and_country(policy: Policy) -> Iterator[Clash]:
    operator = policy.operator
    foreign = [each for each in operator.law if not holds_in(each, operator.territory)]
    if operator.law and foreign == list(operator.law):
        yield Clash(policy.bound_to("policy.scope"), _laws(policy))


@contradiction(
    "laws-of-two-countries",
    WARNING,
    _("The laws of %(laws)s are named side by side, and they do not ask for the same."),
    _("Settle by an assumption which of them decides."),
)
def laws_of_two_countries(policy: Policy) -> Iterator[Clash]:
    """001: GDPR in the title, Russian federal law in the clauses."""
    if len({country_of(each) for each in policy.operator.law}) > 1:
        yield Clash(policy.bound_to("policy.scope"), _laws(policy))


def _laws(policy: Policy) -> dict[str, str]:
    countries = dict.fromkeys(country_of(each) for each in policy.operator.law)
    return {"laws": ", ".join(countries), "territory": policy.operator.territory}


@contradiction(
    "below-the-law",
    WARNING,
    _("The text promises %(promised)s; %(law)s, article %(article)s, allows %(asked)s."),
    _("Promise the shorter term. Until then the operator breaks the law by keeping its word."),
)
def below_the_law(policy: Policy) -> Iterator[Clash]:
    """Only what the text states is judged, and only what surely takes longer."""
    for promise in policy.promises.values():
        if promise.from_law or promise.internal_target:
            continue
        for asked in _asked(policy, promise):
            if longer(promise.term, asked.term):
                yield Clash(promise.clauses, _compared(promise.term, asked))


@contradiction(
    "pause-beyond-the-law",
    WARNING,
    _("A clock may stand still for %(promised)s; %(law)s, article %(article)s, allows %(asked)s."),
    _("Shorten the pause: no law here lets its term wait longer than the term itself."),
)
def pause_beyond_the_law(policy: Policy) -> Iterator[Clash]:
    """A pause longer than the whole term of the law would leave nothing of the promise."""
    for promise in policy.promises.values():
        for pause in promise.pauses.values():
            for asked in _asked(policy, promise):
                if longer(pause.at_most, asked.term):
                    clauses = pause.clauses or promise.clauses
                    yield Clash(clauses, _compared(pause.at_most, asked))


def _asked(policy: Policy, promise: Promise) -> Iterator[LegalTerm]:
    """What the operator's laws ask for the same event and outcome."""
    for law in policy.operator.law:
        if not holds_in(law, policy.operator.territory) and len(policy.operator.law) > 1:
            continue
        for asked in terms_of(law):
            if (asked.event, asked.outcome) == (promise.event, promise.outcome):
                yield asked


def _compared(promised: Term, asked: LegalTerm) -> dict[str, object]:
    return {
        "promised": Said(promised),
        "law": asked.law,
        "article": asked.article,
        "asked": Said(asked.term),
    }


def longer(term: Term, other: Term) -> bool:
    """Whether ``term`` takes longer than ``other`` whatever the calendar."""
    if not (term.dated and other.dated) or term.amount is None or other.amount is None:
        return False
    if term.unit == other.unit:
        return term.amount > other.amount
    if term.unit is None or other.unit is None:
        return False
    least = term.amount * _HOURS[term.unit][0]
    most = other.amount * _HOURS[other.unit][1]
    if other.unit is Unit.WORKING_DAY:
        most += _HOLIDAYS.total_seconds() / 3600
    if term.unit is Unit.WORKING_DAY:
        least = term.amount // 5 * 168.0
    return least > most


@contradiction(
    "operator-not-named",
    WARNING,
    _("The text does not say who the operator is or how to reach it (%(missing)s)."),
    _("Name it in the text; a person must know to whom the data goes."),
)
def operator_not_named(policy: Policy) -> Iterator[Clash]:
    """GDPR article 13(1)(a), 152-FZ article 18.1(2); 000 and 002 name nobody."""
    if policy.operator.unstated:
        yield Clash((), {"missing": ", ".join(policy.operator.unstated)})
