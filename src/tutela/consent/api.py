"""Giving and reading consents, with their proof."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import Mistake, invalid
from tutela.api.schemas import (
    Answer,
    Body,
    Hash,
    Id,
    Language,
    Limit,
    Moment,
    Slug,
    page_of,
)
from tutela.consent import actions, evidence, rules
from tutela.consent.errors import OtherWords
from tutela.consent.rules import Kind, Mode
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.gate import at_once
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.journal import actions as journal
from tutela.policy import postings
from tutela.policy.api import known_purpose
from tutela.policy.model import Policy


class TextShown(Answer):
    sha256: Hash
    text: str


@endpoint("GET", "/consent-texts/{purpose}", function="", answer=TextShown)
def consent_text(
    request: ApiRequest,
    purpose: Slug,
    language: Language | None = None,
    point: Slug | None = None,
) -> TextShown:
    """The words that a person agrees to, with their hash

    Show them as they are, and send the hash with the consent. Name the ``point`` where it is asked
    if that stands in a product with a version of its own.
    """
    policy = postings.in_force_at(request.call.operator_id, point or "")
    if purpose not in policy.purposes:
        raise NoSuchText(_("The policy in force declares no such purpose."))
    words = actions.text(policy, purpose, language or request.call.language)
    return TextShown(sha256=words.sha256, text=words.text)


class NoSuchText(NotFound):
    """No purpose of this name, so nothing to agree to."""


class Agreed(Body):
    """One purpose, and the hash of the text that the person was shown for it."""

    purpose: Slug
    text_sha256: Hash


class Giving(Body):
    """``mode`` is how the person agreed, ``act`` the program's own name for that place (a button,
    a dialogue), ``point`` the collection point of the policy, if it was one of them."""

    consents: Annotated[list[Agreed], Field(min_length=1, max_length=50)]
    language: Language
    mode: Mode
    act: Slug = "api"
    point: Slug | None = None
    expires_at: AwareDatetime | None = None


class Event(Answer):
    consent: Id
    kind: Kind
    purpose: str
    at: Moment
    mode: str
    act: str
    point: str
    language: str
    text_sha256: str
    policy_version: int
    expires_at: Moment | None


class Given(Answer):
    subject: Id
    consents: list[Event]


def _event(row: actions.ConsentEvent) -> Event:
    return Event(
        consent=row.id,
        kind=Kind(row.kind),
        purpose=row.purpose,
        at=row.at,
        mode=row.mode,
        act=row.act,
        point=row.point,
        language=row.language,
        text_sha256=row.text_hash,
        policy_version=row.policy_version,
        expires_at=row.expires_at,
    )


@endpoint(
    "POST",
    "/subjects/{subject}/consents",
    function="consents.write",
    answer=Given,
    status=201,
    writes=True,
    problems=(410,),
)
def consent_give(request: ApiRequest, subject: Id, body: Giving) -> Given:
    """Record what a person agreed to

    Each purpose by itself, with the hash of the very words that were shown. Words that are no
    longer in force are refused (409): show the new ones and ask again. The key's scope must list
    the purposes.
    """
    call = request.call
    living(call.operator_id, subject)
    policy = postings.in_force_at(call.operator_id, body.point or "")
    _check(policy, body, call.caller.scope.purposes)
    given = actions.give(
        call.operator_id,
        subject,
        [each.purpose for each in body.consents],
        act=body.act,
        point=body.point or "",
        language=body.language,
        mode=str(body.mode),
        expires_at=body.expires_at,
        actor=call.actor,
    )
    return Given(subject=subject, consents=[_event(each) for each in given])


def _check(policy: Policy, body: Giving, scope: frozenset[str]) -> None:
    mistakes = []
    for number, each in enumerate(body.consents):
        pointer = f"/consents/{number}/purpose"
        known_purpose(policy, each.purpose, pointer)
        if each.purpose not in scope:
            mistakes.append(
                Mistake(pointer, _("The key of this application was not made for this purpose."))
            )
        elif not rules.rests_on_consent(policy, each.purpose):
            mistakes.append(Mistake(pointer, _("This purpose rests on no consent; ask for none.")))
    if len({each.purpose for each in body.consents}) != len(body.consents):
        mistakes.append(Mistake("/consents", _("Name each purpose once.")))
    if body.point is not None and body.point not in policy.points:
        mistakes.append(Mistake("/point", _("The policy in force has no such collection point.")))
    if body.expires_at is not None and body.expires_at <= clock.now():
        mistakes.append(Mistake("/expires_at", _("This moment is over; name a later one.")))
    if mistakes:
        raise invalid(*mistakes)
    for each in body.consents:
        if actions.text(policy, each.purpose, body.language).sha256 != each.text_sha256:
            raise OtherWords(
                _(
                    "The words that were shown are not the ones in force. Fetch the text anew, "
                    "show it, and ask the person again."
                )
            )


class Live(Answer):
    purpose: str
    since: Moment
    expires_at: Moment | None
    text_sha256: str


class Consents(Answer):
    """The consents in force now. ``refused`` is true for a person who told the operator to stop."""

    subject: Id
    refused: bool
    consents: list[Live]


@endpoint(
    "GET", "/subjects/{subject}/consents", function="consents.read", answer=Consents, alone=True
)
def consents(request: ApiRequest, subject: Id) -> Consents:
    """What a person agrees to now"""
    operator, now = request.call.operator_id, clock.now()
    standing = at_once.standing(operator, subject)
    if not standing.consents:
        identity.ensure_known(operator, subject)
    return Consents(
        subject=subject,
        refused=standing.refused,
        consents=[
            Live(
                purpose=purpose,
                since=each.given_at,
                expires_at=each.expires_at,
                text_sha256=each.text_hash,
            )
            for purpose, each in sorted(standing.consents.items())
            if each.live(now)
        ],
    )


class Events(Answer):
    """``next`` is the cursor of the page after this one, if there is one."""

    items: list[Event]
    next: Id | None


@endpoint("GET", "/subjects/{subject}/consents/history", function="consents.read", answer=Events)
def consent_history(
    request: ApiRequest, subject: Id, limit: Limit = 50, after: Id | None = None
) -> Events:
    """Every consent that a person gave, withdrew or that expired, the newest first"""
    operator = request.call.operator_id
    identity.subject(operator, subject)
    rows = actions.history(operator, subject)
    if after is not None:
        places = [number for number, each in enumerate(rows) if each.id == after]
        if not places:
            raise NoSuchConsent(_("This person has no such consent; begin with the first page."))
        rows = rows[places[0] + 1 :]
    page, cursor = page_of(rows[: limit + 1], limit, lambda each: each.id)
    return Events(items=[_event(each) for each in page], next=cursor)


class NoSuchConsent(NotFound):
    """The person gave no consent of this identifier."""


class Proof(Answer):
    """``text`` are the words agreed to; ``journal`` is a bundle that ``tutela verify`` checks
    without this installation."""

    consent: Event
    text: str
    journal: dict[str, Any]


@endpoint(
    "GET",
    "/subjects/{subject}/consents/{consent}/proof",
    function="consents.read",
    answer=Proof,
)
def consent_proof(request: ApiRequest, subject: Id, consent: Id) -> Proof:
    """The proof of one consent

    The words, when and how they were agreed to, and the entry of the journal with its inclusion
    proof. A consent of this very second is not in the signed log yet (409); ask again.
    """
    operator = request.call.operator_id
    identity.subject(operator, subject)
    found = [each for each in actions.history(operator, subject) if each.id == consent]
    if not found or found[0].kind != Kind.GIVEN:
        raise NoSuchConsent(_("This person gave no such consent; look at the history."))
    (event,) = found
    return Proof(
        consent=_event(event),
        text=actions.text_by_hash(operator, event.text_hash) or "",
        journal=journal.bundle(operator, [evidence.entry_of(operator, event).id]),
    )


class EvidenceFile(Answer):
    """``content`` is the file, to be kept byte for byte; ``tutela verify`` checks a proof."""

    name: str
    media: str
    content: str


@endpoint(
    "GET",
    "/subjects/{subject}/consent-proofs/{purpose}",
    function="consents.read",
    answer=EvidenceFile,
    problems=(409,),
)
def consent_evidence(
    request: ApiRequest, subject: Id, purpose: Slug, use: Id | None = None
) -> EvidenceFile:
    """What proves a person's consent to one purpose, or that there is none

    One file with the words, every event and the place of each in the signed log. ``use`` names a
    permitted use in the journal, such as one promotional message, that the file shall show too.
    """
    return _taken(request, subject, purpose, "proof", use)


@endpoint(
    "GET",
    "/subjects/{subject}/consent-records/{purpose}",
    function="consents.read",
    answer=EvidenceFile,
)
def consent_record(request: ApiRequest, subject: Id, purpose: Slug) -> EvidenceFile:
    """The consent as a record of ISO/IEC TS 27560

    JSON-LD with terms of the Data Privacy Vocabulary, for programs of others.
    """
    return _taken(request, subject, purpose, "record", None)


def _taken(
    request: ApiRequest, subject: UUID, purpose: str, form: str, use: UUID | None
) -> EvidenceFile:
    call = request.call
    identity.subject(call.operator_id, subject)
    file = evidence.take(
        call.operator_id, subject, purpose, actor=call.actor, reason="program", form=form, use=use
    )
    return EvidenceFile(name=file.name, media=file.media, content=file.content)
