"""What is public, for the operator's own site: those fields and nothing else."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Id, Language, Limit, Moment, Slug, Slugs, Text
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.publicity import actions, reading


class ListingShown(Answer):
    listing: Id
    point: str
    opened_at: Moment


class Listings(Answer):
    listings: list[ListingShown]


@endpoint("GET", "/public", function="public.read", answer=Listings)
def public_list(request: ApiRequest, limit: Limit = 50) -> Listings:
    """What people made public, the newest first, without its texts"""
    found = reading.listings(request.call.operator_id, limit=limit)
    return Listings(
        listings=[
            ListingShown(listing=each.id, point=each.point, opened_at=each.opened_at)
            for each in found
        ]
    )


class PublicShown(ListingShown):
    """``values`` by field: what the person made public. ``purpose`` is what it may serve."""

    purpose: str
    values: dict[str, str]


@endpoint("GET", "/public/{listing}", function="public.read", answer=PublicShown)
def public_one(request: ApiRequest, listing: Id) -> PublicShown:
    """One public record; decided and screened anew each time

    Show it as it is and do not keep it: it may be taken back at any moment.
    """
    shown = reading.read(request.call.operator_id, listing)
    return PublicShown(
        listing=shown.id,
        point=shown.point,
        opened_at=shown.opened_at,
        purpose=shown.purpose,
        values=dict(shown.values),
    )


class OwnShown(Answer):
    """``fields`` may be made public, ``public`` are."""

    record: Id
    point: str
    listing: Id | None
    fields: list[str]
    public: list[str]


class OwnRecords(Answer):
    records: list[OwnShown]


@endpoint("GET", "/subjects/{subject}/public", function="public.read", answer=OwnRecords)
def public_own(request: ApiRequest, subject: Id) -> OwnRecords:
    """The records of a person of which something can be public, or is"""
    operator = request.call.operator_id
    identity.subject(operator, subject)
    return OwnRecords(
        records=[
            OwnShown(
                record=each.record,
                point=each.point,
                listing=each.listing,
                fields=list(each.fields),
                public=list(each.public),
            )
            for each in actions.own(operator, subject)
        ]
    )


class Publishing(Body):
    """The ``fields`` of ``record`` that the person ticked; ``changes`` are texts that they mended
    on the way, kept as corrections."""

    record: Id
    fields: Slugs
    language: Language
    changes: Annotated[dict[Slug, Text], Field(max_length=100)] = {}


class Published(Answer):
    listing: Id


@endpoint(
    "POST",
    "/subjects/{subject}/public",
    function="public.write",
    answer=Published,
    status=201,
    writes=True,
    problems=(410,),
)
def public_open(request: ApiRequest, subject: Id, body: Publishing) -> Published:
    """Make fields of a record public, by the person's own act

    A text with the number of a card, an account or a document is refused (422), by field. The
    key's scope must list the purpose and the actions `extraction` and `clarification`.
    """
    call = request.call
    living(call.operator_id, subject)
    made = actions.publish(
        call.operator_id,
        subject,
        body.record,
        body.fields,
        language=body.language,
        actor=call.actor,
        changes=body.changes,
    )
    return Published(listing=made)


class TakingBack(Body):
    """``fields`` left out: everything of the record."""

    record: Id
    fields: Slugs | None = None


@endpoint(
    "POST",
    "/subjects/{subject}/public/withdrawal",
    function="public.write",
    answer=OwnRecords,
    status=201,
    writes=True,
    problems=(410,),
)
def public_close(request: ApiRequest, subject: Id, body: TakingBack) -> OwnRecords:
    """Make fields of a record private again: nobody reads them from here on"""
    call = request.call
    living(call.operator_id, subject)
    actions.take_back(call.operator_id, subject, body.record, body.fields, actor=call.actor)
    return public_own(request, subject)
