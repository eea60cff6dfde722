"""Where a policy contradicts itself, the law or known facts; each rule is registered here."""

from tutela.policy.contradictions import (
    about_acts,
    about_cookies,
    about_disclosure,
    about_law,
    about_terms,
    about_wording,
)
from tutela.policy.contradictions.registry import (
    RULES,
    Clash,
    Contradiction,
    Rule,
    contradiction,
    contradictions,
)

__all__ = [
    "RULES",
    "Clash",
    "Contradiction",
    "Rule",
    "about_acts",
    "about_cookies",
    "about_disclosure",
    "about_law",
    "about_terms",
    "about_wording",
    "contradiction",
    "contradictions",
]
