"""Conversations in the portal and at the desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.conversations import actions, reading, rules
from tutela.conversations.reading import Viewer
from tutela.core.vocabulary import Right
from tutela.notices import actions as notices
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint
from tutela.requests import turning_away
from tutela.requests.actions import today_of
from tutela.requests.errors import Incomplete
from tutela.requests.forms import PointForm
from tutela.requests.notices import notice
from tutela.requests.proving import proven
from tutela.web.pages import STAFF, Audience, Drawer, Menu, PageRequest, page, page_url, show


def _person(request: PageRequest) -> Viewer:
    return Viewer(request.visit.subject_id, request.visit.actor)


def _form(request: PageRequest, point: CollectionPoint, *, consents: bool) -> PointForm:
    policy = policies.in_force(request.visit.operator_id)
    data = request.POST if request.method == "POST" else None
    return PointForm(
        policy,
        point,
        request.visit.language,
        today_of(policy),
        data,
        files=request.FILES,
        consents=consents,
    )


@page(
    "<operator>/my/conversations/",
    name="my-conversations",
    audience=Audience.SUBJECT,
    menu=Menu(_("Conversations"), 32, drawer=Drawer.ASKED),
)
def my_conversations(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    address = ""
    if rules.point_for(policy, rules.PEOPLE) is not None:
        mine = actions.address_of(visit.operator_id, visit.subject_id)
        address = settings.TUTELA_PUBLIC_URL + page_url(request, "conversation-to", address=mine)
    context = {
        "conversations": reading.of_person(visit.operator_id, visit.subject_id),
        "company": rules.point_for(policy, rules.COMPANY) is not None,
        "address": address,
    }
    return show(request, "conversations/my_conversations.html", context)


@page(
    "<operator>/my/conversations/new/",
    name="conversation-new",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-conversations",
)
def conversation_new(request: PageRequest) -> HttpResponseBase:
    """Begin a conversation with the company."""
    return _begin(request, None)


@page(
    "<operator>/my/conversations/to/<str:address>/",
    name="conversation-to",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-conversations",
)
def conversation_to(request: PageRequest, address: str) -> HttpResponseBase:
    """Begin a conversation with the person whose address this is."""
    return _begin(request, actions.at_address(request.visit.operator_id, address))


def _begin(request: PageRequest, other: UUID | None) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    declared = actions.point_for(policy, rules.PEOPLE if other else rules.COMPANY)
    point = rules.to_begin(policy, declared)
    form = _form(request, point, consents=True)
    shown = notices.keep_notice(visit.operator_id, policy, declared, visit.language)
    sent = request.method == "POST"
    stale = sent and request.POST.get("notice", "") != shown
    if sent and not stale and form.is_valid():
        made = actions.begin(
            visit.operator_id,
            visit.subject_id,
            other,
            message=visit.submission_id,
            language=visit.language,
            values=form.typed,
            accepted=form.accepted,
            files=form.files_taken,
            notice=shown,
        )
        return HttpResponseRedirect(page_url(request, "my-conversation", conversation=made))
    if sent:
        turning_away.count(visit.operator_id, declared.slug, form.problems)
    context = {
        "form": form,
        "point": point,
        "policy": policy,
        "number": other.hex[-6:] if other else "",
        "notice": notice(policy, point, visit.language),
        "shown": shown,
        "warnings": notices.warnings_at(policy, declared, visit.language),
    }
    status = 409 if stale else 422 if sent else 200
    return show(request, "conversations/begin.html", context, status=status)


@page(
    "<operator>/my/conversations/<uuid:conversation>/",
    name="my-conversation",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-conversations",
)
@proven(Right.ACCESS)
def my_conversation(request: PageRequest, conversation: UUID) -> HttpResponseBase:
    """What was said, and a place to say more."""
    visit = request.visit
    row = actions.of_subject(visit.operator_id, conversation, visit.subject_id)

    def send(form: PointForm) -> None:
        actions.say(
            visit.operator_id,
            conversation,
            visit.subject_id,
            message=visit.submission_id,
            values=form.typed,
            files=form.files_taken,
            accepted=form.agreed_here,
            language=visit.language,
        )

    return _thread(request, row.point, conversation, _person(request), send)


def _thread(
    request: PageRequest,
    slug: str,
    conversation: UUID,
    viewer: Viewer,
    send: Callable[[PointForm], None],
) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    form, status = None, 200
    if slug in policy.points:
        point = rules.to_go_on(policy, policy.points[slug])
        asks = viewer.subject is not None and actions.lacks_consent(
            visit.operator_id, viewer.subject, point
        )
        form = _form(request, point, consents=asks)
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    send(form)
                except Incomplete as lacking:
                    lacking.afterwards()
                    form.tell(lacking.problems)
                else:
                    return HttpResponseRedirect(request.path)
            turning_away.count(visit.operator_id, slug, form.problems)
    brief, lines = reading.thread(visit.operator_id, conversation, viewer, visit.language)
    context = {"conversation": brief, "lines": lines, "form": form}
    template = "my_conversation" if viewer.subject is not None else "conversation"
    return show(request, f"conversations/{template}.html", context, status=status)


@page(
    "<operator>/my/conversations/<uuid:conversation>/<uuid:message>/<slug:field>/",
    name="conversation-file",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-conversations",
)
@proven(Right.ACCESS)
def conversation_file(
    request: PageRequest, conversation: UUID, message: UUID, field: str
) -> HttpResponseBase:
    return reading.file(request.visit.operator_id, conversation, _person(request), message, field)


@page(
    "<operator>/my/conversations/<uuid:conversation>/save/",
    name="conversation-save",
    audience=Audience.SUBJECT,
    methods=("POST",),
    under="my-conversations",
)
@proven(Right.ACCESS)
def conversation_save(request: PageRequest, conversation: UUID) -> HttpResponseBase:
    """One's own side as a file; the other party's words are left out."""
    visit = request.visit
    told = reading.export(visit.operator_id, conversation, _person(request), visit.language)
    return HttpResponse(
        json.dumps(told, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="conversation.json"',
            "Cache-Control": "no-store",
        },
    )


@page(
    "desk/<operator>/conversations/",
    name="conversations",
    audience=STAFF,
    permission="conversation.read",
    menu=Menu(_("Conversations"), 32, drawer=Drawer.PEOPLE),
)
def conversations(request: PageRequest) -> HttpResponseBase:
    """Conversations with the company; what people say to each other is not opened here."""
    visit = request.visit
    found = reading.with_company(visit.operator_id, visit.actor)
    context = {"conversations": found, "waiting": sum(bool(each.unread) for each in found)}
    return show(request, "conversations/conversations.html", context)


@page(
    "desk/<operator>/conversations/<uuid:conversation>/",
    name="conversation",
    audience=STAFF,
    permission="conversation.work",
    methods=("GET", "POST"),
    under="conversations",
)
def conversation(request: PageRequest, conversation: UUID) -> HttpResponseBase:
    """Read and answer, in one's role; the gate decides about each author."""
    visit = request.visit
    row = actions.of_company(visit.operator_id, conversation)

    def send(form: PointForm) -> None:
        actions.answer(
            visit.operator_id,
            conversation,
            message=visit.submission_id,
            values=form.typed,
            files=form.files_taken,
            actor=visit.actor,
        )

    return _thread(request, row.point, conversation, Viewer(None, visit.actor), send)


@page(
    "desk/<operator>/conversations/<uuid:conversation>/<uuid:message>/<slug:field>/",
    name="conversation-desk-file",
    audience=STAFF,
    permission="conversation.work",
    methods=("POST",),
    under="conversations",
)
def conversation_desk_file(
    request: PageRequest, conversation: UUID, message: UUID, field: str
) -> HttpResponseBase:
    viewer = Viewer(None, request.visit.actor)
    return reading.file(request.visit.operator_id, conversation, viewer, message, field)
