"""What a policy lets be public and what it never does: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tutela.core.screening import ALWAYS, Found, Kind, screen
from tutela.inventory.screening import numbers_named
from tutela.policy.model import Policy

SURFACE, GUARD = "public.surface", "public.guard"
READS = 120
"""So many public pages may one source read in a quarter of an hour, unless the policy says
otherwise (``reads`` of ``public.guard``)."""


def publishable(policy: Policy, purposes: Collection[str]) -> dict[str, str]:
    """Each field that may be made public for one of these purposes, with that purpose."""
    found: dict[str, str] = {}
    for slug in purposes:
        declared = policy.purposes.get(slug)
        for field in declared.consent.published if declared else ():
            found.setdefault(field, slug)
    return found


def _said(policy: Policy) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for each in policy.bindings:
        if each.control == GUARD:
            for name, value in each.parameters.items():
                known = said.get(name)
                both = isinstance(value, (list, tuple)) and isinstance(known, (list, tuple))
                said[name] = [*known, *value] if both and known is not None else value
    return said


def never(policy: Policy) -> frozenset[Kind]:
    """What no published text may hold: always cards, accounts and numbers of papers, and whatever
    else the policy names (002 “Использование” p1)."""
    return ALWAYS | numbers_named(_said(policy).get("never", ()))


def reads(policy: Policy) -> int:
    said = _said(policy).get("reads")
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else READS


def forbidden(policy: Policy) -> tuple[str, ...]:
    """What readers must not do with open data (000 6/p2), as the policy names it."""
    return tuple(dict.fromkeys(str(each) for each in _said(policy).get("forbidden", ())))


def screened(policy: Policy, values: Mapping[str, str]) -> dict[str, tuple[Found, ...]]:
    """By field, what must not be public. A field whose very type is a telephone or an address is
    published as that and is not looked at for its own kind."""
    banned, region = never(policy), policy.operator.territory.partition("-")[0]
    found: dict[str, tuple[Found, ...]] = {}
    for slug, text in values.items():
        own = {"phone": Kind.PHONES, "email": Kind.MAILS}.get(policy.fields[slug].type)
        hits = screen(text, banned - {own}, region=region)
        if hits:
            found[slug] = hits
    return found


def kinds(found: Mapping[str, Collection[Found]]) -> tuple[str, ...]:
    """The kinds of what was found, without its place."""
    return tuple(sorted({str(each.kind) for hits in found.values() for each in hits}))
