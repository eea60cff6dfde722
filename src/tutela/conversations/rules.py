"""What a conversation asks for at its beginning and with each message. Pure."""

from __future__ import annotations

from dataclasses import replace

from tutela.policy.model import CollectionPoint, Policy

COMPANY, PEOPLE = "company", "people"
KIND = "chat"
_SPOKEN = frozenset({"long-text", "photo", "voice", "document"})
"""Types of fields in which something is said; a name is given once, when one begins."""


def parties(point: CollectionPoint) -> tuple[str, ...]:
    return point.parties or (COMPANY,)


def point_for(policy: Policy, party: str) -> CollectionPoint | None:
    """The first collection point at which one talks with ``party``."""
    chats = (each for each in policy.points.values() if each.kind == KIND)
    return next((each for each in chats if party in parties(each)), None)


def to_begin(policy: Policy, point: CollectionPoint) -> CollectionPoint:
    """What somebody who is signed in is asked for: nothing that tells who they are, because an
    address that they typed could be another person's."""
    asked = tuple(each for each in point.fields if not policy.fields[each.field].identifies)
    return replace(point, fields=asked)


def to_go_on(policy: Policy, point: CollectionPoint) -> CollectionPoint:
    """What each further message may hold: words, a photograph, a voice; none of them is needed,
    one of them is. The consent was given when the conversation began."""
    asked = tuple(
        replace(each, required=False)
        for each in to_begin(policy, point).fields
        if policy.fields[each.field].type in _SPOKEN
    )
    return replace(point, fields=asked)


def shown_to_others(policy: Policy, point: CollectionPoint) -> frozenset[str]:
    """What the other party sees of a message: never an address or a number."""
    return frozenset(each.field for each in to_begin(policy, point).fields)
