"""Warnings for the operator's own pages, and the question a new version asks a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Clause, Id, Language, Slug
from tutela.identity.api import living
from tutela.notices import actions, rules
from tutela.notices.errors import NoSuchStep
from tutela.policy import actions as policies


class WarningShown(Answer):
    step: Slug
    clause: Clause
    words: str


class Warnings(Answer):
    language: Language
    number: int
    items: list[WarningShown]


@endpoint("GET", "/warnings/{step}", function="", answer=Warnings)
def warnings(request: ApiRequest, step: Slug, language: Language | None = None) -> Warnings:
    """The warnings to show at a step

    Steps are publishing, leaving-the-site, service-of-others, first-run, sharing-with-others and
    payment. Show the words as they are, before the person goes on; that they were shown is kept.
    """
    operator = request.call.operator_id
    policy = policies.in_force(operator)
    spoken = language or request.call.language
    told = actions.keep_warnings(operator, policy, step, spoken) if step in rules.STEPS else ()
    if not told:
        raise NoSuchStep(_("The policy in force warns of nothing at this step."))
    return Warnings(
        language=spoken,
        number=policy.number,
        items=[WarningShown(step=each.step, clause=each.clause, words=each.words) for each in told],
    )


class VersionAsked(Answer):
    """``asked`` is true while the person knows an earlier version and has not answered."""

    subject: Id
    asked: bool
    known: int | None
    in_force: int
    mode: str
    purposes: list[Slug]


@endpoint("GET", "/subjects/{subject}/version", function="consents.read", answer=VersionAsked)
def version_of(request: ApiRequest, subject: Id) -> VersionAsked:
    """Whether a person is to be asked about the version in force

    If ``asked``, show what changed; ``purposes`` name the consents to ask for anew.
    """
    operator = request.call.operator_id
    living(operator, subject)
    return _version(request, subject)


def _version(request: ApiRequest, subject: Id) -> VersionAsked:
    operator = request.call.operator_id
    asked = actions.asked(operator, subject)
    return VersionAsked(
        subject=subject,
        asked=asked is not None,
        known=asked.old_version if asked else None,
        in_force=policies.in_force(operator).number,
        mode=str(asked.mode) if asked else "",
        purposes=list(asked.purposes) if asked else [],
    )


class Answering(Body):
    """Consents that are asked anew are given by themselves, before this."""

    accepted: bool
    language: Language
    act: Slug = "api"


@endpoint(
    "POST",
    "/subjects/{subject}/version",
    function="consents.write",
    answer=VersionAsked,
    status=201,
    writes=True,
)
def answer_version(request: ApiRequest, subject: Id, body: Answering) -> VersionAsked:
    """A person's answer to the version in force

    Going on using the program is an answer where the policy takes it for one.
    """
    operator = request.call.operator_id
    living(operator, subject)
    actions.answer(
        operator,
        subject,
        accepted=body.accepted,
        purposes=[],
        language=body.language,
        act=body.act,
    )
    return _version(request, subject)
