"""Accounts for the people who work at the desk."""

from __future__ import annotations

import secrets

from django.contrib.auth import get_user_model
from django.db import transaction

from tutela.core.errors import NotFound
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.policy import actions as policies


class NoSuchOperator(NotFound):
    """No operator of this slug is published here."""


def new_password() -> str:
    """96 random bits, to be handed over once."""
    return secrets.token_urlsafe(12)


def operator_of(slug: str) -> policies.OperatorRow:
    """The operator of ``slug``; raises ``NoSuchOperator`` with the slugs there are."""
    found = policies.operator_by_slug(slug)
    if found is None:
        known = ", ".join(each.slug for each in policies.operators())
        raise NoSuchOperator(
            f"There is no operator “{slug}” here; "
            + (f"choose one of: {known}." if known else "publish a policy first.")
        )
    return found


def give_account(name: str, operator: str, role: str, password: str) -> bool:
    """Let ``name`` sign in and hold ``role`` at the operator; False if the account was there.

    An account that exists keeps its password and gains the role. Raises ``NoSuchOperator`` and
    ``identity.errors.UnknownRole``; nothing is made then.
    """
    found = operator_of(operator)
    users = get_user_model()
    with transaction.atomic():
        user = users.objects.filter(username=name).first()
        made = user is None
        if user is None:
            user = users.objects.create_user(name, password=password)
        with operator_scope(found.id):
            identity.grant_role(found.id, user.pk, role)
    return made


def set_password(name: str, password: str) -> None:
    """Give the account ``name`` this password unless it has it already."""
    user = get_user_model().objects.get(username=name)
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])


def anybody() -> bool:
    """Whether at least one person can sign in at the desk."""
    return get_user_model().objects.filter(is_active=True).exists()
