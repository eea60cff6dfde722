"""Conversations from the operator's own application: beginning one, saying more, reading it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Id, Language, Moment, Slug, Text
from tutela.conversations import actions, reading
from tutela.conversations.reading import Viewer
from tutela.core.ids import new_id
from tutela.identity.api import living
from tutela.policy import actions as policies

Values = Annotated[dict[Slug, Text], Field(min_length=1, max_length=20)]


class Address(Answer):
    """``path`` is the page on which somebody who is signed in writes to this person."""

    address: str
    path: str


@endpoint(
    "GET", "/subjects/{subject}/conversation-address", function="subjects.read", answer=Address
)
def conversation_address(request: ApiRequest, subject: Id) -> Address:
    """Where other people write to a person

    It tells nothing about them; put a link to it beside what they offer.
    """
    living(request.call.operator_id, subject)
    address = actions.address_of(request.call.operator_id, subject)
    slug = policies.in_force(request.call.operator_id).operator.slug
    path = f"/{request.call.language}/{slug}/my/conversations/to/{address}/"
    return Address(address=address, path=path)


class Beginning(Body):
    """``values`` as the point of the conversation asks for them, ``consents`` the purposes whose
    sentences were shown and agreed to. ``to`` is another person's address; null is the company."""

    values: Values
    consents: Annotated[list[Slug], Field(max_length=20)]
    language: Language
    to: Annotated[str, Field(max_length=200)] | None = None


class Begun(Answer):
    conversation: Id


@endpoint(
    "POST",
    "/subjects/{subject}/conversations",
    function="records.write",
    answer=Begun,
    status=201,
    writes=True,
    problems=(410, 429),
)
def conversation_begin(request: ApiRequest, subject: Id, body: Beginning) -> Begun:
    """Begin a conversation in the name of a person

    The key's scope must list the purpose of the conversation and the action `collection`.
    """
    call = request.call
    living(call.operator_id, subject)
    other = None if body.to is None else actions.at_address(call.operator_id, body.to)
    made = actions.begin(
        call.operator_id,
        subject,
        other,
        message=new_id(),
        language=body.language,
        values=body.values,
        accepted=body.consents,
        actor=call.actor,
    )
    return Begun(conversation=made)


class Saying(Body):
    """``consents`` are needed of somebody who has not agreed yet: whoever was written to."""

    values: Values
    language: Language
    consents: Annotated[list[Slug], Field(max_length=20)] = []


class Said(Answer):
    record: Id


@endpoint(
    "POST",
    "/subjects/{subject}/conversations/{conversation}/messages",
    function="records.write",
    answer=Said,
    status=201,
    writes=True,
    problems=(410, 429),
)
def message_send(request: ApiRequest, subject: Id, conversation: Id, body: Saying) -> Said:
    """Say something in a conversation in the name of a person"""
    call, message = request.call, new_id()
    living(call.operator_id, subject)
    actions.say(
        call.operator_id,
        conversation,
        subject,
        message=message,
        values=body.values,
        accepted=body.consents,
        language=body.language,
        actor=call.actor,
    )
    return Said(record=message)


class ConversationShown(Answer):
    conversation: Id
    with_company: bool
    last_at: Moment
    messages: int
    unread: int


class Conversations(Answer):
    items: list[ConversationShown]


@endpoint("GET", "/subjects/{subject}/conversations", function="records.read", answer=Conversations)
def conversations_list(request: ApiRequest, subject: Id) -> Conversations:
    """The conversations of a person, without a word of them"""
    operator = request.call.operator_id
    living(operator, subject)
    return Conversations(
        items=[
            ConversationShown(
                conversation=each.id,
                with_company=each.with_company,
                last_at=each.last_at,
                messages=each.messages,
                unread=each.unread,
            )
            for each in reading.of_person(operator, subject)
        ]
    )


class MessageShown(Answer):
    """``by`` is you, other or company. ``text`` is empty where ``why_not`` says why."""

    record: Id
    by: str
    at: Moment
    name: str
    text: str
    files: list[str]
    why_not: str


class Messages(Answer):
    items: list[MessageShown]


@endpoint(
    "GET",
    "/subjects/{subject}/conversations/{conversation}/messages",
    function="records.read",
    answer=Messages,
)
def messages_read(request: ApiRequest, subject: Id, conversation: Id) -> Messages:
    """Read a conversation as a person sees it

    The gate is asked for each author; the journal keeps that it was read. The key's scope must
    list the purpose of the conversation and the action `extraction`.
    """
    call = request.call
    living(call.operator_id, subject)
    viewer = Viewer(subject, call.actor)
    _brief, lines = reading.thread(call.operator_id, conversation, viewer, call.language)
    return Messages(
        items=[
            MessageShown(
                record=each.id,
                by="you" if each.mine else "company" if each.by_company else "other",
                at=each.at,
                name=each.name,
                text=each.text,
                files=[field for field, _title, _size in each.files],
                why_not=each.why_not,
            )
            for each in lines
        ]
    )
