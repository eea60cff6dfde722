"""Reads into what data may be turned instead of being destroyed, and checks that it can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import model
from tutela.policy.declarations import Reading
from tutela.policy.reading import Block
from tutela.policy.vocabulary import ATTACHMENT_TYPES

METHODS = ("keep", "suppress", "generalise", "aggregate", "pseudonymise")
KEYS = ("apart", "destroyed")
COARSE = re.compile(r"year|decade|(?:first|step) [1-9]\d*")
FEWEST = 2
"""One person alone is never like anybody."""


def sets(root: Block, reading: Reading) -> dict[str, model.AnonymousSet]:
    """152-FZ article 5(7), 004 2.17.7: when purposes are reached, destroyed or depersonalised."""
    found = {}
    for slug, block in root.named("anonymised"):
        found[slug] = model.AnonymousSet(
            slug=slug,
            title=block.words("title"),
            rules=reading.refer(block, "rules", "retention", required=True),
            fields=model.FrozenDict(_methods(block, reading)),
            k=block.number("k", required=True, least=FEWEST) or FEWEST,
            l=block.number("l", least=1) or 1,
            sensitive=reading.refer(block, "sensitive", "fields"),
            joins=block.strings("joins"),
            clauses=reading.bind(block, "anonymise"),
        )
        block.close()
    return found


def _methods(block: Block, reading: Reading) -> dict[str, model.Method]:
    found = {}
    for slug, inner in block.named("fields"):
        reading.refer_field(inner, slug)
        kind = inner.choice("method", METHODS)
        to = inner.text("to", required=kind == "generalise")
        key = inner.choice("key", KEYS) if kind == "pseudonymise" else ""
        if kind == "generalise" and to and not COARSE.fullmatch(to):
            reading.findings.add(
                "how-coarse",
                inner.line_of("to"),
                inner.path("to"),
                _("“%(to)s” does not say how coarse the field becomes."),
                _("Write year, decade, “first 2” for so many characters, or “step 10”."),
                to=to,
            )
        inner.close()
        found[slug] = model.Method(kind, to, key)
    return found


def check(reading: Reading, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """Rules that anonymise have a set, sets have rules that anonymise, and nothing that names a
    person outright stays in one."""
    owner: dict[str, str] = {}
    for slug, each in sections["anonymised"].items():
        for rule in each.rules:
            known = sections["retention"].get(rule)
            if rule in owner or (known is not None and known.then != "anonymise"):
                _rule_taken(reading, slug, rule)
            owner[rule] = slug
        _check_fields(reading, slug, each, sections["fields"])
    for slug, rule in sections["retention"].items():
        if rule.then == "anonymise" and slug not in owner:
            reading.findings.add(
                "no-set",
                reading.lines.get(f"retention.{slug}", 0),
                f"retention.{slug}.then",
                _("The rule anonymises, and no set says what becomes of the data."),
                _("Name the rule under “anonymised”, or let it destroy."),
            )


def _rule_taken(reading: Reading, slug: str, rule: str) -> None:
    reading.findings.add(
        "rule-of-set",
        reading.lines.get(f"anonymised.{slug}", 0),
        f"anonymised.{slug}.rules",
        _("The rule “%(rule)s” does not end in this set."),
        _("Give the rule “then: anonymise”, and name it in one set only."),
        rule=rule,
    )


def _check_fields(
    reading: Reading, slug: str, each: model.AnonymousSet, fields: Mapping[str, Any]
) -> None:
    for name, method in each.fields.items():
        known = fields.get(name)
        if known is None:
            continue
        is_shown = method.kind in {"keep", "generalise", "aggregate"}
        file = known.type in ATTACHMENT_TYPES and method.kind != "suppress"
        if file or (known.identifies and is_shown):
            reading.findings.add(
                "names-somebody",
                reading.lines.get(f"anonymised.{slug}", 0),
                f"anonymised.{slug}.fields.{name}",
                _("The field names a person outright, or is a file, and may not stay."),
                _("Suppress it; an identifier may be pseudonymised."),
            )
    shown = {*each.of_kind("keep", "generalise")}
    if set(each.sensitive) - shown or not each.used:
        reading.findings.add(
            "sensitive-not-shown",
            reading.lines.get(f"anonymised.{slug}", 0),
            f"anonymised.{slug}.sensitive",
            _("The set keeps nothing, or not what it calls sensitive."),
            _("Give the fields that stay the method keep or generalise."),
        )
