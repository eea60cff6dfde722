"""Where a person is, told by the operator's own application with the person's permission."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.schemas import Answer, Body, Id, Text
from tutela.geo import actions
from tutela.identity.api import living

Degrees = Annotated[float, Field(strict=False, allow_inf_nan=False)]


class Told(Body):
    """Either ``latitude`` and ``longitude`` of the device, or a typed ``address``."""

    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    address: Annotated[Text, Field(min_length=1, max_length=300)] | None = None


class PlaceKept(Answer):
    record: Id


@endpoint(
    "POST",
    "/subjects/{subject}/location",
    function="location.write",
    answer=PlaceKept,
    status=201,
    writes=True,
    problems=(410,),
)
def location_keep(request: ApiRequest, subject: Id, body: Told) -> PlaceKept:
    """Keep where a person is, for the one purpose that the policy names

    The consent to that purpose must stand. Coordinates are made as rough as the policy says before
    they are sealed, and only the last place is kept.
    """
    call = request.call
    living(call.operator_id, subject)
    if body.address is not None and body.latitude is None and body.longitude is None:
        made = actions.keep_address(call.operator_id, subject, body.address, actor=call.actor)
    elif body.latitude is not None and body.longitude is not None and body.address is None:
        made = actions.keep_coordinates(
            call.operator_id, subject, body.latitude, body.longitude, actor=call.actor
        )
    else:
        raise mistaken("", _("Send either both coordinates or an address."))
    return PlaceKept(record=made)


class Removed(Answer):
    """``removed`` is false where a decision of the operator's is waited for; the use has stopped
    all the same."""

    removed: bool


@endpoint(
    "POST",
    "/subjects/{subject}/location/removal",
    function="location.write",
    answer=Removed,
    status=201,
    writes=True,
    problems=(410,),
)
def location_remove(request: ApiRequest, subject: Id) -> Removed:
    """Withdraw the permission and remove the place"""
    call = request.call
    living(call.operator_id, subject)
    return Removed(removed=actions.remove(call.operator_id, subject, actor=call.actor))
