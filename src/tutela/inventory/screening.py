"""Looks through what people write in their own words, by the one rule that the policy makes. Pure.

Two things are looked for: words of special categories and of biometrics (000 4; 152-FZ articles 10
and 11, GDPR article 9), and numbers of cards, accounts and papers (004 3.11; 002 “Использование”
p1). A list of words finds candidates, no more, and is kept short, so that a desk is not flooded;
what is found is told by its kind, and the words themselves are not kept.

The policy says what becomes of it where it binds a clause, ``with: {in_texts: refused}``: a
*refused* text is not taken, and its writer is told why; a *flagged* one is taken, blocked, and
decided by a member of staff. Special words are flagged and cards are refused unless it says
otherwise; numbers that must not be published are looked for in private texts where it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from tutela.core.screening import Kind, screen
from tutela.policy.model import Binding, Policy

LONGEST = 20_000
"""No free text is longer."""
SPECIAL, CARDS, GUARD = "special.forbid", "payment.acquiring", "public.guard"
"""The controls that rule what may stand in a text."""
TECHNICAL = "inventory.technical"
FLAGGED, REFUSED = "flagged", "refused"
OUTCOMES = (FLAGGED, REFUSED)
BIOMETRICS = "biometrics"
_WORDS = {"payments": Kind.ACCOUNTS}
"""Words of the texts that mean one of the kinds."""
_LINES = frozenset({"text", "name", "address", "long-text"})
"""Types in which people write what they like; a number has types of its own, which check it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a text in which something of a kind is found, and by which clause."""

    outcome: str
    clause: str


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """One pattern for each kind: its stems at the beginning of a word, whatever the ending."""
    stems: dict[str, list[str]] = {}
    text = files("tutela.inventory").joinpath("special_words.tsv").read_text(encoding="utf-8")
    for line in text.splitlines()[1:]:
        kind, stem = line.split("\t")
        stems.setdefault(kind, []).append(re.escape(stem).replace(r"\ ", r"\s+"))
    return {
        kind: re.compile(rf"\b(?:{'|'.join(each)})", re.IGNORECASE) for kind, each in stems.items()
    }


def special_kinds() -> tuple[str, ...]:
    """Every kind that the list of words can find."""
    return tuple(_patterns())


def kinds() -> tuple[str, ...]:
    """Every kind that can be found."""
    return (*_patterns(), *(str(each) for each in Kind))


def found(text: str) -> tuple[str, ...]:
    """The special categories that the text may tell of, in the order of the list."""
    looked_at = text[:LONGEST].replace("ё", "е").replace("Ё", "Е")
    return tuple(kind for kind, each in _patterns().items() if each.search(looked_at))


def numbers_named(words: Iterable[object]) -> frozenset[Kind]:
    """The kinds of numbers that a policy means by these words."""
    said = {_WORDS.get(str(each), str(each)) for each in words}
    return frozenset(each for each in Kind if str(each) in said)


@lru_cache(maxsize=64)
def rules(policy: Policy) -> Mapping[str, Rule]:
    """By kind, what the policy says about texts in which it stands; the stricter word wins."""
    told: dict[str, Rule] = {}
    for each in policy.bindings:
        ruled, usual = _of(each)
        outcome = each.parameters.get("in_texts", usual)
        if outcome not in OUTCOMES:
            continue
        for kind in ruled:
            if kind not in told or (told[kind].outcome, outcome) == OUTCOMES:
                told[kind] = Rule(outcome, each.clause)
    return told


def _of(binding: Binding) -> tuple[Iterable[str], str]:
    """The kinds that a binding rules, and what becomes of them if it does not say so itself."""
    if binding.control == SPECIAL:
        what = str(binding.parameters.get("what", ""))
        rest = tuple(each for each in special_kinds() if each != BIOMETRICS)
        named = (BIOMETRICS,) if BIOMETRICS in what else rest if what else special_kinds()
        return named, FLAGGED
    if binding.control == CARDS:
        return (str(Kind.CARDS),), REFUSED
    if binding.control == GUARD:
        named_numbers = numbers_named(binding.parameters.get("never", ()))
        return sorted(str(each) for each in named_numbers), ""
    return (), ""


@lru_cache(maxsize=64)
def technical(policy: Policy) -> tuple[str, ...]:
    """The fields that the policy declares as sent by devices (000 2/p2, 004 3.6)."""
    declared = {each.declaration for each in policy.bindings if each.control == TECHNICAL}
    categories = {slug for slug in policy.categories if f"categories.{slug}" in declared}
    return tuple(
        slug
        for slug, each in policy.fields.items()
        if f"fields.{slug}" in declared or each.category in categories
    )


def is_free(policy: Policy, field: str) -> bool:
    """Whether people write in it what they like; what devices send is no text."""
    return policy.fields[field].type in _LINES and field not in technical(policy)


def hits(policy: Policy, field: str, text: str) -> dict[str, Rule]:
    """By kind, what the policy forbids of what stands in the text of a field."""
    ruled = rules(policy)
    if not ruled or field not in policy.fields or not is_free(policy, field):
        return {}
    kinds_found: list[str] = []
    if policy.fields[field].type == "long-text":
        kinds_found += (each for each in found(text) if each in ruled)
    never = [each for each in Kind if str(each) in ruled]
    if never:
        region = policy.operator.territory.partition("-")[0]
        looked = screen(text[:LONGEST], never, region=region)
        kinds_found += dict.fromkeys(str(each.kind) for each in looked)
    return {kind: ruled[kind] for kind in kinds_found}


def refused(policy: Policy, field: str, text: str) -> tuple[str, ...]:
    """The kinds for which the policy takes the text not at all."""
    return tuple(
        kind for kind, each in hits(policy, field, text).items() if each.outcome == REFUSED
    )
