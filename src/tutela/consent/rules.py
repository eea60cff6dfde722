"""What counts as agreeing, and what still allows processing afterwards. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from tutela.gate.standing import Standing
from tutela.policy.model import Policy


class Mode(StrEnum):
    """The closed list of acts that give a consent. Those in ``CONDUCT`` are taken only where the
    policy does not ask for an explicit act."""

    TICK = "tick"
    STATEMENT = "statement"
    FORM_SENT = "form-sent"
    SIGNED_FORM = "signed-form"
    CONFIRMED_BY_MAIL = "confirmed-by-mail"
    PER_UPLOAD = "per-upload"
    USE = "use"
    DEVICE = "device"
    IMPLIED = "implied"
    BY_REPRESENTATIVE = "by-representative"
    BY_GUARDIAN = "by-guardian"


CONDUCT = frozenset({Mode.USE, Mode.DEVICE, Mode.IMPLIED})
"""Conduct that a policy may take for consent: using the site or application, what a device sends
by itself, and any other (000 preamble, 2/p2; 001 5.1.1, 10.2; 004 2.5, 2.16)."""


CONDITIONS = ("no-transfer", "no-processing")
"""What a person may forbid about data they let be made public: that the operator hands it on,
beyond letting it be read, and that readers do anything but read it (152-FZ article 10.1(9))."""


class Kind(StrEnum):
    """What happened to a consent; ``dated`` is an event that gave it its end."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    STOPPED = "stopped"
    DATED = "dated"


def rests_on_consent(policy: Policy, purpose: str) -> bool:
    declared = policy.purposes.get(purpose)
    return declared is not None and any(
        policy.bases[each].kind == "consent" for each in declared.bases
    )


def implied_allowed(policy: Policy) -> bool:
    """Whether conduct counts: the parameter ``strict`` of consent.implied forbids it."""
    catalogue = [each for each in policy.bindings if each.control == "consent.implied"]
    return bool(catalogue) and not any(each.parameters.get("strict") for each in catalogue)


def conduct_counts(policy: Policy, act: str) -> bool:
    """Whether this conduct is in the policy's catalogue: its parameter ``acts``, where it lists
    any (001 5.1.1; 003 3.2(a), 4.3(a))."""
    listed = {
        str(act)
        for each in policy.bindings
        if each.control == "consent.implied"
        for act in each.parameters.get("acts", ())
    }
    return implied_allowed(policy) and (not listed or act in listed)


def offered(policy: Policy, point: str, purposes: Iterable[str]) -> bool:
    declared = policy.points.get(point)
    if declared is None:
        return False
    return set(purposes) <= {*declared.purposes, *declared.optional_purposes}


def remaining_grounds(standing: Standing, now: datetime) -> tuple[str, ...]:
    """What still allows some processing: other consents, contracts and holds, as slugs.

    The person is told these after a withdrawal (consent.withdraw; 004 2.9/b6, 9.4(c)).
    """
    consents = (
        f"consent.{slug}"
        for slug, each in standing.consents.items()
        if each.live(now) and not is_publication(slug)
    )
    contracts = ("contract" for each in standing.contracts if each.live(now))
    holds = (f"hold.{each.ground}" for each in standing.holds if each.live(now))
    return tuple(sorted({*consents, *contracts, *holds}))


def without(standing_consents: Iterable[str], asked: Iterable[str] | None) -> tuple[str, ...]:
    """The live purposes that a withdrawal of ``asked`` (None: all) ends."""
    live = set(standing_consents)
    if asked is None:
        return tuple(sorted(live))
    wanted = set(asked)
    return tuple(sorted(each for each in live if each in wanted or purpose_of(each) in wanted))


def is_publication(key: str) -> bool:
    """Whether a consent in the standing is one to make data public."""
    return "/" in key


def purpose_of(key: str) -> str:
    """The purpose that a consent in the standing is about."""
    return key.partition("/")[0]


def published_field(key: str) -> tuple[str, str] | None:
    """The purpose and the field of a consent to make one field public; None for any other."""
    purpose, _kind, field = [*key.split("/"), "", ""][:3]
    return (purpose, field) if field else None
