"""Reads how people consent to a purpose, and the terms of the Data Privacy Vocabulary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tutela.policy import vocabulary
from tutela.policy.model.consenting import CHANNELS, MODES, TOPICS, ConsentTerms
from tutela.policy.reading import Block

if TYPE_CHECKING:
    from tutela.policy.declarations import Reading

_TERM = re.compile(r"(?:dpv|pd|eu-gdpr):[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


def consent_terms(block: Block, reading: Reading) -> ConsentTerms:
    inner = block.block("consent")
    if inner is None:
        return ConsentTerms()
    modes = inner.strings("modes")
    for mode in modes:
        inner.allowed("modes", mode, MODES)
    lasts = inner.term("lasts")
    after = _one_of(inner, "after", vocabulary.EVENTS)
    published = reading.refer(inner, "published", "fields")
    terms = ConsentTerms(
        modes=modes,
        lasts=lasts,
        after=after,
        published=published,
        publish_text=inner.words("publish_text", required=bool(published)),
        channel=_one_of(inner, "channel", CHANNELS),
        topic=_one_of(inner, "topic", TOPICS),
        until=reading.refer_one(inner, "until", "fields", required=False),
        clauses=reading.bind(inner, "consent.record"),
    )
    if after and lasts is None:
        inner.missing("lasts")
    inner.close()
    return terms


def _one_of(block: Block, name: str, allowed: tuple[str, ...]) -> str:
    return block.choice(name, allowed) if block.has(name) else ""


def dpv(block: Block) -> str:
    """The term under ``dpv``, or an empty string."""
    term = block.text("dpv")
    if term and not _TERM.fullmatch(term):
        block.findings.add(
            "dpv-term",
            block.line_of("dpv"),
            block.path("dpv"),
            _("“%(term)s” is not a term of the Data Privacy Vocabulary."),
            _("Write its short name, such as dpv:Marketing or pd:EmailAddress."),
            term=term,
        )
    return term
