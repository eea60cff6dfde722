"""Keeping where a person is, and removing it. The caller has opened ``operator_scope``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent.errors import NothingToWithdraw
from tutela.core import clock, places
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.geo import rules
from tutela.geo.entries import PlaceKept, PlaceRemoved
from tutela.geo.errors import NoPermission, NotAsked
from tutela.geo.rules import Terms
from tutela.inventory import taking
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import turning_away
from tutela.requests.actions import today_of
from tutela.requests.errors import Incomplete
from tutela.requests.intake import permit
from tutela.requests.rules import Problem, Wrong, read_field
from tutela.retention import actions as retention
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Place:
    """``permitted`` says whether the person agrees now; ``held`` whether anything is kept."""

    permitted: bool
    held: bool


def terms(operator_id: UUID) -> Terms:
    """What the policy says of places; raises ``NotAsked``."""
    found = rules.terms_of(policies.in_force(operator_id))
    if found is None:
        raise NotAsked(_("Nobody is asked here where they are."))
    return found


def place(operator_id: UUID, subject: UUID) -> Place:
    """Whether the person permits it now, and whether a place is kept."""
    said = rules.terms_of(policies.in_force(operator_id))
    if said is None:
        return Place(permitted=False, held=False)
    agreed = said.purpose in consent.live(operator_id, subject)
    return Place(permitted=agreed, held=bool(_records(operator_id, subject, said)))


def _records(operator_id: UUID, subject: UUID, said: Terms) -> list[UUID]:
    held = vault.holdings(operator_id, subject)
    return [
        each.id
        for each in vault.records(operator_id, subject)
        if each.point == said.point and held.get(each.id)
    ]


def permit_it(operator_id: UUID, subject: UUID, *, language: str, actor: Actor) -> None:
    """The person agrees to the one purpose that a place serves; nothing is kept by that yet."""
    said = terms(operator_id)
    if said.purpose not in consent.live(operator_id, subject):
        consent.give(
            operator_id,
            subject,
            [said.purpose],
            act="location",
            point=said.point,
            language=language,
            mode=consent.Mode.TICK,
            actor=actor,
        )


def keep_coordinates(
    operator_id: UUID, subject: UUID, latitude: float, longitude: float, *, actor: Actor
) -> UUID:
    """Keep where the device is, made as rough as the policy says before it is sealed.

    Raises ``NotAsked``, ``NoPermission`` and ``Refused``, and then nothing is kept.
    """
    said = terms(operator_id)
    if not said.precision:
        raise NotAsked(_("Coordinates are not taken here; write the place instead."))
    value = places.rounded(latitude, longitude, said.precision)
    return _keep(operator_id, subject, said, said.place, value, actor=actor)


def keep_address(operator_id: UUID, subject: UUID, text: str, *, actor: Actor) -> UUID:
    """Keep a typed address; it does whatever a position of the device does (002 “Использование”
    b5). Raises ``Incomplete`` beside the others."""
    said = terms(operator_id)
    policy = policies.in_force(operator_id)
    try:
        value = read_field(policy, said.address, text, today_of(policy))
    except Wrong as wrong:
        problems = (wrong.about(said.address),)
        raise turning_away.incomplete(operator_id, said.point, problems) from None
    if not value:
        raise Incomplete((Problem(said.address, _("Write the place, or leave this page.")),))
    return _keep(operator_id, subject, said, said.address, value, actor=actor)


def _keep(
    operator_id: UUID, subject: UUID, said: Terms, field: str, value: str, *, actor: Actor
) -> UUID:
    """One place at a time: the one before is destroyed, so that no trail is made."""
    if said.purpose not in consent.live(operator_id, subject):
        raise NoPermission(_("Agree first to what the place is used for, or do not tell it."))
    policy, record = policies.in_force(operator_id), new_id()
    with transaction.atomic():
        _destroy(operator_id, subject, said)
        leave = permit(
            Operation(
                operator=operator_id,
                subject=subject,
                action=Action.COLLECTION,
                purpose=said.purpose,
                fields=frozenset({field}),
                actor=actor,
                point=said.point,
            )
        )
        taking.store(
            leave,
            record=record,
            point=said.point,
            purposes=(said.purpose,),
            values={field: value},
        )
        now, event = clock.now(), policy.points[said.point].event
        retention.schedule(operator_id, subject, record, said.point, now)
        obligations.open_for(operator_id, subject, event, at=now, cause=record)
        device = field == said.place and field != said.address
        kept = PlaceKept(
            subject=subject,
            actor=actor,
            action=Action.COLLECTION,
            purpose=said.purpose,
            automated=False,
            clause=policy.clause_of(rules.GEO),
            policy_version=policy.number,
            record=record,
            how="device" if device else "typed",
            precision=said.precision if device else 0,
        )
        journal.append(operator_id, kept)
    return record


def remove(operator_id: UUID, subject: UUID, *, actor: Actor) -> bool:
    """The permission ends, and with it what is kept: True if nothing is left. Where the policy
    reserves destruction to a decision that nobody has taken, the use stops now and the place goes
    by what is promised on the withdrawal."""
    said = terms(operator_id)
    with suppress(NothingToWithdraw):
        consent.withdraw(operator_id, subject, [said.purpose], actor=actor, channel="portal")
    gone = _destroy(operator_id, subject, said)
    if gone:
        policy = policies.in_force(operator_id)
        removed = PlaceRemoved(
            subject=subject,
            actor=actor,
            action=Action.DESTRUCTION,
            purpose=said.purpose,
            automated=False,
            clause=policy.clause_of(rules.GEO),
            policy_version=policy.number,
            records=gone,
        )
        journal.append(operator_id, removed)
    return not _records(operator_id, subject, said)


def _destroy(operator_id: UUID, subject: UUID, said: Terms) -> int:
    fields = frozenset({said.place, said.address})
    gone = 0
    for record in _records(operator_id, subject, said):
        leave = gate.decide(
            Operation(
                operator=operator_id,
                subject=subject,
                action=Action.DESTRUCTION,
                purpose=LawPurpose.RETENTION,
                fields=fields,
                actor=SYSTEM,
                record=record,
            )
        )
        if isinstance(leave, Permit):
            vault.destroy(leave, record=record, fields=fields)
            gone += 1
    return gone
