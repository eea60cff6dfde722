"""What devices send, told by the operator's own server or application."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Id, Language, Slug, Text
from tutela.identity.api import living
from tutela.technical import actions

Items = Annotated[dict[Slug, Text], Field(min_length=1, max_length=100)]


class Sent(Body):
    """``items`` by field of the policy, such as `ip-address`. Without a ``subject`` a visitor is
    made known; send the identifier that is answered with the next items of the same visit."""

    items: Items
    subject: Id | None = None
    language: Language = "en"


class Kept(Answer):
    """``records`` by collection point. ``dropped`` is how many items the policy does not declare:
    they were not kept."""

    subject: Id
    records: dict[str, Id]
    dropped: int


@endpoint(
    "POST",
    "/technical",
    function="technical.write",
    answer=Kept,
    status=201,
    writes=True,
    problems=(410,),
)
def technical_keep(request: ApiRequest, body: Sent) -> Kept:
    """Keep what a device sent about a visit

    Only items that the policy in force declares, each with a term; any other is refused, or
    dropped and counted where the policy says so. Where a purpose rests on consent, that of the
    visit is recorded first. The key's scope must list the purposes and the action `collection`.
    """
    call = request.call
    if body.subject is not None:
        living(call.operator_id, body.subject)
    kept = actions.keep(
        call.operator_id, body.subject, body.items, language=body.language, actor=call.actor
    )
    return Kept(subject=kept.subject, records=dict(kept.records), dropped=kept.dropped)
