"""Tries to open one person's values by hand, past gate and vault, with whatever keys lie there.

    TUTELA_HOME=… python -m tests.campaigns.opening OPERATOR SUBJECT

Prints JSON: how many values there are, how many open, and which errors the others give.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from uuid import UUID

from tutela.vault.errors import SealBroken


def main(slug: str, subject: str) -> None:
    import django  # noqa: PLC0415 - the home is in the environment only now

    django.setup()
    from tutela.app import wire  # noqa: PLC0415

    wire()
    from tutela.cli.database import opened  # noqa: PLC0415
    from tutela.db.scope import operator_scope  # noqa: PLC0415
    from tutela.policy import actions as policies  # noqa: PLC0415

    with opened():
        operator = policies.operator_by_slug(slug)
        assert operator is not None
        with operator_scope(operator.id):
            sys.stdout.write(json.dumps(_open_all(operator.id, UUID(subject))))


def _open_all(operator: UUID, subject: UUID) -> dict[str, int]:
    from tutela.vault import keystore, rows  # noqa: PLC0415
    from tutela.vault.models import Value  # noqa: PLC0415
    from tutela.vault.sealing import unseal, value_key  # noqa: PLC0415

    found: Counter[str] = Counter(values=0, opened=0, shredded=0)
    data_key = rows.data_key_of(operator, subject)
    for row in Value.objects.filter(subject_id=subject):
        found["values"] += 1
        (share,) = keystore.shares(operator, [row.slot])
        found["shredded"] += share is None
        key = value_key(data_key, share or keystore.GRAVE)
        try:
            unseal(key, rows.place(row), bytes(row.sealed))
        except SealBroken:
            found["SealBroken"] += 1
        else:
            found["opened"] += 1
    return dict(found)


if __name__ == "__main__":
    main(*sys.argv[1:])
