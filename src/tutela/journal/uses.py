"""When each field was last used, as the journal tells it. The caller has opened the scope."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from tutela.core.vocabulary import Action, ActorKind

USES = (Action.USE, Action.EXTRACTION, Action.PROVISION, Action.ACCESS, Action.DISSEMINATION)
"""What is done with data beside keeping it in order; a person's own look is no use of it."""

_LAST = """
SELECT field, max(e.at)
FROM journal_entry e, jsonb_array_elements_text(e.data -> 'fields') AS field
WHERE e.operator_id = %s AND e.kind = 'gate.permitted' AND e.action = ANY(%s)
  AND e.actor_kind <> ALL(%s)
GROUP BY field
"""


def last_uses(operator_id: UUID) -> dict[str, datetime]:
    """The last permitted use of each field by the operator."""
    own = [ActorKind.SUBJECT, ActorKind.REPRESENTATIVE, ActorKind.VISITOR]
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [operator_id, [str(each) for each in USES], list(map(str, own))])
        return dict(cursor.fetchall())
