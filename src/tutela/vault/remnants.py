"""By what destroyed values are found again in the files of the database, until they are proven
gone from there (``tutela scrub``). Everything runs inside ``operator_scope``.

A trigger notes it of every value and chunk that is deleted, in the same transaction. What is noted
is of the nonce, which chance made: it tells nothing of the value, the person or the key. A number
in PostgreSQL's own tables has its bytes the other way round, so the notes are not found themselves.
"""

from __future__ import annotations

from uuid import UUID

from tutela.db import swift
from tutela.db.tables import TABLES, Holds
from tutela.vault.models import Remnant

_TAKE = "UPDATE vault_remnant SET scrub = %s WHERE operator_id = %s"
_MARKS = "SELECT marks FROM vault_remnant WHERE operator_id = %s AND scrub = %s"


def tables() -> list[str]:
    """The tables out of which something goes when a person does."""
    return sorted(
        each.name for each in TABLES.values() if each.holds is Holds.SEALED or each.erased_by
    )


def take(operator: UUID, scrub: UUID) -> None:
    """Let this run look for everything that is known to have been destroyed by now."""
    swift.run(_TAKE, (scrub, operator))


def marks(operator: UUID, scrub: UUID) -> list[int]:
    """What the run looks for: eight bytes each, as a signed number, the first byte the highest."""
    return [mark for (some,) in swift.rows(_MARKS, (operator, scrub)) for mark in some]


def forget(operator: UUID, scrub: UUID) -> None:
    """They were looked for and are nowhere."""
    Remnant.objects.filter(operator_id=operator, scrub=scrub).delete()


def waiting(operator: UUID) -> int:
    """How many destroyed values and chunks nobody has looked for with that outcome."""
    found = swift.row(
        "SELECT coalesce(sum(cardinality(marks)), 0) FROM vault_remnant WHERE operator_id = %s",
        (operator,),
    )
    return int(found[0]) if found else 0
