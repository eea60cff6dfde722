"""The desk confirms a value or corrects it, without seeing it (152-FZ articles 5(6), 21(2-3); GDPR
articles 5(1)(d), 16; 004 2.17.6).

What is held is shown by title, with its status and day; the value itself is seen by ``reveal``
only.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import reading, records
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.wording import STATUSES
from tutela.vault import actions as vault
from tutela.vault.wording import CHECKS
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

_AT_THE_DESK = ("document", "reply", "repeated")
"""How the desk can have checked a value; a third party is asked by a program, which names the
law."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value that is held, and what is known of it; ``typed`` and ``wrong`` are of a correction
    that could not be taken."""

    mark: vault.Mark
    title: str
    point: str
    status: str
    how: str
    corrects: bool
    typed: str = ""
    wrong: str = ""


@page(
    "desk/<operator>/people/<uuid:subject>/values/",
    name="values",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("GET", "POST"),
    recent=True,
)
def values(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Each value with its status; to confirm one, or to put another in its place."""
    visit = request.visit
    identity.subject(visit.operator_id, subject)
    policy = policies.in_force(visit.operator_id)
    wrong: dict[tuple[UUID, str], tuple[str, str]] = {}
    if request.method == "POST":
        place = _place(request, subject)
        try:
            _do(request, subject, *place)
        except Incomplete as error:
            wrong[place] = (request.POST.get("value", ""), error.problems[0].message)
        else:
            return HttpResponseRedirect(page_url(request, "values", subject=subject))
    context = {
        "subject": subject,
        "lines": lines(policy, visit.operator_id, subject, visit.language, wrong),
        "checks": [(slug, CHECKS[slug]) for slug in _AT_THE_DESK],
    }
    return show(request, "requests/values.html", context, status=422 if wrong else 200)


def _place(request: PageRequest, subject: UUID) -> tuple[UUID, str]:
    """The record and the field that the form names, if the person has them."""
    record, _slash, field = request.POST.get("place", "").partition("/")
    for each in vault.status_marks(request.visit.operator_id, subject):
        if (str(each.record), each.field) == (record, field):
            return each.record, each.field
    raise NotFound(_("This value is not held any more. Look at the list."))


def _do(request: PageRequest, subject: UUID, record: UUID, field: str) -> None:
    visit = request.visit
    if request.POST.get("do") == "confirm":
        how = request.POST.get("how", "")
        if how not in _AT_THE_DESK:
            raise NotFound(_("Choose from the list how it was checked."))
        confirm(visit.operator_id, subject, record, field, how=how, by=visit.actor)
    else:
        records.correct(
            visit.operator_id,
            subject,
            record,
            field,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            value=request.POST.get("value", ""),
            sender=visit.actor,
        )


def confirm(
    operator_id: UUID, subject: UUID, record: UUID, field: str, *, how: str, by: Actor
) -> None:
    """Note that a value was found right. Raises ``Refused``."""
    answer = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.CLARIFICATION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({field}),
            actor=by,
        )
    )
    if not isinstance(answer, Permit):
        raise Refused(answer)
    vault.confirm(answer, record, [field], how=how)


def lines(
    policy: Policy,
    operator_id: UUID,
    subject: UUID,
    language: str,
    wrong: dict[tuple[UUID, str], tuple[str, str]],
) -> list[Line]:
    """What is held, in the order of the forms it came with."""
    points = {each.id: each.point for each in vault.records(operator_id, subject)}
    found = []
    for each in vault.status_marks(operator_id, subject):
        declared, point = policy.fields.get(each.field), points.get(each.record, "")
        typed, sentence = wrong.get((each.record, each.field), ("", ""))
        found.append(
            Line(
                each,
                reading.words(declared.title, language) if declared else each.field,
                reading.words(policy.points[point].title, language)
                if point in policy.points
                else point,
                str(STATUSES.get(each.status, each.status)),
                str(CHECKS.get(each.how, "")),
                declared is not None and not declared.attached,
                typed,
                sentence,
            )
        )
    return found
