"""Consents that a new version asks for anew: the old words no longer carry the purpose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from tutela.core.canonical import sha256_hex
from tutela.gate.standing import ConsentState
from tutela.policy.model import Policy

_POLICIES = 64


@lru_cache(maxsize=_POLICIES)
def renewed(policy: Policy) -> Mapping[str, frozenset[str]]:
    """The purposes whose consent must be to the words in force, with the hashes of these words:
    those that policy.reaccept flags with ``old-consents: refused`` (002 Изменения/p1(e))."""
    return {
        purpose: frozenset(
            sha256_hex(words.encode()) for words in policy.purposes[purpose].consent_text.values()
        )
        for each in policy.bindings
        if each.control == "policy.reaccept" and each.parameters.get("old-consents") == "refused"
        for purpose in each.parameters.get("purposes", ())
        if purpose in policy.purposes
    }


def outdated(policy: Policy, purpose: str, consent: ConsentState) -> bool:
    """Whether the consent was given to other words than those that must be agreed to now."""
    words = renewed(policy).get(purpose)
    return words is not None and consent.text_hash not in words
