"""Roles that a claim of the OpenID provider gives and takes, where the installation declares it.

``TUTELA_OIDC_ROLES`` is ``CLAIM: VALUE=OPERATOR/ROLE, VALUE=OPERATOR/ROLE …``, for example
``groups: privacy=prohomeexchange/officer, support=prohomeexchange/clerk``. Roles that it does not
name are nobody's business but the officers'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tutela.core.vocabulary import SYSTEM
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.rules import Role
from tutela.policy import actions as policies


@dataclass(frozen=True, slots=True)
class Given:
    """Whoever has ``value`` in the claim has ``role`` at the operator, and nobody else by it."""

    value: str
    operator: str
    role: str


def declared(text: str) -> tuple[str, tuple[Given, ...]]:
    """The claim and what its values give; raises ``ImproperlyConfigured`` if it is not readable."""
    claim, _, rest = text.partition(":")
    found = []
    for part in filter(None, (each.strip() for each in rest.split(","))):
        value, _, place = part.partition("=")
        operator, _, role = place.strip().partition("/")
        if not value.strip() or not operator or role not in set(Role):
            raise ImproperlyConfigured(
                "TUTELA_OIDC_ROLES is written CLAIM: VALUE=OPERATOR/ROLE, … with the roles "
                f"{', '.join(Role)}; “{part}” is not."
            )
        found.append(Given(value.strip(), operator, role))
    return claim.strip(), tuple(found)


def take_roles(user_id: int, said: dict[str, Any]) -> None:
    """Give and take the declared roles as the claim says now; journalled as any change of roles."""
    if not settings.TUTELA_OIDC_ROLES:
        return
    claim, given = declared(settings.TUTELA_OIDC_ROLES)
    value = said.get(claim)
    held = {str(each) for each in value} if isinstance(value, list) else {str(value)}
    wanted = {(each.operator, each.role) for each in given if each.value in held}
    for slug, role in sorted({(each.operator, each.role) for each in given}):
        operator = policies.operator_by_slug(slug)
        if operator is None:
            continue
        change = identity.grant_role if (slug, role) in wanted else identity.revoke_role
        with operator_scope(operator.id):
            change(operator.id, user_id, role, by=SYSTEM)
