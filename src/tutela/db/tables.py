"""What each table may hold about a person, how long, and what erases it: said beside the model.

    from tutela.db.tables import Holds, declare

    @declare(holds=Holds.SEALED, kept="until the record ends", erased_by="vault.destroy")
    class Value(models.Model): ...

``kept`` is a phrase a reader of the register understands. ``erased_by`` names the action, as
``room.function`` or ``room.module.function``, that removes a person's rows; it may be empty only
where nothing is held about a person, or where the rows are evidence that ``kept`` explains. A table
whose rows are about one subject leads its primary key with (operator, subject), so that the
database can be split by subject; one that cannot says why in ``keyed``. What can be erased can be
asked for: such a table says in ``told`` which part of the copy of everything about a person tells
what it holds, or in ``untold`` why none does (152-FZ article 14, GDPR article 15).
``tests/db/test_tables.py`` fails the build for a table of Tutela without a declaration, and for a
declaration that is not true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from django.db.models import Model

from tutela.core.registry import Registry

M = TypeVar("M", bound=type[Model])


class Holds(StrEnum):
    """What a table may hold about a person; only the vault holds more than opaque identifiers."""

    NOTHING = "nothing"
    OPAQUE = "opaque"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    room: str
    model: type[Model]
    holds: Holds
    kept: str
    erased_by: str
    keyed: str
    told: str
    untold: str


TABLES: Registry[Table] = Registry("table")


def declare(
    *,
    holds: Holds,
    kept: str,
    erased_by: str = "",
    keyed: str = "",
    told: str = "",
    untold: str = "",
) -> Callable[[M], M]:
    """Enter the decorated model in the register of tables. ``kept`` must say something."""

    def enter(model: M) -> M:
        options = model._meta  # noqa: SLF001 - Django documents this name
        name = options.db_table
        table = Table(
            *(name, options.app_label, model, holds, kept),
            erased_by=erased_by,
            keyed=keyed,
            told=told,
            untold=untold,
        )
        TABLES.register(name, table)
        return model

    return enter
