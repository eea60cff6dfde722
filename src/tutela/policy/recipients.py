"""Reads to whom data may go, and what is agreed with a processor: its instruction, and how it is
told to destroy.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import LANGUAGES, Action
from tutela.policy import model, vocabulary
from tutela.policy.declarations import Reading, email
from tutela.policy.model import FrozenDict
from tutela.policy.reading import Block
from tutela.policy.term_grammar import Kind

_PLACE = re.compile(r"https://[^\s/@]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?")
"""An address that a command may be sent to; without encryption only on this very machine."""


def recipients(root: Block, reading: Reading) -> dict[str, model.Recipient]:
    found = {}
    for slug, block in root.named("recipients"):
        role = block.choice("role", vocabulary.RECIPIENT_ROLES)
        processor = role == "processor"
        found[slug] = model.Recipient(
            slug=slug,
            role=role,
            title=block.words("title"),
            country=block.text("country", required=True),
            purposes=reading.refer(block, "purposes", "purposes", required=processor),
            fields=frozenset(reading.refer(block, "fields", "fields", required=processor)),
            ground=block.choice("ground", vocabulary.BASIS_KINDS),
            instruction=_instruction(block, reading, required=processor),
            clauses=reading.bind(block, "disclosure.processor" if processor else "disclosure.gate"),
            ending=_ending(block, reading) if processor else model.ProcessorEnding(),
        )
        block.close()
    return found


def _instruction(block: Block, reading: Reading, *, required: bool) -> FrozenDict[Any]:
    """What a processor is told: 004 2.9, 152-FZ article 6(3), GDPR article 28(3)."""
    inner = block.block("instruction", required=required)
    if inner is None:
        return FrozenDict()
    operations = inner.strings("operations", required=True)
    for operation in operations:
        inner.allowed("operations", operation, tuple(str(each) for each in Action))
    found = {
        "data": reading.refer(inner, "data", "fields", required=True),
        "operations": operations,
        "purposes": reading.refer(inner, "purposes", "purposes", required=True),
        "confidentiality": inner.flag("confidentiality"),
        "requirements": inner.flag("requirements"),
    }
    for name in ("confidentiality", "requirements"):
        if not found[name]:
            reading.findings.add(
                "instruction",
                inner.line_of(name),
                inner.path(name),
                _("The instruction to the processor does not bind it to “%(part)s”."),
                _(
                    "Write “%(part)s: true” when the agreement says so; without it nothing "
                    "may be handed over."
                ),
                part=name,
            )
    inner.close()
    return FrozenDict(found)


def _ending(block: Block, reading: Reading) -> model.ProcessorEnding:
    """How the processor is told to destroy, and what it has to find the person (004 9.3(a-b))."""
    inner = block.block("ending")
    if inner is None:
        return model.ProcessorEnding()
    by = inner.choice("by", vocabulary.TOLD_BY, "hand")
    if by == "mail":
        address = email(inner, "address")
    else:
        address = inner.text("address", required=by == "webhook")
    if by == "webhook" and address and not _PLACE.fullmatch(address):
        reading.findings.add(
            "link",
            inner.line_of("address"),
            inner.path("address"),
            _("“%(link)s” is no address that a command may be sent to."),
            _("Write it whole, with https:// at its beginning."),
            link=address,
        )
    found = model.ProcessorEnding(
        by=by,
        address=address,
        find=frozenset(reading.refer(inner, "find", "fields")),
        term=inner.term("term", required=True),
        remind=inner.term("remind"),
        language=inner.choice("language", LANGUAGES, "en"),
    )
    for name, term in (("term", found.term), ("remind", found.remind)):
        if term is not None and term.kind is not Kind.LENGTH:
            reading.findings.add(
                "term",
                inner.line_of(name),
                inner.path(name),
                _("A processor needs a term that has a length."),
                _("Write a number and a unit, such as 10 working days."),
            )
    inner.close()
    return found
