"""What the journal offers to other rooms. Every function works inside ``operator_scope`` that
the caller opened, except ``sequence``, which opens its own transactions."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import connection

from tutela.core import clock, ids
from tutela.journal.entries import Entry, common_values, own_values

_APPEND = """
WITH written AS (
    INSERT INTO journal_entry (
        operator_id, id, kind, at, data, subject_id, actor_kind, actor_id, actor_role,
        action, purpose, basis, clause, automated, policy_version
    ) VALUES (
        %(operator)s, %(id)s, %(kind)s, %(at)s, %(data)s::jsonb, %(subject_id)s, %(actor_kind)s,
        %(actor_id)s, %(actor_role)s, %(action)s, %(purpose)s, %(basis)s, %(clause)s,
        %(automated)s, %(policy_version)s
    ) RETURNING operator_id, number, id
)
INSERT INTO journal_pending (operator_id, number, entry_id) SELECT * FROM written
"""


def append(operator_id: UUID, entry: Entry) -> UUID:
    """Write ``entry`` in the current transaction and return its identifier.

    Raises ``UnsafeEntry`` if a field holds anything but an opaque value.
    """
    entry_id = ids.new_id()
    values = common_values(entry) | {
        "operator": operator_id,
        "id": entry_id,
        "kind": entry.kind,
        "at": clock.now(),
        "data": json.dumps(own_values(entry)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, values)
    return entry_id
