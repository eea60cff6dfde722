"""Blocking what is held about a person, and what stands in the way of its destruction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.gate import blocking
from tutela.gate.errors import WrongBlock
from tutela.gate.standing import Block, Standing
from tutela.gate.wording import GROUNDS
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import reading
from tutela.requests.errors import Refused
from tutela.retention import actions as retention
from tutela.retention.wording import Reason
from tutela.web.pages import STAFF, PageRequest, page, page_url


@page(
    "desk/<operator>/people/<uuid:subject>/block/",
    name="block",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("POST",),
)
def block(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Block everything about the person, one record or one field, or lift a block."""
    visit, sent = request.visit, request.POST
    if lifted := sent.get("lift"):
        refusal = blocking.lift(
            visit.operator_id,
            subject,
            _identifier(lifted),
            result=sent.get("result", ""),
            actor=visit.actor,
        )
    else:
        kind, _colon, place = sent.get("what", "").partition(":")
        refusal = blocking.block(
            visit.operator_id,
            subject,
            visit.submission_id,
            ground=sent.get("ground", ""),
            actor=visit.actor,
            record=_identifier(place) if kind == "record" else None,
            fields=[place] if kind == "field" else (),
            until=end_of_day(sent.get("until", "")),
        )
    if refusal is not None:
        raise Refused(refusal)
    return HttpResponseRedirect(page_url(request, "person", subject=subject))


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(_("Choose one of those on the page.")) from None


def end_of_day(text: str) -> datetime | None:
    """The end of the day that was written, in the operator's zone."""
    if not text:
        return None
    try:
        after = date.fromisoformat(text).toordinal() + 1
        return timezone.make_aware(datetime.combine(date.fromordinal(after), datetime.min.time()))
    except (ValueError, OverflowError):
        raise WrongBlock(_("Write the day as year-month-day, or leave it open.")) from None


@page(
    "desk/<operator>/people/<uuid:subject>/obstacle/",
    name="obstacle",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("POST",),
)
def obstacle(request: PageRequest, subject: UUID) -> HttpResponseBase:
    """Register that destruction is impossible now, or that it has become possible again."""
    visit = request.visit
    if request.POST.get("close"):
        retention.obstacle_close(visit.operator_id, subject, by=visit.actor)
    else:
        reason = request.POST.get("reason", "")
        if reason not in set(Reason):
            raise NotFound(_("Choose one of the reasons in the list."))
        retention.obstacle_open(visit.operator_id, subject, reason, by=visit.actor)
    return HttpResponseRedirect(page_url(request, "person", subject=subject))


@dataclass(frozen=True, slots=True)
class BlockShown:
    """One live block: on what, on which ground, until when; ``id`` is None for one that ends by
    itself with a destruction."""

    id: UUID | None
    what: str
    ground: str
    since: datetime
    until: datetime | None


def blocks(request: PageRequest, standing: Standing) -> list[BlockShown]:
    visit, now = request.visit, clock.now()
    policy = policies.in_force(visit.operator_id)

    def what(each: Block) -> str:
        names = [
            reading.words(policy.fields[slug].title, visit.language)
            for slug in sorted(each.fields)
            if slug in policy.fields
        ]
        said = ", ".join(names)
        if each.record is None:
            return said or _("everything")
        record = _("record № %(number)s") % {"number": each.record.hex[-6:]}
        return f"{record}: {said}" if said else record

    return [
        BlockShown(each.id, what(each), str(GROUNDS.get(each.ground, "")), each.since, each.until)
        for each in standing.blocks
        if each.live(now)
    ]


def places(
    policy: Policy, held: Mapping[UUID, frozenset[str]], language: str
) -> list[tuple[str, str]]:
    """What can be blocked: everything, a record, a field, each with the value of its option."""
    fields = sorted({slug for each in held.values() for slug in each} & policy.fields.keys())
    return [
        ("all", _("everything")),
        *((f"field:{slug}", reading.words(policy.fields[slug].title, language)) for slug in fields),
        *(
            (f"record:{record}", _("record № %(number)s") % {"number": record.hex[-6:]})
            for record in held
        ),
    ]
