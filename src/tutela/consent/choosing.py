"""What a person could agree to on their own page, and agreeing there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent.actions import give, live
from tutela.consent.errors import NotOffered, OtherWords
from tutela.consent.events import ConsentEvent
from tutela.consent.rules import Mode, rests_on_consent
from tutela.consent.texts import ConsentText, language_of, text
from tutela.consent.wording import how_it_comes
from tutela.core.vocabulary import Actor, ActorKind
from tutela.identity import actions as identity
from tutela.identity import minors
from tutela.policy import actions as policies
from tutela.policy.model import Purpose

PORTAL = "portal"
"""The act of a consent given on the person's own page."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A purpose that is not agreed to, with the words to agree to."""

    purpose: Purpose
    words: ConsentText
    how: str = ""


def offers(operator_id: UUID, subject: UUID, language: str) -> list[Offer]:
    """Purposes for people of this kind that rest on a consent which is not there.

    Somebody under a guardian is offered nothing: the guardian consents (001 10.10(c)).
    """
    if minors.is_minor(operator_id, subject):
        return []
    return offers_for(operator_id, subject, language, Mode.STATEMENT)


def offers_for(operator_id: UUID, subject: UUID, language: str, mode: Mode) -> list[Offer]:
    """The same for somebody who consents for the person by ``mode``."""
    policy = policies.in_force(operator_id)
    category = identity.subject(operator_id, subject).category
    agreed = live(operator_id, subject)
    spoken = language_of(policy, language)
    return [
        Offer(each, text(policy, each.slug, spoken), how_it_comes(policy, each.slug))
        for each in policy.purposes.values()
        if category in each.subjects
        and rests_on_consent(policy, each.slug)
        and each.consent.takes(mode)
        and each.slug not in agreed
    ]


def agree(
    operator_id: UUID, subject: UUID, purpose: str, *, shown: str, language: str
) -> ConsentEvent:
    """The person agrees to ``purpose`` on their own page; ``shown`` is the fingerprint of the
    words they were shown there. Raises ``NotOffered``, and ``OtherWords`` if they have changed.
    """
    if minors.is_minor(operator_id, subject):
        raise NotOffered(_("A parent or guardian consents for you."))
    return agree_for(
        operator_id,
        subject,
        purpose,
        shown=shown,
        language=language,
        mode=Mode.STATEMENT,
        actor=Actor(ActorKind.SUBJECT, str(subject)),
    )


def agree_for(
    operator_id: UUID,
    subject: UUID,
    purpose: str,
    *,
    shown: str,
    language: str,
    mode: Mode,
    actor: Actor,
) -> ConsentEvent:
    """``actor`` agrees for the person; whether they may is for the caller to have asked."""
    found = offers_for(operator_id, subject, language, mode)
    offer = next((each for each in found if each.purpose.slug == purpose), None)
    if offer is None:
        raise NotOffered(_("This is not offered to you, or you have agreed to it already."))
    if offer.words.sha256 != shown:
        raise OtherWords(_("The words have changed meanwhile. Read the new ones and agree again."))
    (event,) = give(
        operator_id,
        subject,
        [purpose],
        act=PORTAL,
        point="",
        language=language_of(policies.in_force(operator_id), language),
        mode=mode,
        actor=actor,
    )
    return event
