"""What the policy room writes into the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tutela.core.errors import TutelaError
from tutela.core.vocabulary import LawPurpose
from tutela.journal.entries import Entry, Row, entry
from tutela.journal.filters import OFFERED
from tutela.journal.naming import Namer, called
from tutela.policy.wording import EVENTS, LAW, LAW_PURPOSES, OUTCOMES

if TYPE_CHECKING:
    from tutela.policy.model import Policy


@entry("policy.published")
@dataclass(frozen=True, kw_only=True)
class PolicyPublished(Entry):
    """A version was posted; ``digest`` is the SHA-256 over its declarations and texts."""

    number: int
    digest: str
    wording = _("Version %(number)s of the policy was published")


@entry("policy.scheduled")
@dataclass(frozen=True, kw_only=True)
class PublicationScheduled(Entry):
    number: int
    digest: str
    moment: datetime
    wording = _("Version %(number)s of the policy was scheduled to be published at %(moment)s")


@entry("policy.not-published")
@dataclass(frozen=True, kw_only=True)
class PublicationFailed(Entry):
    number: int
    digest: str
    error: str
    wording = _("Version %(number)s of the policy was due and could not be published: %(error)s")


REASONS = {
    "mistake": _("a mistake in the text"),
    "changed-mind": _("the operator decided otherwise"),
    "other-moment": _("it is to come at another time"),
    "newer-text": _("a newer text takes its place"),
}
"""Why a version that was to come does not."""


@entry("policy.cancelled")
@dataclass(frozen=True, kw_only=True)
class VersionCancelled(Entry):
    number: int
    digest: str
    reason: str
    wording = _("Version %(number)s of the policy was cancelled before it took force: %(reason)s")


@entry("policy.posted")
@dataclass(frozen=True, kw_only=True)
class VersionPosted(Entry):
    """``place`` is a product or a site to which versions come by an act of their own."""

    number: int
    place: str
    wording = _("Version %(number)s of the policy was posted in “%(place)s”")


def _policy(row: Row) -> Policy | None:
    """The version the entry was written under, else the one in force; its titles are shown."""
    from tutela.policy import actions  # noqa: PLC0415 - actions write the entries above

    try:
        if row.policy_version is not None:
            return actions.version(row.operator, row.policy_version)
        return actions.in_force(row.operator)
    except TutelaError:
        return None


def _titled(section: str) -> Namer:
    """The title that the policy gives to a slug of its ``section``."""

    def title(row: Row, value: Any) -> str | None:
        policy = _policy(row) if value else None
        declared = getattr(policy, section).get(value) if policy else None
        return _in_language(declared.title) if declared else None

    return title


def _purpose(row: Row, value: Any) -> Any:
    if value in set(LawPurpose):
        return LAW_PURPOSES[LawPurpose(value)]
    return _title_of_purpose(row, value)


def _basis(row: Row, value: Any) -> Any:
    return LAW if value == "law" else _title_of_basis(row, value)


def _promise(row: Row, value: Any) -> Any:
    policy = _policy(row) if value else None
    declared = policy.promises.get(value) if policy else None
    return OUTCOMES.get(declared.outcome) if declared else None


def _in_language(words: Mapping[str, str]) -> str:
    return words.get((get_language() or "en")[:2]) or next(iter(words.values()), "")


_title_of_purpose = _titled("purposes")
_title_of_basis = _titled("bases")


def _purposes(operator_id: UUID) -> list[str]:
    from tutela.policy import actions  # noqa: PLC0415 - actions write the entries above

    return [*actions.in_force(operator_id).purposes, *LawPurpose]


OFFERED.register("purpose", _purposes)


def _place(row: Row, value: Any) -> str | None:
    policy = _policy(row) if value else None
    place = policy.places.get(value) if policy else None
    return _in_language(place.title) if place else None


called("reason", REASONS, kind=VersionCancelled.kind)
called("place", _place, kind=VersionPosted.kind)
called("purpose", _purpose)
called("purposes", _purpose)
called("basis", _basis)
called("point", _titled("points"))
called("fields", _titled("fields"))
called("recipient", _titled("recipients"))
called("category", _titled("subjects"))
called("promise", _promise)
called("event", EVENTS)
