"""What the people of a demonstration do with their accounts, in public, and on the site."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from tutela.accounts import actions as accounts
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import SYSTEM
from tutela.geo import actions as geo
from tutela.geo import rules as places
from tutela.identity import actions as identity
from tutela.publicity import actions as publicity
from tutela.publicity.errors import MustNotBePublic
from tutela.requests.intake import oneself
from tutela.stats import actions as stats
from tutela.stats import rules as statistics
from tutela.stats.actions import Visits

if TYPE_CHECKING:
    from tutela.demo.people import Person, Season

WEEKS = 10


def plan(season: Season, people: list[Person]) -> None:
    """Enter everything that happens on the surfaces into the season."""
    season.on(12, partial(_open_accounts, season, people))
    season.on(13, partial(_tell_a_place, season, people[1]))
    for day, number in ((15, 1), (40, 3), (46, 5)):
        season.on(day, partial(_publish, season, people[number]))
    season.on(47, partial(_publish_a_card, season, people[1]))
    season.on(58, partial(_delete_account, season, people[8]))
    for week in range(WEEKS):
        season.on(1.5 + 7 * week, partial(_count_visits, season, week))


def _open_accounts(season: Season, people: list[Person]) -> None:
    operator = season.operator.id
    points = accounts.profile_points(season.policy)
    for person in (people[0], people[1], people[8]) if points else ():
        season.send(person, points[0], everything=person is people[1])
    row = accounts.account(operator, subject) if (subject := people[1].subject) else None
    if row is not None and row.to_accept:
        accounts.accept(operator, row.subject, row.to_accept, actor=oneself(row.subject))


def _delete_account(season: Season, person: Person) -> None:
    operator = season.operator.id
    row = accounts.account(operator, person.subject) if person.subject else None
    if row is not None and row.closed_at is None:
        accounts.delete(operator, row.subject, actor=oneself(row.subject))


def _signed_in(season: Season, person: Person) -> UUID | None:
    """Who works on their own pages has opened the link that came by mail."""
    operator, subject = season.operator.id, person.subject
    if subject is not None and identity.subject(operator, subject).destroyed_at is None:
        identity.redeem(operator, identity.issue_sign_in(operator, subject))
    return subject


def _publish(season: Season, person: Person) -> None:
    """Everything of the person that the policy lets be public, where nothing stands against it."""
    operator, subject = season.operator.id, _signed_in(season, person)
    for mine in publicity.own(operator, subject) if subject else ():
        assert subject is not None  # noqa: S101 - the loop is over nothing without one
        with suppress(TutelaError):
            _make_public(operator, subject, mine.record, mine.fields, person.language)


def _make_public(
    operator: UUID, subject: UUID, record: UUID, fields: tuple[str, ...], language: str
) -> None:
    actor = oneself(subject)
    publicity.publish(operator, subject, record, fields, language=language, actor=actor)


def _publish_a_card(season: Season, person: Person) -> None:
    """Somebody writes the number of a card where everybody would read it, and is refused."""
    operator, subject = season.operator.id, _signed_in(season, person)
    for mine in publicity.own(operator, subject)[:1] if subject else ():
        assert subject is not None  # noqa: S101 - the loop is over nothing without one
        with suppress(MustNotBePublic):
            publicity.publish(
                operator,
                subject,
                mine.record,
                mine.fields,
                language=person.language,
                actor=oneself(subject),
                changes={mine.fields[-1]: "4111 1111 1111 1111"},
            )


def _tell_a_place(season: Season, person: Person) -> None:
    operator, subject = season.operator.id, person.subject
    if subject is None or places.terms_of(season.policy) is None:
        return
    actor = oneself(subject)
    geo.permit_it(operator, subject, language=person.language, actor=actor)
    geo.keep_address(operator, subject, "Exampleville", actor=actor)


def _count_visits(season: Season, week: int) -> None:
    """The site tells how often it was visited; so many in a week that the picture says something,
    and of some pages so few that their figures are not told."""
    if statistics.terms_of(season.policy) is None:
        return
    seen = [
        Visits("home", "phone", "en", 120 + 17 * week),
        Visits("home", "desktop", "ru", 80 + 5 * week),
        Visits("search", "phone", "ru", 60 + 9 * (week % 4)),
        Visits("item", "tablet", "en", 14),
        Visits("help", "desktop", "en", 1 if week == WEEKS - 4 else 0),
    ]
    stats.count(season.operator.id, [each for each in seen if each.visits], actor=SYSTEM)
