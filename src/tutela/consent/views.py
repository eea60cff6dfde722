"""Taking the proof of a consent: a person their own, staff with a reason."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.consent import choosing, evidence
from tutela.consent.errors import NothingToProve
from tutela.consent.wording import PROOF_REASONS
from tutela.identity import actions as identity
from tutela.web.pages import STAFF, Audience, PageRequest, page, page_url


@page(
    "<operator>/my/consents/agree/",
    name="my-consent-agree",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-consents",
)
def my_consent_agree(request: PageRequest) -> HttpResponseBase:
    """Agree to one sentence, as it was shown."""
    visit = request.visit
    choosing.agree(
        visit.operator_id,
        visit.subject_id,
        request.POST.get("purpose", ""),
        shown=request.POST.get("words", ""),
        language=visit.language,
    )
    return HttpResponseRedirect(page_url(request, "my-consents"))


@page(
    "<operator>/my/consents/proof/",
    name="my-consent-proof",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-consents",
)
def my_consent_proof(request: PageRequest) -> HttpResponseBase:
    """The person takes the proof of what they agreed to themselves, or its record."""
    visit = request.visit
    taken = evidence.take(
        visit.operator_id,
        visit.subject_id,
        request.POST.get("purpose", ""),
        actor=visit.actor,
        reason="own",
        form=_form(request),
    )
    return _download(taken)


@page(
    "desk/<operator>/people/<uuid:subject>/consent-proof/",
    name="consent-proof",
    audience=STAFF,
    permission="person.reveal",
    methods=("POST",),
    under="people",
)
def consent_proof(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Staff take it for whoever asks, and say why."""
    visit = request.visit
    identity.subject(visit.operator_id, subject)
    reason = request.POST.get("reason", "")
    if reason not in PROOF_REASONS:
        raise NothingToProve(_("Choose one of the reasons in the list."))
    taken = evidence.take(
        visit.operator_id,
        subject,
        request.POST.get("purpose", ""),
        actor=visit.actor,
        reason=reason,
        form=_form(request),
    )
    return _download(taken)


def _form(request: PageRequest) -> str:
    form = request.POST.get("form", "proof")
    if form not in evidence.FORMS:
        raise NothingToProve(_("Choose the proof or the record."))
    return form


def _download(file: evidence.File) -> HttpResponse:
    response = HttpResponse(file.content.encode(), content_type=file.media)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
