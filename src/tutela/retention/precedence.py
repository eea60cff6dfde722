"""Which of several rules on one record goes before the others, where the policy says so."""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.retention import rules
from tutela.retention.entries import RuleGaveWay
from tutela.retention.models import Schedule
from tutela.retention.rules import Ending


def settle(
    operator_id: UUID, subject: UUID, record: UUID, policy: Policy, ending: Ending
) -> Ending:
    """What is left to a rule that begins; rules below it lose the purposes that it ends."""
    waiting = Schedule.objects.select_for_update().filter(
        operator_id=operator_id, subject_id=subject, record=record, done_at__isnull=True
    )
    at_work: dict[str, set[str]] = {}
    for row in waiting:
        at_work.setdefault(row.rule, set()).update(row.purposes)
        if row.rule in policy.retention[ending.rule].over:
            _give_way(row, ending, policy)
    return rules.left_by(policy, ending, at_work)


def _give_way(row: Schedule, ending: Ending, policy: Policy) -> None:
    left = [each for each in row.purposes if each not in ending.purposes]
    if left == row.purposes:
        return
    row.purposes = left
    if not left:
        row.done_at, row.next_at = clock.now(), None
    row.save(update_fields=["purposes", "done_at", "next_at"])
    said = RuleGaveWay(
        subject=row.subject_id,
        clause=ending.clause,
        policy_version=policy.number,
        record=row.record,
        rule=row.rule,
        to=ending.rule,
    )
    journal.append(row.operator_id, said)
