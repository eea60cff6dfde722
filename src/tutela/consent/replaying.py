"""Withdraws again, in a database that was restored, what had been withdrawn since it was saved."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from tutela.consent import entries, rules
from tutela.consent.events import Over
from tutela.consent.models import WithdrawalRow
from tutela.consent.rules import Kind
from tutela.core.vocabulary import Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.standing import ConsentState, Standing
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.vault.ending_lines import Line
from tutela.vault.endings import AGAIN, WITHDRAWN


def withdraw_again(operator: UUID, line: Line) -> None:
    """The consents leave the standing, and what was promised on the withdrawal is opened with the
    moment it was made, so that no term begins anew (004 9.4(a)).

    A consent that was given again after this withdrawal came with the backup; it is younger than
    the line and stays.
    """
    ended: dict[str, ConsentState] = {}
    purposes = set(line.content["purposes"])

    def stop(standing: Standing) -> Standing:
        ended.update(
            (slug, each)
            for slug, each in standing.consents.items()
            if slug in purposes and each.given_at <= line.at
        )
        kept = {slug: each for slug, each in standing.consents.items() if slug not in ended}
        return replace(standing, consents=kept)

    standing = gate.change_standing(operator, line.subject, stop)
    known = WithdrawalRow.objects.filter(operator_id=operator, subject_id=line.subject, id=line.id)
    if known.exists() or standing.destroyed:
        return
    channel = str(line.content["channel"])
    row = WithdrawalRow.objects.create(
        operator_id=operator,
        subject_id=line.subject,
        id=line.id,
        purposes=sorted(purposes),
        at=line.at,
        channel=channel,
        actor=str(ActorKind.SUBJECT),
        remaining=list(rules.remaining_grounds(standing, line.at)),
        policy_version=policies.in_force(operator).number,
    )
    over = Over(operator, line.subject, ended, Kind.WITHDRAWN, row.id)
    over.write(line.at)
    over.open_promises("consent.withdrawn", line.at, _journal(row))


def _journal(row: WithdrawalRow) -> UUID:
    withdrawn = entries.ConsentWithdrawn(
        subject=row.subject_id,
        actor=Actor(ActorKind.SUBJECT, str(row.subject_id)),
        clause=policies.in_force(row.operator_id).clause_of("consent.withdraw"),
        basis="consent",
        policy_version=row.policy_version,
        withdrawal=row.id,
        channel=row.channel,
        purposes=tuple(row.purposes),
        remaining=tuple(row.remaining),
    )
    return journal.append(row.operator_id, withdrawn)


AGAIN.register(WITHDRAWN, withdraw_again)
