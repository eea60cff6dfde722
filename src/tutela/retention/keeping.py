"""What keeps data although its consent is gone: holds and agreements with the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.gate.standing import Contract, Hold, Standing
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention.entries import ContractEnded, ContractStarted, DataHeld, HoldReleased
from tutela.retention.errors import UnknownGround, UnknownHold, WrongHold
from tutela.retention.models import Agreement, HoldRow
from tutela.retention.obstacles import wake
from tutela.retention.wording import ReleaseReason
from tutela.vault import actions as vault
from tutela.vault.endings import HELD

AGREEMENT = "agreement"
"""The ground of a hold by another agreement between the operator and the person (004 9.4(c))."""

DISPUTE, OFFICIAL = "dispute", "official-request"
"""Grounds of a hold while a claim is argued about, and while an authority’s request stands. What
they hold serves nothing at all but the law’s own purposes (GDPR articles 17(3)(e) and 18(2))."""

BESIDE = (AGREEMENT, DISPUTE, OFFICIAL)
"""The grounds of a hold that are neither a basis nor a purpose of the policy."""

MINOR = "minor.found"
"""The fact after which nothing of a child may be kept, on no ground (001 10.10(d))."""


@dataclass(frozen=True, slots=True)
class HoldOn:
    """A hold as it was recorded; ``released_at`` is None while it was not released."""

    id: UUID
    subject_id: UUID
    ground: str
    fields: tuple[str, ...]
    until: datetime | None
    clause: str
    opened_at: datetime
    opened_by: str
    released_at: datetime | None
    released_by: str
    release_reason: str


def _row(row: HoldRow) -> HoldOn:
    names = (each for each in HoldOn.__dataclass_fields__ if each != "fields")
    return HoldOn(**{name: getattr(row, name) for name in names}, fields=tuple(row.fields))


def _hold(row: HoldRow) -> Hold:
    return Hold(row.ground, frozenset(row.fields), row.until, row.clause)


def hold(
    operator_id: UUID,
    subject: UUID,
    ground: str,
    *,
    fields: Collection[str] | None = None,
    until: datetime | None = None,
    clause: str = "",
    by: Actor = SYSTEM,
) -> UUID:
    """Keep these fields (None: all) on ``ground``: a basis or a purpose of the policy, or one of
    ``BESIDE``. The gate lets them serve that ground alone and refuses their destruction until
    ``until`` or ``release``; then what nothing needs is destroyed (000 8/p2; 001 6.2.1-6.2.3;
    003 11.9(b), 11.11.3; 004 2.9/b6, 9.3(c), 9.4(c)). Raises ``UnknownGround`` and ``WrongHold``.
    """
    policy = policies.in_force(operator_id)
    if ground not in {*policy.bases, *policy.purposes, *BESIDE}:
        known = ", ".join([*policy.bases, *BESIDE])
        raise UnknownGround(f"Name a basis or a purpose of the policy as the ground: {known}.")
    named = sorted(policy.fields if fields is None else fields)
    _check(operator_id, subject, policy, named, until)
    row = HoldRow(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        ground=ground,
        fields=named,
        until=until,
        clause=clause or policy.clause_of("retention.hold"),
        opened_at=clock.now(),
        opened_by=by.id or str(by.kind),
    )
    _open(row)
    _note(row)
    journal.append(
        operator_id,
        DataHeld(
            subject=subject,
            actor=by,
            clause=row.clause,
            policy_version=policy.number,
            automated=by == SYSTEM,
            hold=row.id,
            ground=ground,
            fields=tuple(named),
            until=until,
        ),
    )
    return row.id


def _note(row: HoldRow) -> None:
    """The hold where a restored backup finds it."""
    said = {
        "hold": str(row.id),
        "ground": row.ground,
        "fields": row.fields,
        "until": row.until.isoformat() if row.until else None,
        "clause": row.clause,
        "by": row.opened_by,
    }
    vault.note_ending(row.operator_id, row.subject_id, HELD, said, id=row.id)


def _check(
    operator_id: UUID,
    subject: UUID,
    policy: Policy,
    fields: Collection[str],
    until: datetime | None,
) -> None:
    if not fields or not set(fields) <= policy.fields.keys():
        raise WrongHold(_("Choose at least one of the fields that the policy names."))
    if until is not None and until <= clock.now():
        raise WrongHold(_("The end of a hold must lie ahead; name a later day or leave it open."))
    waiting = obligations.listing(operator_id, obligations.STANDING, subject)
    if any(each.event == MINOR for each in waiting):
        raise WrongHold(
            _("This is the data of a child without a guardian’s consent: it goes at once.")
        )


def _open(row: HoldRow) -> None:
    row.save(force_insert=True)

    def add(standing: Standing) -> Standing:
        return replace(standing, holds=(*standing.holds, _hold(row)))

    gate.change_standing(row.operator_id, row.subject_id, add)


def repeat(operator_id: UUID, subject: UUID, said: Mapping[str, Any], at: datetime) -> None:
    """Open or release again, after a restore, the hold that ``said`` names. Safe to repeat."""
    hold_id = UUID(said["hold"])
    rows = HoldRow.objects.filter(operator_id=operator_id, id=hold_id)
    if said.get("released"):
        if (row := rows.filter(released_at__isnull=True).first()) is not None:
            _close(row, at, said.get("by", ""), said.get("reason", ReleaseReason.ENDED))
    elif not rows.exists() and not gate.standing(operator_id, subject).destroyed:
        until = said["until"]
        _open(
            HoldRow(
                operator_id=operator_id,
                subject_id=subject,
                id=hold_id,
                ground=said["ground"],
                fields=list(said["fields"]),
                until=datetime.fromisoformat(until) if until else None,
                clause=said["clause"],
                opened_at=at,
                opened_by=said.get("by", ""),
            )
        )


def _close(row: HoldRow, at: datetime, by: str, reason: str) -> None:
    def remove(standing: Standing) -> Standing:
        left = list(standing.holds)
        if _hold(row) in left:
            left.remove(_hold(row))
        return replace(standing, holds=tuple(left))

    gate.change_standing(row.operator_id, row.subject_id, remove)
    row.released_at, row.released_by = at, by
    row.release_reason = ReleaseReason(reason)
    row.save(update_fields=["released_at", "released_by", "release_reason"])


def release(
    operator_id: UUID, hold_id: UUID, *, by: Actor = SYSTEM, reason: str = ReleaseReason.ENDED
) -> None:
    """The ground is gone: what nothing else needs is destroyed at the next sweep.

    Raises ``UnknownHold``.
    """
    rows = HoldRow.objects.select_for_update().filter(operator_id=operator_id, id=hold_id)
    row = rows.filter(released_at__isnull=True).first()
    if row is None:
        raise UnknownHold("The operator has no such hold, or it was released before.")
    told = by.id or str(by.kind)
    _close(row, clock.now(), told, reason)
    gone = {"hold": str(row.id), "released": True, "by": told, "reason": str(row.release_reason)}
    vault.note_ending(operator_id, row.subject_id, HELD, gone, id=new_id())
    said = HoldReleased(
        subject=row.subject_id,
        actor=by,
        clause=row.clause,
        automated=by == SYSTEM,
        hold=row.id,
        ground=row.ground,
        reason=row.release_reason,
    )
    journal.append(operator_id, said)
    wake(operator_id, row.subject_id)


def release_for_minor(operator_id: UUID, subject: UUID) -> None:
    """No hold keeps the data of a child that came without a guardian’s consent (001 10.10(d))."""
    for each in holds(operator_id, subject):
        release(operator_id, each.id, reason=ReleaseReason.MINOR)


def holds(
    operator_id: UUID, subject: UUID | None = None, *, released: bool = False
) -> list[HoldOn]:
    """Holds that were not released (or, with ``released``, every hold there was), oldest first;
    of one person, or of everybody."""
    rows = HoldRow.objects.filter(operator_id=operator_id)
    if not released:
        rows = rows.filter(released_at__isnull=True)
    if subject is not None:
        rows = rows.filter(subject_id=subject)
    return [_row(row) for row in rows.order_by("opened_at", "id")]


def contract_started(
    operator_id: UUID,
    subject: UUID,
    *,
    purposes: Collection[str] | None = None,
    reference: UUID | None = None,
    until: datetime | None = None,
    by: Actor = SYSTEM,
) -> UUID:
    """An agreement with the person began. It carries ``purposes`` (None: all whose basis is a
    contract), and what it needs of the records at hand serves it from now on, so that a
    withdrawal of consent leaves that part (004 9.4(c))."""
    policy = policies.in_force(operator_id)
    carried = tuple(sorted(by_contract(policy) if purposes is None else purposes))
    contract = Contract(str(reference or new_id()), carried, clock.now(), until)

    def begin(standing: Standing) -> Standing:
        return replace(standing, contracts=(*standing.contracts, contract))

    gate.change_standing(operator_id, subject, begin)
    if until is not None:
        Agreement.objects.create(
            operator_id=operator_id, subject_id=subject, id=UUID(contract.reference), until=until
        )
    _serve(operator_id, subject, policy, carried)
    said = ContractStarted(
        subject=subject,
        actor=by,
        basis="contract",
        clause=policy.clause_of("basis.register"),
        policy_version=policy.number,
        automated=by == SYSTEM,
        contract=UUID(contract.reference),
        purposes=carried,
    )
    journal.append(operator_id, said)
    return UUID(contract.reference)


def by_contract(policy: Policy) -> list[str]:
    """The purposes that the policy bases on an agreement."""
    return [
        slug
        for slug, purpose in policy.purposes.items()
        if any(policy.bases[each].kind == "contract" for each in purpose.bases)
    ]


def serve_agreements(operator_id: UUID, subject: UUID, record: UUID) -> None:
    """A record taken in while agreements run serves them too, as those at hand did when they
    began: what an agreement needs outlives a withdrawal of the consent (004 9.4(c))."""
    now = clock.now()
    running = [each for each in gate.standing(operator_id, subject).contracts if each.live(now)]
    if running:
        policy = policies.in_force(operator_id)
        carried = {each for contract in running for each in contract.purposes}
        _serve(operator_id, subject, policy, sorted(carried & policy.purposes.keys()), only=record)


def _serve(
    operator_id: UUID,
    subject: UUID,
    policy: Policy,
    purposes: Collection[str],
    *,
    only: UUID | None = None,
) -> None:
    """Enter the agreement's purposes on the records that were not taken for marketing alone."""
    held = vault.holdings(operator_id, subject)
    for record in vault.records(operator_id, subject):
        if only not in {None, record.id}:
            continue
        known = [policy.purposes[each] for each in record.purposes if each in policy.purposes]
        if all(each.marketing for each in known):
            continue
        for purpose in purposes:
            needed = held.get(record.id, frozenset()) & policy.purposes[purpose].fields
            operation = Operation(
                operator=operator_id,
                subject=subject,
                action=Action.RECORDING,
                purpose=purpose,
                fields=needed,
                actor=SYSTEM,
            )
            permit = gate.decide(operation) if needed else None
            if isinstance(permit, Permit):
                vault.store(
                    permit, record=record.id, point=record.point, purposes=(purpose,), values={}
                )


def contract_ended(
    operator_id: UUID, subject: UUID, reference: UUID, *, by: Actor = SYSTEM
) -> None:
    """The agreement ended: promises on it are opened, and what it alone kept goes."""
    now = clock.now()

    def end(standing: Standing) -> Standing:
        ended = tuple(
            replace(each, until=now) if each.reference == str(reference) else each
            for each in standing.contracts
        )
        return replace(standing, contracts=ended)

    gate.change_standing(operator_id, subject, end)
    Agreement.objects.filter(operator_id=operator_id, id=reference).update(told_at=now)
    state_ended(operator_id, subject, reference, at=now, by=by)


def state_ended(
    operator_id: UUID, subject: UUID, reference: UUID, *, at: datetime, by: Actor
) -> None:
    """The agreement was over ``at`` this moment: what the policy counts from it begins."""
    policy = policies.in_force(operator_id)
    said = ContractEnded(
        subject=subject,
        actor=by,
        basis="contract",
        clause=policy.clause_of("basis.register"),
        policy_version=policy.number,
        automated=by == SYSTEM,
        contract=reference,
    )
    journal.append(operator_id, said)
    obligations.open_for(operator_id, subject, "contract.ended", at=at, cause=reference)
    wake(operator_id, subject)
