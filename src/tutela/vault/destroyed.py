"""Notes what a destruction takes, so that it can be repeated after a restore."""

from __future__ import annotations

from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.journal import actions as journal
from tutela.vault import endings
from tutela.vault.entries import PartDestroyed
from tutela.vault.models import Value as Row


def note(permit: Permit, subject: UUID, gone: list[Row], *, whole: bool) -> None:
    """What goes, for the file beside the shares and, where something of the person stays, for the
    journal: who has either can destroy it again in a copy from before."""
    if not gone and not (whole and endings.is_new_whole(permit.operator, subject)):
        return
    places: dict[str, set[str]] = {}
    for each in gone:
        places.setdefault(str(each.record_id), set()).add(each.field)
    ordered = {record: sorted(fields) for record, fields in sorted(places.items())}
    slots = sorted(each.slot for each in gone)
    said = {"whole": whole, "places": ordered, "slots": slots}
    endings.note(permit.operator, subject, endings.DESTROYED, said, id=new_id())
    if not whole:
        journal.append_many(
            permit.operator,
            [
                PartDestroyed(
                    subject=subject,
                    actor=permit.actor,
                    action=permit.action,
                    purpose=permit.purpose,
                    clause=permit.clause,
                    record=UUID(record),
                    fields=tuple(fields),
                )
                for record, fields in ordered.items()
            ],
        )
