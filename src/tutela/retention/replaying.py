"""Destroys again, in a database that was restored, what had been destroyed since it was saved."""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, LawPurpose
from tutela.gate import actions as gate
from tutela.gate import stopping
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.identity import actions as identity
from tutela.retention import keeping
from tutela.retention.destroying import ERASERS, unblocked
from tutela.retention.errors import DestructionRefused
from tutela.retention.models import Schedule
from tutela.vault import actions as vault
from tutela.vault.ending_lines import Line
from tutela.vault.endings import AGAIN, DESTROYED, HELD, STOPPED


def destroy_again(operator: UUID, line: Line) -> None:
    """The same rows go as the first time, with the blind index, the other rooms' rows and the
    schedule; of a person who went whole, standing and identity say so again.

    The gate is asked as for any destruction; what it sees is the older standing. No second act is
    made: the entry about the replay names the ending, and the act of that day stays valid.
    """
    subject, whole = line.subject, bool(line.content["whole"])
    before = gate.change_standing(operator, subject, lambda standing: standing)
    held = vault.holdings(operator, subject)
    places = {UUID(record): set(fields) for record, fields in line.content["places"].items()}
    doomed = {
        record: fields if whole else fields & places.get(record, set())
        for record, fields in held.items()
    }
    if not before.destroyed and any(doomed.values()):
        permit = _permit(operator, subject, frozenset().union(*doomed.values()))
        if whole:
            vault.destroy(permit, again=True)
        else:
            for record, fields in sorted(doomed.items()):
                vault.destroy(permit, record=record, fields=fields, again=True)
    left = vault.holdings(operator, subject)
    emptied = [record for record in places if record not in left]
    for erase in ERASERS.values():
        erase(operator, [subject], None if whole else emptied)
    _close_schedule(operator, subject, None if whole else emptied)
    gate.change_standing(operator, subject, _gone if whole else unblocked, again=True)
    if whole:
        identity.mark_destroyed(operator, subject)


def _permit(operator: UUID, subject: UUID, fields: frozenset[str]) -> Permit:
    asked = Operation(
        operator=operator,
        subject=subject,
        action=Action.DESTRUCTION,
        purpose=LawPurpose.RETENTION,
        fields=fields,
        actor=SYSTEM,
    )
    permit = gate.decide(asked)
    if isinstance(permit, gate.Refusal):
        raise DestructionRefused(permit)
    return permit


def _close_schedule(operator: UUID, subject: UUID, records: list[UUID] | None) -> None:
    rows = Schedule.objects.filter(operator_id=operator, subject_id=subject, done_at__isnull=True)
    rows = rows if records is None else rows.filter(record__in=records)
    rows.update(done_at=clock.now(), next_at=None)


def _gone(_before: Standing) -> Standing:
    return Standing(destroyed=True)


def stop_again(operator: UUID, line: Line) -> None:
    """Blocks, refusals and ends are in the standing again; what they were asked for is not."""

    def stop(standing: Standing) -> Standing:
        return standing if standing.destroyed else stopping.again(standing, line)

    gate.change_standing(operator, line.subject, stop, again=True)


def hold_again(operator: UUID, line: Line) -> None:
    """A hold that was opened since the backup stands again, one that was released is gone."""
    keeping.repeat(operator, line.subject, line.content, line.at)


AGAIN.register(DESTROYED, destroy_again)
AGAIN.register(STOPPED, stop_again)
AGAIN.register(HELD, hold_again)
