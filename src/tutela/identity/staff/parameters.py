"""The limits and demands in force: from the settings, and from the operator's policy."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from tutela.identity.staff.limits import Limits
from tutela.policy import actions as policies

_CONTROL, _PARAMETER = "access.roles", "second-factor"
REQUIRED = "required"


def current() -> Limits:
    """Limits of the installation. In a demonstration nobody is asked twice who they are."""
    absolute = timedelta(hours=settings.TUTELA_STAFF_HOURS)
    recent = timedelta(minutes=settings.TUTELA_STAFF_CONFIRM_MINUTES)
    return Limits(
        idle=timedelta(minutes=settings.TUTELA_STAFF_IDLE_MINUTES),
        absolute=absolute,
        recent=absolute if settings.TUTELA_DEMO else recent,
        attempts=settings.TUTELA_STAFF_ATTEMPTS,
    )


def second_factor_required(operator_id: UUID) -> bool:
    """Whether staff need a second factor here: said by the installation, or by the policy.

    In ``policy.yaml`` it is a parameter of what carries a clause on access out::

        controls:
          - control: access.roles
            with: {second-factor: required}
            clauses: ["7.5(a)"]
    """
    if settings.TUTELA_SECOND_FACTOR:
        return True
    return any(
        each.control == _CONTROL and each.parameters.get(_PARAMETER) == REQUIRED
        for each in policies.in_force(operator_id).bindings
    )
