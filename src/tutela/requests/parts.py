"""What a package tells beside sealed values: each part as lines for programs and sentences for
people. Rooms above contribute what they keep about a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.registry import Registry
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import machine_decisions, reading
from tutela.requests.case_wording import REVIEWS
from tutela.requests.models import MachineDecision
from tutela.web import dates


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is kept: ``data`` for programs, ``said`` the same for people, in the language
    asked for. What it says of others it says only that they were there (GDPR article 15(4))."""

    data: Mapping[str, Any]
    said: str


@dataclass(frozen=True, slots=True)
class Part:
    """``lines`` are given operator, person and language; ``title`` is the heading for people."""

    title: Any
    lines: Callable[[UUID, UUID, str], Iterator[Line]]


PARTS: Registry[Part] = Registry("part of a package")
BUILT_IN = ("values", "consents", "disclosures", "requests", "journal")
"""The parts of a package that are written by ``contents`` itself."""


def explained(policy: Policy, made: MachineDecision, language: str) -> str:
    """How a decision was made, and what a person found who looked at it again."""
    purpose = policy.purposes.get(made.purpose)
    fields = [
        reading.words(policy.fields[slug].title, language)
        for slug in made.fields
        if slug in policy.fields
    ]
    said = _(
        "%(day)s: by the rule “%(rule)s”, for “%(purpose)s”, from: %(fields)s. Outcome: "
        "%(outcome)s."
    ) % {
        "day": dates.day(made.made_at),
        "rule": made.rule,
        "purpose": reading.words(purpose.title, language) if purpose else made.purpose,
        "fields": ", ".join(fields),
        "outcome": made.outcome,
    }
    return f"{said} {found(made)}".rstrip()


def found(made: MachineDecision) -> str:
    """What the person who looked at it again found; empty while nobody has."""
    if made.reviewed_at is None:
        return ""
    return _("A person looked at it on %(day)s: %(found)s.") % {
        "day": dates.day(made.reviewed_at),
        "found": REVIEWS[made.result],
    }


def _machine_decisions(operator_id: UUID, subject: UUID, language: str) -> Iterator[Line]:
    """What programs decided alone, and what a person found who looked again (004 2.10/b7)."""
    policy = policies.in_force(operator_id)
    for each in machine_decisions.about(operator_id, subject):
        data = {
            "purpose": each.purpose,
            "fields": each.fields,
            "rule": each.rule,
            "outcome": each.outcome,
            "legal_effect": each.legal,
            "takes_effect": each.takes_effect,
            "made_at": each.made_at,
            "policy_version": each.policy_number,
            "found_by_a_person": each.result,
            "reviewed_at": each.reviewed_at,
        }
        yield Line(data, explained(policy, each, language))


PARTS.register(
    "machine_decisions",
    Part(gettext_lazy("What machines decided about you alone"), _machine_decisions),
)
