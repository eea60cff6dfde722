"""The inventory, for the operator's own programs; no value and nobody stands in it."""

from __future__ import annotations

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Moment
from tutela.inventory import reports


class LineShown(Answer):
    """``idle`` of the values ``held`` have lain unused since before the report's ``since``, the
    longest since ``idle_since``; ``terms`` are the slugs of the rules by which the field ends."""

    field: str
    category: str
    technical: bool
    purposes: list[str]
    points: list[str]
    terms: list[str]
    held: int
    used_at: Moment | None
    idle: int
    idle_since: Moment | None


class Inventory(Answer):
    """``undeclared`` is how many values are held of fields that the policy in force does not
    name."""

    since: Moment
    undeclared: int
    items: list[LineShown]


@endpoint("GET", "/inventory", function="inventory.read", answer=Inventory)
def inventory_read(request: ApiRequest) -> Inventory:
    """Every declared field beside what is held and how long it has lain unused

    A value lies unused from when it came, or from when the operator last used that person's
    field. How long it may, the policy says (`unused_after`).
    """
    found = reports.report(request.call.operator_id)
    return Inventory(
        since=found.since,
        undeclared=sum(found.undeclared.values()),
        items=[_shown(each) for each in found.lines],
    )


def _shown(line: reports.Line) -> LineShown:
    return LineShown(
        field=line.field.slug,
        category=line.category,
        technical=line.technical,
        purposes=list(line.purposes),
        points=list(line.points),
        terms=[each.slug for each in line.terms],
        held=line.held,
        used_at=line.used_at,
        idle=line.idle,
        idle_since=line.idle_since,
    )
