"""People whom the operator's own site hands over, signed in already: one step to their pages."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase

from tutela.core.vocabulary import Actor, ActorKind
from tutela.identity import actions as identity
from tutela.identity import handover, limits
from tutela.identity.entries import SubjectHandedOver
from tutela.identity.proofs import Proof
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests.entering import enter
from tutela.requests.intake import find_subject
from tutela.vault import actions as vault
from tutela.web.pages import PageRequest, page, page_url
from tutela.web.source import source_of


@page("<operator>/hand-over/", name="hand-over", methods=("POST",), private=True, foreign=True)
def hand_over(request: PageRequest) -> HttpResponseBase:
    """The token comes in the body of a form, because an address stays in histories and logs."""
    visit = request.visit
    assert visit.operator is not None  # noqa: S101 - the path names one
    session = arrive(
        visit.operator_id,
        request.POST.get("token", ""),
        language=visit.language,
        audience=audience(visit.operator.slug),
        origin=request.headers.get("Origin", ""),
        source=source_of(request),
    )
    response = HttpResponseRedirect(page_url(request, "my-data"))
    enter(request, response, session)
    return response


def audience(slug: str) -> str:
    """The place that a token has to be made for."""
    return f"{settings.TUTELA_PUBLIC_URL}/{slug}/"


def arrive(
    operator_id: UUID, token: str, *, language: str, audience: str, origin: str, source: str = ""
) -> str:
    """The secret of a session for the person the token names. Raises ``NotHandedOver``.

    Whom the site does not name for the first time is known by the digest of their reference.
    Otherwise it is whoever is known by the address the site has verified, or somebody new.
    """
    try:
        claims = handover.accept(operator_id, token, audience=audience, origin=origin)
    except handover.NotHandedOver:
        limits.OPENINGS_PER_SOURCE.demand(operator_id, source)
        raise
    digest = vault.reference(operator_id, claims.reference)
    subject = handover.known_as(operator_id, digest)
    if subject is None:
        subject = _by_address(operator_id, claims.email) or _new(operator_id, language)
        handover.remember(operator_id, subject, digest)
    journal.append(
        operator_id,
        SubjectHandedOver(
            subject=subject, actor=Actor(ActorKind.SUBJECT, str(subject)), automated=False
        ),
    )
    return identity.open_session(operator_id, subject, Proof.HAND_OVER)


def _by_address(operator_id: UUID, address: str) -> UUID | None:
    return find_subject(operator_id, "email", address) if address else None


def _new(operator_id: UUID, language: str) -> UUID:
    """Nothing is held about them yet; their category is the first of the policy."""
    category = next(iter(policies.in_force(operator_id).subjects))
    return identity.new_subject(operator_id, language, category)
