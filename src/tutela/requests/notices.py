"""What a form says beforehand: who takes the data, what for, which, how long it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.reading import words
from tutela.requests.rules import asked_on_a_page


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person is told before anything is asked: who, what for, which data, how long."""

    who: str
    email: str
    purposes: Sequence[str]
    needed: Sequence[str]
    optional: Sequence[str]
    terms: Sequence[tuple[str, str]]


def notice(policy: Policy, point: CollectionPoint, language: str) -> Notice:
    """The notice of one form, as the policy declares it; ``terms`` are lengths and clauses."""
    asked = {
        required: [
            words(policy.fields[each.field].title, language)
            for each in asked_on_a_page(policy, point)
            if each.required is required
        ]
        for required in (True, False)
    }
    served = (*point.purposes, *point.optional_purposes)
    return Notice(
        who=words(policy.operator.legal_names, language),
        email=policy.operator.email,
        purposes=[words(policy.purposes[slug].title, language) for slug in served],
        needed=asked[True],
        optional=asked[False],
        terms=[
            (rule.term.words(language), next(iter(rule.clauses), ""))
            for rule in policy.retention.values()
            if rule.event == point.event and point.slug in rule.points and rule.term.dated
        ],
    )
