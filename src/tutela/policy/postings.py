"""Products and sites to which a version comes by an act of their own: which is in force there.

Everywhere else the version in force is that of the operator (``actions.in_force``). A place that is
new begins with the version that declares it, so that there is no moment without one (001 9.1(c)).
Everything here is called inside ``operator_scope``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.journal import actions as journal
from tutela.policy import actions
from tutela.policy.entries import VersionPosted
from tutela.policy.errors import NotApart, NumberTaken, UnknownPlace, UnknownVersion
from tutela.policy.model import Place, Policy
from tutela.policy.models import Operator, Posting


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place and the version in force there ``since``; it is ``behind`` where the operator has a
    newer one in force."""

    place: Place
    number: int
    since: datetime
    behind: bool


@dataclass(frozen=True, slots=True)
class PostingRow:
    place: str
    number: int
    posted_at: datetime


def post(operator_id: UUID, place: str, number: int, *, by: Actor = SYSTEM) -> PostingRow:
    """Version ``number`` stands in the product from now on and is in force there (003 12.3).

    The same once more changes nothing. Raises ``UnknownPlace``, ``NotApart``, ``UnknownVersion``
    for one that is not in force yet, and ``NumberTaken`` for one older than what stands there.
    """
    Operator.objects.select_for_update().get(id=operator_id)
    current = actions.in_force(operator_id)
    if not _declared(current, place).apart:
        raise NotApart(_("Versions come there together with the site; there is nothing to do."))
    rows = {each.number: each for each in actions.versions(operator_id)}
    version, now = rows.get(number), clock.now()
    if version is None or version.cancelled_at or version.effective_from > now:
        raise UnknownVersion(_("This version is not in force on the site; post it after that."))
    last = _postings(operator_id, place)[:1]
    if last and last[0].number == number:
        return last[0]
    if last and last[0].number > number:
        raise NumberTaken(_("A newer version stands there already; an older one cannot follow it."))
    return _post(operator_id, place, number, by)


def _post(operator_id: UUID, place: str, number: int, by: Actor) -> PostingRow:
    row = Posting.objects.create(
        operator_id=operator_id, place=place, number=number, posted_at=clock.now()
    )
    policy = actions.version(operator_id, number)
    entry = VersionPosted(
        number=number,
        place=place,
        actor=by,
        automated=by == SYSTEM,
        clause=next(iter(_clauses(policy, place)), ""),
        policy_version=number,
    )
    journal.append(operator_id, entry)
    return PostingRow(place, number, row.posted_at)


def _clauses(policy: Policy, place: str) -> tuple[str, ...]:
    declared = policy.products.get(place)
    return declared.clauses if declared else policy.bound_to("policy.version")


def begin_new_places(operator_id: UUID, policy: Policy) -> None:
    """A place that was never posted to begins with the version that declares it."""
    for slug, place in policy.places.items():
        begun = Posting.objects.filter(operator_id=operator_id, place=slug).exists()
        if place.apart and not begun:
            _post(operator_id, slug, policy.number, SYSTEM)


actions.after_publishing.append(begin_new_places)


def in_force_in(operator_id: UUID, place: str) -> Policy:
    """The version in force in a product or on a site. Raises ``UnknownPlace``."""
    current = actions.in_force(operator_id)
    return actions.version(operator_id, _row(operator_id, current, place).number)


def in_force_at(operator_id: UUID, point: str) -> Policy:
    """The version in force where a collection point stands: what is shown and agreed to there."""
    current = actions.in_force(operator_id)
    declared = current.points.get(point)
    if declared is None or not declared.place:
        return current
    there = in_force_in(operator_id, declared.place)
    return there if point in there.points else current


def places(operator_id: UUID) -> list[PlaceRow]:
    """Every place that the version in force declares, with the version in force there."""
    current = actions.in_force(operator_id)
    return [_row(operator_id, current, slug) for slug in current.places]


def _row(operator_id: UUID, current: Policy, place: str) -> PlaceRow:
    declared = _declared(current, place)
    now = clock.now()
    rows = {each.number: each for each in actions.versions(operator_id)}
    for each in _postings(operator_id, place) if declared.apart else ():
        since = max(each.posted_at, rows[each.number].effective_from)
        if since <= now:
            return PlaceRow(declared, each.number, since, behind=each.number < current.number)
    since = rows[current.number].effective_from
    return PlaceRow(declared, current.number, since, behind=False)


def _declared(policy: Policy, place: str) -> Place:
    found = policy.places.get(place)
    if found is None:
        raise UnknownPlace(_("The policy names no such product or site; look at the list."))
    return found


def _postings(operator_id: UUID, place: str) -> list[PostingRow]:
    rows = Posting.objects.filter(operator_id=operator_id, place=place).order_by("-number")
    return [PostingRow(*row) for row in rows.values_list("place", "number", "posted_at")]


def wrong_postings(operator_id: UUID) -> tuple[int, int]:
    """How many postings there are, and how many are not what the journal and the versions say."""
    rows = list(Posting.objects.filter(operator_id=operator_id).order_by("place", "number"))
    said = {
        (row.data["place"], row.data["number"])
        for row in journal.entries(operator_id, kinds=["policy.posted"], limit=len(rows) + 100)
    }
    posted = {each.number: each.posted_at for each in actions.versions(operator_id)}
    wrong = 0
    last: dict[str, datetime] = {}
    for row in rows:
        before = last.get(row.place)
        last[row.place] = row.posted_at
        in_order = before is None or before < row.posted_at
        known = row.number in posted and posted[row.number] <= row.posted_at
        wrong += not (in_order and known and (row.place, row.number) in said)
    return len(rows), wrong
