"""Removes entries whose term is over and keeps their hashes, so that the log still verifies.

A run first says what it removes, in an entry of its own: how many leaves, between which places,
and the digest of the places. Then it enters the leaves in ``journal_pruned``, without which the
database lets nobody delete an entry, and has them deleted by ``journal_prune``, a function of the
owner of the tables, because the role that serves people may delete none; all in one transaction.
Who verifies the log finds for each missing entry the run that removed it, and that the run said so
(``is_declared``).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from tutela.core.permits import Permit, check
from tutela.core.vocabulary import Action
from tutela.db.scope import transaction_id
from tutela.journal import store
from tutela.journal.entries import EntriesPruned
from tutela.journal.formats import digest_of_places
from tutela.journal.models import EntryRow, Leaf, Pruned


def prune(permit: Permit, subject: UUID, before: datetime | None = None) -> int:
    """Remove every entry about ``subject`` that is in the tree, written before a moment if one is
    given; how many there were.

    The permit is for the destruction of what is held about this subject. Entries that wait for
    their place stay until a later run, as does everything about nobody.
    """
    check(
        permit,
        operator=permit.operator,
        subject=subject,
        actions=frozenset({Action.DESTRUCTION}),
        transaction=transaction_id(),
    )
    operator_id = permit.operator
    about = EntryRow.objects.filter(operator_id=operator_id, subject_id=subject)
    if before is not None:
        about = about.filter(at__lt=before)
    placed = Leaf.objects.filter(operator_id=operator_id, entry_id__in=about.values("id"))
    leaves = dict(placed.order_by("index").values_list("index", "entry_id"))
    if not leaves:
        return 0
    indexes = list(leaves)
    run = store.insert(
        operator_id,
        EntriesPruned(
            actor=permit.actor,
            action=Action.DESTRUCTION,
            purpose=permit.purpose,
            basis=permit.basis,
            clause=permit.clause,
            count=len(indexes),
            digest=digest_of_places(indexes),
        ),
    )
    Pruned.objects.bulk_create(
        Pruned(operator_id=operator_id, index=index, run=run) for index in indexes
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal_prune(%s, %s)", [operator_id, run])
        (removed,) = cursor.fetchone()
    return int(removed)


def is_declared(operator_id: UUID, run: UUID) -> bool:
    """Whether the entry ``run`` of the log says that exactly the leaves that stand under it in
    ``journal_pruned`` were removed."""
    said = EntryRow.objects.filter(operator_id=operator_id, id=run, kind=EntriesPruned.kind).first()
    if said is None:
        return False
    under = Pruned.objects.filter(operator_id=operator_id, run=run)
    indexes = list(under.values_list("index", flat=True))
    return bool(said.data == {"count": len(indexes), "digest": digest_of_places(indexes)})
