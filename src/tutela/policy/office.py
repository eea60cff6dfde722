"""Reads how the operator's own people work: roles, access, decisions, four eyes.

The sections ``roles``, ``access``, ``decisions`` and ``four_eyes`` of ``policy.yaml``; all of them
may be left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import Action
from tutela.policy import model, vocabulary
from tutela.policy.declarations import Reading
from tutela.policy.reading import Block
from tutela.policy.terms import Term

EVIDENCE = HISTORY = Term.parse("3 years")
"""How long past standings, and entries about a destroyed person, are kept where the policy names
no term: as long as a claim can usually be brought (Civil Code of the Russian Federation, article
196). Both are assumptions, and the page of assumptions says so (``assumed``)."""


def evidence_term(policy: model.Policy) -> Term:
    """How long the journal keeps what it knows of a person after the destruction."""
    return policy.access.journal or EVIDENCE


def history_term(policy: model.Policy) -> Term:
    """How long the gate keeps the standings that a person had."""
    return policy.access.history or HISTORY


def assumed(policy: model.Policy, language: str) -> list[str]:
    """What Tutela itself assumes because neither text nor declarations say it, in words."""
    said = []
    if policy.access.journal is None:
        words = _(
            "Nothing says how long the journal keeps its entries about a person whose data was "
            "destroyed. They stay as evidence of it after the destruction (%(term)s); then only "
            "their hashes stay."
        )
        said.append(words % {"term": EVIDENCE.words(language)})
    if policy.access.history is None:
        words = _(
            "Nothing says how long it stays known on what a past answer of the gate rested: "
            "consents, agreements, blocks. It is kept for some time (%(term)s)."
        )
        said.append(words % {"term": HISTORY.words(language)})
    return [str(each) for each in said]


def roles(root: Block, reading: Reading) -> dict[str, model.Role]:
    found = {}
    for slug, block in root.named("roles"):
        own = slug not in vocabulary.NARROWED
        like = block.choice("like", vocabulary.STAFF_ROLES) if own else ""
        found[slug] = model.Role(
            slug=slug,
            like=like,
            title=block.words("title", required=own),
            sensitivities=_chosen(block, "sensitivities", vocabulary.SENSITIVITIES),
            purposes=frozenset(block.strings("purposes")) if block.has("purposes") else None,
            actions=_chosen(block, "actions", tuple(map(str, Action))),
            clauses=reading.bind(block, "access.roles"),
        )
        block.close()
    return found


def _chosen(block: Block, name: str, known: Collection[str]) -> frozenset[str] | None:
    """The words of a closed list that are listed under ``name``; None where nothing is said."""
    if not block.has(name):
        return None
    return frozenset(each for each in block.strings(name) if block.allowed(name, each, known))


def access(root: Block, reading: Reading) -> model.Access:
    block = root.block("access")
    if block is None:
        return model.Access()
    renew, inner = "", block.block("acknowledgement")
    if inner is not None:
        renew = inner.choice("renew", vocabulary.ACKNOWLEDGEMENTS, "each-version")
        reading.bind(inner, "org.training")
        inner.close()
    found = model.Access(
        review_every=_dated(block, "review_every"),
        acknowledgement=renew,
        history=_dated(block, "history"),
        journal=_dated(block, "journal"),
        clauses=reading.bind(block, "access.roles"),
    )
    block.close()
    return found


def _dated(block: Block, name: str) -> Term | None:
    """A term whose end can be counted."""
    term = block.term(name)
    if term is None or term.dated:
        return term
    block.findings.add(
        "term",
        block.line_of(name),
        block.path(name),
        _("This term has no end that can be counted."),
        _("Write a number and a unit, such as 6 months or 3 years."),
    )
    return None


def decisions(root: Block, reading: Reading) -> dict[str, model.NeedsDecision]:
    found = {}
    for slug, block in root.named("decisions"):
        operations = block.strings("operations", required=True)
        for each in operations:
            block.allowed("operations", each, vocabulary.NINE_OPERATIONS)
        found[slug] = model.NeedsDecision(
            slug=slug,
            operations=frozenset(operations),
            purposes=frozenset(block.strings("purposes")),
            clauses=reading.bind(block, "decision.approval"),
        )
        block.close()
    return found


def four_eyes(root: Block, reading: Reading) -> dict[str, model.FourEyes]:
    found = {}
    for slug, block in root.named("four_eyes"):
        root.allowed("four_eyes", slug, vocabulary.FOUR_EYES)
        found[slug] = model.FourEyes(slug, reading.bind(block, "decision.approval"))
        block.close()
    return found


def check_purposes(reading: Reading, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Roles and decisions name purposes of the policy or those that the law gives."""
    known = {*sections["purposes"], *vocabulary.BUILT_IN_PURPOSES}
    for section in ("roles", "decisions"):
        for slug, each in sections[section].items():
            for purpose in sorted((each.purposes or frozenset()) - known):
                key = f"{section}.{slug}"
                reading.findings.add(
                    "unknown-reference",
                    reading.lines.get(key, 0),
                    f"{key}.purposes",
                    _("“%(slug)s” is not declared in %(section)s."),
                    _("Declare it there, or remove it here."),
                    slug=purpose,
                    section="purposes",
                )
