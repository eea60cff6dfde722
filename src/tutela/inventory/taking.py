"""The door by which what people say goes into the vault: it is stored, looked through by the rule
of ``screening``, and what is found is blocked and waits at the desk (000 4).

Forms, records of programs, messages, profiles, children, corrections, letters and places all come
this way; a test finds any other call that stores. What the company itself writes is refused what
the policy refuses, and not flagged: a member of staff has looked at it already.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tutela.core.permits import Permit
from tutela.inventory import actions
from tutela.policy import closing
from tutela.vault import actions as vault

STAFF = "staff"


def store(
    permit: Permit,
    *,
    record: UUID,
    point: str,
    purposes: tuple[str, ...],
    values: Mapping[str, str],
    provenance: vault.Provenance = vault.FROM_SUBJECT,
    files: Mapping[str, vault.Clean] | None = None,
) -> None:
    """``vault.store``, and a look at what was stored; raises what that raises, and
    ``OperatorClosed`` where an operator that is wound up would take something in (000 8/b4)."""
    if provenance.kind != STAFF:
        closing.demand_open(permit.operator)
    vault.store(
        permit,
        record=record,
        point=point,
        purposes=purposes,
        values=values,
        provenance=provenance,
        files=files,
    )
    if provenance.kind != STAFF:
        actions.screen(_place(permit, record), point, values, beside=files or ())


def correct(permit: Permit, record: UUID, field: str, value: str) -> None:
    """``vault.correct``, and a look at the new value; raises what that raises."""
    vault.correct(permit, record, field, value)
    place = _place(permit, record)
    held = vault.records(place.operator, place.subject)
    point = next(each.point for each in held if each.id == record)
    actions.screen(place, point, {field: value})


def _place(permit: Permit, record: UUID) -> actions.Place:
    assert permit.subject is not None  # noqa: S101 - the vault has stored it about somebody
    return actions.Place(permit.operator, permit.subject, record)
