"""Every check of a permit before the vault does anything with it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tutela.core.permits import Permit, check
from tutela.core.vocabulary import Action
from tutela.db.scope import transaction_id
from tutela.vault.errors import FieldNotPermitted

ENDING = frozenset({Action.DELETION, Action.DESTRUCTION})


def enter(permit: Permit, actions: frozenset[Action], fields: Iterable[str] = ()) -> UUID:
    """The person the permit is about, after every check of the permit."""
    subject = permit.subject
    check(
        permit,
        operator=permit.operator,
        subject=subject,
        actions=actions,
        transaction=transaction_id(),
    )
    if subject is None:
        raise FieldNotPermitted("The permit names no person; ask the gate about one.")
    cover(permit, fields)
    return subject


def cover(permit: Permit, fields: Iterable[str]) -> None:
    """Raises ``FieldNotPermitted`` for fields beyond the permit's own."""
    if beyond := sorted(set(fields) - permit.fields):
        raise FieldNotPermitted(f"The permit does not cover {', '.join(beyond)}.")
