"""Visits, counted by the operator's own site; there is no place for who they were."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Body, Slug
from tutela.stats import actions

MOST = 1_000_000


class VisitsTold(Body):
    """``visits`` of one page from one kind of device in one language. A word that is not of the
    lists is counted as `other`."""

    page: Slug
    device: Slug
    language: Slug
    visits: Annotated[int, Field(strict=True, ge=1, le=MOST)] = 1


class Counting(Body):
    counts: Annotated[list[VisitsTold], Field(min_length=1, max_length=200)]


class Counted(Answer):
    """``cells`` is how many figures were added to."""

    cells: int


@endpoint("POST", "/visits", function="visits.write", answer=Counted, status=201, writes=True)
def visits_count(request: ApiRequest, body: Counting) -> Counted:
    """Count visits of your site without identifiers

    Pages are `home`, `search`, `item`, `account`, `help`, `policy`, `form`, `other`; devices
    `phone`, `tablet`, `desktop`, `other`. Count no visitor who refuses statistics or sends
    `Sec-GPC: 1`. The key's scope must list the purpose that the policy names for statistics.
    """
    call = request.call
    told = [actions.Visits(**each.model_dump()) for each in body.counts]
    return Counted(cells=actions.count(call.operator_id, told, actor=call.actor))
