"""Letting data be made public: a consent of its own for each field, with the person's conditions.

It stands beside the consent to the purpose and is withdrawn apart from it (152-FZ article 10.1;
003 11.7, 004 1.9, 2.9/b8, 2.11/b6(b)). The gate reads it by ``rules.dissemination_of``.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent.errors import NoConsentAsked, NotOffered
from tutela.consent.events import ConsentEvent
from tutela.consent.giving import Given, How, write
from tutela.consent.rules import CONDITIONS, published_field
from tutela.consent.texts import ConsentText
from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.vocabulary import Actor
from tutela.gate import actions as gate
from tutela.gate.rules import dissemination_of
from tutela.policy import actions as policies
from tutela.policy.model import Policy


def publish_text(policy: Policy, purpose: str, field: str, language: str) -> ConsentText:
    """The sentence by which a person lets one field be made public."""
    declared = policy.purposes.get(purpose)
    if declared is None or field not in declared.consent.published:
        raise NotOffered(_("The policy does not let this field be made public for this purpose."))
    words = declared.consent.publish_text.get(language, "")
    title = policy.fields[field].title.get(language, "")
    if not words or not title:
        raise NoConsentAsked(_("There are no words for this consent in this language."))
    told = words.replace("{field}", title)
    return ConsentText(sha256_hex(told.encode()), told)


def agree(
    operator_id: UUID,
    subject: UUID,
    purpose: str,
    fields: Collection[str],
    *,
    language: str,
    how: How,
    actor: Actor,
    conditions: Collection[str] = (),
) -> list[ConsentEvent]:
    """The person lets ``fields`` be made public, each under ``conditions`` (``rules.CONDITIONS``).

    Raises ``NotOffered`` for a field that the policy does not let be made public and for an unknown
    condition, and then records nothing.
    """
    policy = policies.in_force(operator_id)
    if not set(conditions) <= set(CONDITIONS):
        raise NotOffered(_("Choose conditions from the list."))
    given = [
        Given(
            dissemination_of(purpose, field),
            publish_text(policy, purpose, field, language),
            conditions=tuple(sorted(conditions)),
        )
        for field in fields
    ]
    return write(operator_id, subject, policy, given, how=how, actor=actor)


def published(operator_id: UUID, subject: UUID) -> dict[tuple[str, str], tuple[str, ...]]:
    """What the person lets be made public now, as (purpose, field), with the conditions set."""
    now, consents = clock.now(), gate.standing(operator_id, subject).consents
    return {
        place: state.conditions
        for key, state in consents.items()
        if state.live(now) and (place := published_field(key)) is not None
    }
