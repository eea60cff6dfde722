"""The words of a consent, kept once under the hash of their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tutela.consent import rules
from tutela.consent.errors import NoConsentAsked
from tutela.consent.models import Text
from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.db import swift
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class ConsentText:
    """``sha256`` is the hex hash of the UTF-8 bytes of ``text``."""

    sha256: str
    text: str


def text(policy: Policy, purpose: str, language: str) -> ConsentText:
    """The sentence a person agrees to. Raises ``NoConsentAsked`` where the purpose does not rest
    on consent, or has no sentence in ``language``: what cannot be read cannot be agreed to."""
    if not rules.rests_on_consent(policy, purpose):
        raise NoConsentAsked(f"The purpose “{purpose}” rests on no consent; ask for none.")
    words = policy.purposes[purpose].consent_text.get(language, "")
    if not words:
        raise NoConsentAsked(
            f"The purpose “{purpose}” has no consent text in the language “{language}”; "
            "add one to the policy."
        )
    return ConsentText(sha256_hex(words.encode()), words)


def language_of(policy: Policy, language: str) -> str:
    """The language in which somebody who reads ``language`` is asked."""
    return language if language in policy.languages else policy.original


def keep(
    operator_id: UUID, policy: Policy, purpose: str, language: str, shown: ConsentText
) -> None:
    """Keep the text that was shown, once for all who agree to it."""
    row = Text(
        operator_id=operator_id,
        sha256=shown.sha256,
        text=shown.text,
        purpose=purpose,
        language=language,
        policy_version=policy.number,
        first_shown_at=clock.now(),
    )
    swift.add(row, unless_there=True)


def text_by_hash(operator_id: UUID, sha256: str) -> str | None:
    """The words behind the hash in a consent, or None if nobody was ever shown them."""
    row = Text.objects.filter(operator_id=operator_id, sha256=sha256).first()
    return row.text if row else None
