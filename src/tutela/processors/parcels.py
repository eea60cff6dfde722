"""What a processor needs to find a person, sealed under a number of its own until it answers.

A parcel is a place in the vault like any other: sealed with a key of its own, opened by a permit,
noted when it ends, so that no restored backup brings it back. It belongs to nobody that is known:
the one who was destroyed is destroyed, and only the command knows the parcel's number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.gate.standing import Standing
from tutela.inventory import taking
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import actions as retention
from tutela.retention.errors import DestructionRefused
from tutela.vault import actions as vault

POINT = "processor-command"
"""The point under which a parcel stands; no policy declares a form of this name."""
REASON = "tell-processor"


def _field(policy: Policy) -> str:
    """A field for free text, which no index knows; a parcel finds nobody here."""
    texts = [slug for slug, each in policy.fields.items() if each.type == "long-text"]
    free = [slug for slug, each in policy.fields.items() if each.type == "text"]
    return next(iter((*texts, *free)), "")


def seal(operator_id: UUID, policy: Policy, recipient: str, text: str) -> UUID | None:
    """The number of a new parcel for a processor; None where the policy has no field for it."""
    field, parcel, record = _field(policy), new_id(), new_id()
    if not field:
        return None
    permit = _permit(operator_id, parcel, Action.RECORDING, field, SYSTEM, recipient=recipient)
    taking.store(
        permit,
        record=record,
        point=POINT,
        purposes=(LawPurpose.RETENTION,),
        values={field: text},
        provenance=vault.Provenance(taking.STAFF),
    )
    retention.waits_for_its_own_end(operator_id, parcel, record, clock.now())
    return parcel


def unseal(
    operator_id: UUID, parcel: UUID, recipient: str, actor: Actor
) -> Mapping[str, Sequence[str]]:
    """What is in it, by field: for the command that is sent, or for staff who tell by hand."""
    field = _field(policies.in_force(operator_id))
    held = [slug for each in vault.holdings(operator_id, parcel).values() for slug in each]
    opened = held[0] if held else field
    permit = _permit(operator_id, parcel, Action.USE, opened, actor, recipient=recipient)
    values = vault.read(permit)
    found: Mapping[str, Sequence[str]] = json.loads(values[0].value) if values else {}
    return found


def end(operator_id: UUID, parcel: UUID) -> None:
    """The processor has answered: the parcel is destroyed as a person's data is."""
    fields = [slug for each in vault.holdings(operator_id, parcel).values() for slug in each]
    if not fields:
        return
    gate.change_standing(operator_id, parcel, lambda standing: standing)
    vault.destroy(_permit(operator_id, parcel, Action.DESTRUCTION, fields[0], SYSTEM))
    gate.change_standing(operator_id, parcel, lambda _standing: Standing(destroyed=True))
    retention.has_ended(operator_id, parcel, clock.now())


def _permit(
    operator_id: UUID,
    parcel: UUID,
    action: Action,
    field: str,
    actor: Actor,
    *,
    recipient: str = "",
) -> Permit:
    by_staff = actor != SYSTEM
    permit = gate.decide(
        Operation(
            operator=operator_id,
            subject=parcel,
            action=Action.EXTRACTION if by_staff and action is Action.USE else action,
            purpose=LawPurpose.OVERSIGHT if by_staff else LawPurpose.RETENTION,
            fields=frozenset({field}),
            actor=actor,
            recipient="" if by_staff else recipient,
            reason=REASON if by_staff else "",
        )
    )
    if isinstance(permit, gate.Refusal):
        raise DestructionRefused(permit)
    return permit
