"""When data was last used, as the journal tells it. The caller has opened the scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tutela.core.vocabulary import Action, ActorKind

USES = (Action.USE, Action.EXTRACTION, Action.PROVISION, Action.ACCESS, Action.DISSEMINATION)
"""What is done with data beside keeping it in order; a person's own look is no use of it."""

USED = """
SELECT e.subject_id, used.field, max(e.at) AS at
FROM journal_entry e, jsonb_array_elements_text(e.data -> 'fields') AS used(field)
WHERE e.operator_id = %(operator)s AND e.kind = 'gate.permitted' AND e.action = ANY(%(uses)s)
  AND e.actor_kind <> ALL(%(own)s)
GROUP BY e.subject_id, used.field
"""
"""The last permitted use of each field of each person by the operator, as a query that others may
look into; ``asked_of`` gives what it asks for."""


def asked_of(operator_id: UUID) -> dict[str, Any]:
    own = (ActorKind.SUBJECT, ActorKind.REPRESENTATIVE, ActorKind.VISITOR)
    return {
        "operator": operator_id,
        "uses": [str(each) for each in USES],
        "own": [str(each) for each in own],
    }


def last_uses(operator_id: UUID) -> dict[str, datetime]:
    """The last permitted use of each field by the operator."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT field, max(at) FROM ({USED}) AS last GROUP BY field",  # noqa: S608 - own text
            asked_of(operator_id),
        )
        return dict(cursor.fetchall())
