"""Managing staff from a shell: what an officer does at the desk, for any account."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse

from tutela.cli.commands import command
from tutela.cli.say import tell
from tutela.core.errors import NotFound
from tutela.core.vocabulary import SYSTEM
from tutela.db.scope import operator_scope
from tutela.identity.rules import Role
from tutela.identity.staff import actions
from tutela.service.staff import operator_of

_ROLES = [str(role) for role in Role]


class NoSuchAccount(NotFound):
    """Nobody signs in with this name; tutela staff list shows who does."""


@contextmanager
def _at(options: Namespace) -> Iterator[tuple[UUID, int]]:
    """The operator that is meant, open, and the number of the account."""
    operator = operator_of(options.operator)
    user = get_user_model().objects.filter(username=options.name).first()
    if user is None:
        raise NoSuchAccount(
            f"Nobody signs in as {options.name}; see: tutela staff list --operator {operator.slug}"
        )
    with operator_scope(operator.id):
        yield operator.id, user.pk


def _operator(parser: ArgumentParser) -> None:
    parser.add_argument("--operator", required=True, metavar="SLUG", help="where they work")


def _named(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="the name they sign in with")
    _operator(parser)


@command("staff list", help="show who works for an operator, in which roles", configure=_operator)
def list_staff(options: Namespace) -> int:
    operator = operator_of(options.operator)
    with operator_scope(operator.id):
        found = actions.members(operator.id)
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        seen = f"{each.signed_in_at:%Y-%m-%d}" if each.signed_in_at else "never signed in"
        notes = [", ".join(each.roles), seen, *(["locked"] if each.locked else [])]
        notes.append("second factor" if each.factors else "no second factor")
        tell(f"{each.name:<{width}}  {'; '.join(notes)}")
    if not found:
        tell(f"Nobody works here yet: tutela staff add NAME --operator {operator.slug}")
    return 0


def _configure_role(parser: ArgumentParser) -> None:
    _named(parser)
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--give", choices=_ROLES, help="a role to give")
    either.add_argument("--take", choices=_ROLES, help="a role to take back")


@command("staff role", help="give or take a role; open sessions end", configure=_configure_role)
def change_role(options: Namespace) -> int:
    with _at(options) as (operator_id, user_id):
        if options.give:
            actions.give_role(operator_id, user_id, options.give, by=SYSTEM)
        else:
            actions.take_role(operator_id, user_id, options.take, by=SYSTEM)
        roles = actions.roles(operator_id, user_id)
    tell(f"{options.name} at {options.operator}: {', '.join(sorted(roles)) or 'no role'}.")
    return 0


@command("staff off", help="take every role at an operator; sessions end at once", configure=_named)
def switch_off(options: Namespace) -> int:
    with _at(options) as (operator_id, user_id):
        actions.switch_off(operator_id, user_id, by=SYSTEM)
    tell(f"{options.name} is switched off at {options.operator}.")
    return 0


@command("staff link", help="print a single-use link to choose a password", configure=_named)
def make_link(options: Namespace) -> int:
    with _at(options) as (operator_id, user_id):
        token = actions.issue_link(operator_id, user_id, by=SYSTEM)
    parameters = {"language": "en", "operator": options.operator, "token": token}
    tell(f"{settings.TUTELA_PUBLIC_URL}{reverse('welcome', kwargs=parameters)}")
    return 0


@command("staff unlock", help="open an account that wrong attempts locked", configure=_named)
def unlock(options: Namespace) -> int:
    with _at(options) as (operator_id, user_id):
        actions.unlock(operator_id, user_id, by=SYSTEM)
    tell(f"{options.name} may try again.")
    return 0


@command(
    "staff reset", help="remove the second factors of somebody who lost them", configure=_named
)
def reset(options: Namespace) -> int:
    with _at(options) as (operator_id, user_id):
        actions.reset_factors(operator_id, user_id, by=SYSTEM)
    tell(f"{options.name} signs in with a password alone until a factor is added.")
    return 0
