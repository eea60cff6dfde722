"""The policy in force, as an application needs it: purposes, forms, fields, texts, clauses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.schemas import Answer, Body, Clause, Hash, Language, Limit, Slug
from tutela.core.canonical import sha256_hex
from tutela.core.errors import NotFound
from tutela.policy import actions, model, postings
from tutela.policy.model import CollectionPoint, Policy, Purpose

Words = dict[str, str]


class PurposeShown(Answer):
    """``bases`` are the kinds of legal basis; ``consent_text`` by language, with its hash."""

    purpose: Slug
    title: Words
    bases: list[Slug]
    fields: list[Slug]
    marketing: bool
    consent_text: Words
    consent_text_sha256: dict[str, Hash]
    clauses: list[Clause]


class FieldShown(Answer):
    field: Slug
    category: Slug
    type: Slug
    title: Words
    identifies: bool


class PointField(Answer):
    field: Slug
    required: bool
    why: Words


class PointShown(Answer):
    """A place where data is taken: a form, an account. ``purposes`` are needed for it,
    ``optional_purposes`` may be refused without loss."""

    point: Slug
    kind: Slug
    title: Words
    notice: Words
    refusal: Words
    fields: list[PointField]
    purposes: list[Slug]
    optional_purposes: list[Slug]
    subject_category: Slug
    clauses: list[Clause]


class PolicyShown(Answer):
    operator: Slug
    brand: str
    legal_name: str
    number: int
    digest: Hash
    dated: date
    original_language: Language
    languages: list[Language]
    subject_categories: list[Slug]
    purposes: list[PurposeShown]
    fields: list[FieldShown]
    points: list[PointShown]


@endpoint("GET", "/policy", function="", answer=PolicyShown)
def policy(request: ApiRequest, place: Slug | None = None) -> PolicyShown:
    """The policy in force

    What may be done with which data and why, where it is taken, and the words that people agree
    to. The digest names exactly this version with its texts. With ``place``, the version in force
    in that product or on that site.
    """
    operator = request.call.operator_id
    found = postings.in_force_in(operator, place) if place else actions.in_force(operator)
    return PolicyShown(
        operator=found.operator.slug,
        brand=found.operator.brand,
        legal_name=found.operator.legal_name,
        number=found.number,
        digest=found.digest,
        dated=found.dated,
        original_language=found.original,
        languages=list(found.languages),
        subject_categories=list(found.subjects),
        purposes=[_purpose(found, each) for each in found.purposes.values()],
        fields=[_field(each) for each in found.fields.values()],
        points=[_point(each) for each in found.points.values()],
    )


def _field(field: model.Field) -> FieldShown:
    return FieldShown(
        field=field.slug,
        category=field.category,
        type=field.type,
        title=dict(field.title),
        identifies=field.identifies,
    )


def _purpose(policy: Policy, purpose: Purpose) -> PurposeShown:
    return PurposeShown(
        purpose=purpose.slug,
        title=dict(purpose.title),
        bases=[policy.bases[each].kind for each in purpose.bases],
        fields=sorted(purpose.fields),
        marketing=purpose.marketing,
        consent_text=dict(purpose.consent_text),
        consent_text_sha256={
            language: sha256_hex(text.encode()) for language, text in purpose.consent_text.items()
        },
        clauses=list(purpose.clauses),
    )


def _point(point: CollectionPoint) -> PointShown:
    return PointShown(
        point=point.slug,
        kind=point.kind,
        title=dict(point.title),
        notice=dict(point.notice),
        refusal=dict(point.refusal),
        fields=[
            PointField(field=each.field, required=each.required, why=dict(each.why))
            for each in point.fields
        ],
        purposes=list(point.purposes),
        optional_purposes=list(point.optional_purposes),
        subject_category=point.subject_category,
        clauses=list(point.clauses),
    )


class Posting(Body):
    """``number`` is the version that stands there now; the one in force if it is left out."""

    number: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None


class Posted(Answer):
    place: Slug
    number: int
    posted_at: datetime


@endpoint(
    "POST",
    "/policy/places/{place}/postings",
    function="policy.write",
    answer=Posted,
    status=201,
    writes=True,
)
def policy_post(request: ApiRequest, place: Slug, body: Posting) -> Posted:
    """Say that a version stands in a product or on a site now

    It takes force there with this. Only for a place to which versions come apart; the same
    version once more changes nothing.
    """
    call = request.call
    number = body.number or actions.in_force(call.operator_id).number
    row = postings.post(call.operator_id, place, number, by=call.actor)
    return Posted.model_validate(row)


class ClauseShown(Answer):
    """One clause of the published text. ``controls`` are the capabilities that carry it out."""

    ref: Clause
    text: str
    heading: bool
    controls: list[str]


class Clauses(Answer):
    """``next`` is the cursor of the page after this one, if there is one."""

    number: int
    digest: Hash
    language: Language
    items: list[ClauseShown]
    next: int | None


After = Annotated[int, Query(ge=0, le=1_000_000, description="The cursor from the last page.")]


@endpoint("GET", "/policy/clauses", function="", answer=Clauses)
def policy_clauses(
    request: ApiRequest, language: Language | None = None, limit: Limit = 50, after: After = 0
) -> Clauses:
    """The clauses of the policy in force, in the order of the text

    In the original language unless another is asked for.
    """
    found = actions.in_force(request.call.operator_id)
    chosen = language or found.original
    if chosen not in found.clauses:
        raise NoSuchText(_("The policy has no text in this language."))
    clauses = found.clauses[chosen]
    shown = clauses[after : after + limit]
    return Clauses(
        number=found.number,
        digest=found.digest,
        language=chosen,
        items=[
            ClauseShown(
                ref=each.ref,
                text=each.text,
                heading=each.heading,
                controls=sorted({bound.control for bound in found.bindings_of(each.ref)}),
            )
            for each in shown
        ],
        next=after + limit if after + limit < len(clauses) else None,
    )


class NoSuchText(NotFound):
    """The policy was not published in this language."""


def known_purpose(policy: Policy, purpose: str, pointer: str) -> Purpose:
    """The purpose, or a problem that says where it was named and repeats nothing."""
    found = policy.purposes.get(purpose)
    if found is None:
        raise mistaken(pointer, _("The policy in force declares no such purpose."))
    return found
