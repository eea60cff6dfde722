"""What a policy declares about places, and how exact a place is kept: pure."""

from __future__ import annotations

from dataclasses import dataclass

from tutela.policy.model import Policy

GEO = "geo"
ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Terms:
    """``purpose`` is the only one a place serves; ``place`` the field that holds it; ``address``
    the field for a typed one, if another; ``point`` the form that asks; ``precision`` in metres,
    0 where no coordinates are taken at all (003 5.2.4 asks for a city)."""

    purpose: str
    place: str
    address: str
    point: str
    precision: int


def terms_of(policy: Policy) -> Terms | None:
    """None where the policy asks nobody where they are."""
    bound = [each for each in policy.bindings if each.control == GEO]
    named = {each.declaration.partition(".")[::2] for each in bound}
    purposes = [slug for section, slug in sorted(named) if section == "purposes"]
    places = [slug for section, slug in sorted(named) if section == "fields"]
    if not purposes or not places:
        return None
    purpose, place = purposes[0], places[0]
    asking = [
        each
        for each in policy.points.values()
        if purpose in (*each.purposes, *each.optional_purposes)
        and any(asked.field == place for asked in each.fields)
    ]
    if not asking:
        return None
    fields = policy.purposes[purpose].fields
    typed = [slug for slug in sorted(fields) if policy.fields[slug].type == ADDRESS]
    metres = next((each.parameters["precision"] for each in bound if each.parameters), 0)
    exact = metres if isinstance(metres, int) and metres > 0 else 0
    return Terms(purpose, place, typed[0] if typed else place, asking[0].slug, exact)
