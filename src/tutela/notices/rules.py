"""How a policy says that a new version is accepted, and which warnings stand where. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.policy.model import CollectionPoint, Policy


class Mode(StrEnum):
    """How a version is accepted: by going on, by an explicit act, or not at all (001 9.1)."""

    CONTINUED_USE = "continued-use"
    EXPLICIT = "explicit"
    NONE = "none"


STEPS = (
    "publishing",
    "leaving-the-site",
    "service-of-others",
    "first-run",
    "sharing-with-others",
    "payment",
)
"""The steps at which a policy may warn (000 6, 001 10.9-10.13, 002 Третьи лица, 003 2.4, 11.6)."""


@dataclass(frozen=True, slots=True)
class Reacceptance:
    """``purposes`` are those whose consent is asked anew; none unless the mode is explicit."""

    mode: Mode
    purposes: tuple[str, ...]
    clause: str


def reacceptance(policy: Policy) -> Reacceptance:
    """An explicit act goes before going on where this version flags purposes for it."""
    bound = [each for each in policy.bindings if each.control == "policy.reaccept"]
    explicit = [each for each in bound if each.parameters.get("mode") == Mode.EXPLICIT]
    for each in explicit:
        flagged = each.parameters.get("purposes", ())
        if purposes := tuple(slug for slug in flagged if slug in policy.purposes):
            return Reacceptance(Mode.EXPLICIT, purposes, each.clause)
    for each in bound:
        if each.parameters.get("mode") == Mode.CONTINUED_USE:
            return Reacceptance(Mode.CONTINUED_USE, (), each.clause)
    return Reacceptance(Mode.NONE, (), "")


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: the words of the clause itself, as published."""

    step: str
    clause: str
    words: str


def warnings(
    policy: Policy, language: str, *, step: str = "", point: str = ""
) -> tuple[Warned, ...]:
    """The warnings of a step, or those that stand at one collection point."""
    return tuple(_warnings(policy, language, step, point))


def _warnings(policy: Policy, language: str, step: str, point: str) -> Iterator[Warned]:
    told: set[str] = set()
    for each in policy.bindings:
        if each.control != "notice.warn":
            continue
        of_step = str(each.parameters.get("step", ""))
        here = point in each.parameters.get("points", ()) if point else step in ("", of_step)
        clause = policy.where.get(each.clause, each.clause)
        if here and clause not in told:
            told.add(clause)
            yield Warned(of_step, clause, policy.passage(clause, language))


def content_of_notice(policy: Policy, point: CollectionPoint, language: str) -> Mapping[str, Any]:
    """Everything a form says before input: who, what for, which data and why, what a refusal
    means (GDPR article 13, 152-FZ article 18; 004 2.10/b8)."""

    def said(words: Mapping[str, str]) -> str:
        return words.get(language) or next(iter(words.values()), "")

    return {
        "policy": policy.digest,
        "who": said(policy.operator.legal_names),
        "notice": said(point.notice),
        "refusal": said(point.refusal),
        "purposes": [
            said(policy.purposes[slug].title)
            for slug in (*point.purposes, *point.optional_purposes)
        ],
        "fields": [
            {
                "title": said(policy.fields[each.field].title),
                "required": each.required,
                "why": said(each.why),
            }
            for each in point.fields
        ],
        "warnings": [each.words for each in warnings(policy, language, point=point.slug)],
    }


def fingerprint(kind: str, place: str, language: str, content: Mapping[str, Any]) -> str:
    told = {"kind": kind, "place": place, "language": language, "content": dict(content)}
    return sha256_hex(canonical_bytes(told))
