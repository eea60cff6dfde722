"""What the operator alone can know and must tell, because the end of data hangs on it: that a
purpose is reached, that an agreement began, that it ended (000 8/b2; 001 5.7, 6.2(a); 003 11.5,
11.9(a); 004 5.2, 9.3(a-b); 152-FZ articles 5(7), 21(4); GDPR article 5(1)(e)).

Everything here runs inside ``operator_scope(operator_id)``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.gate import actions as gate
from tutela.gate.standing import Contract
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.actions import ObligationRow
from tutela.policy import actions as policies
from tutela.retention import keeping
from tutela.retention.entries import PurposeReached
from tutela.retention.errors import UnknownContract, WrongFact
from tutela.vault import actions as vault

REACHED = "purpose.reached"


def purposes_of(operator_id: UUID, subject: UUID) -> tuple[str, ...]:
    """The purposes of the policy for which something of a person is held."""
    policy = policies.in_force(operator_id)
    served = {each for record in vault.records(operator_id, subject) for each in record.purposes}
    return tuple(each for each in policy.purposes if each in served)


def purpose_reached(
    operator_id: UUID, subject: UUID, purposes: Collection[str] = (), *, by: Actor
) -> list[ObligationRow]:
    """The data of a person has served ``purposes`` (none named: all it is held for): what the
    policy promises on that begins now. Raises ``WrongFact`` for a purpose nothing is held for."""
    held = purposes_of(operator_id, subject)
    about = tuple(sorted(set(purposes)))
    if not held or not set(about) <= set(held):
        raise WrongFact(_("Nothing of this person is held for that purpose; choose another."))
    policy = policies.in_force(operator_id)
    fact = new_id()
    said = PurposeReached(
        subject=subject,
        actor=by,
        automated=by == SYSTEM,
        clause=policy.clause_of("retention.purge"),
        policy_version=policy.number,
        fact=fact,
        purposes=about or tuple(sorted(held)),
    )
    journal.append(operator_id, said)
    everything = set(about) in (set(), set(held))
    return obligations.open_for(
        operator_id,
        subject,
        REACHED,
        at=clock.now(),
        cause=fact,
        purposes=() if everything else about,
    )


def contracts(operator_id: UUID, subject: UUID) -> list[Contract]:
    """The agreements with a person that run now, the oldest first."""
    now, standing = clock.now(), gate.standing(operator_id, subject)
    running = (each for each in standing.contracts if each.live(now))
    return sorted(running, key=lambda each: (each.since, each.reference))


def contract_began(
    operator_id: UUID,
    subject: UUID,
    purposes: Collection[str] = (),
    *,
    until: datetime | None = None,
    by: Actor,
    reference: UUID | None = None,
) -> UUID:
    """An agreement with the person began; it carries ``purposes`` that rest on an agreement (none
    named: all of them). What is told twice under one ``reference`` began once. Raises
    ``WrongFact``."""
    known = {each.reference for each in gate.standing(operator_id, subject).contracts}
    if reference is not None and str(reference) in known:
        return reference
    policy = policies.in_force(operator_id)
    possible = set(keeping.by_contract(policy))
    if not possible:
        raise WrongFact(_("The policy bases no purpose on an agreement, so it keeps nothing."))
    if not set(purposes) <= possible:
        raise WrongFact(_("Choose purposes that the policy bases on an agreement."))
    if until is not None and until <= clock.now():
        raise WrongFact(_("An agreement that is over keeps nothing; name a later day, or none."))
    carried = set(purposes) or possible
    return keeping.contract_started(
        operator_id, subject, purposes=carried, reference=reference, until=until, by=by
    )


def contract_over(operator_id: UUID, subject: UUID, contract: UUID, *, by: Actor) -> None:
    """An agreement with the person ended. Raises ``UnknownContract`` if none of theirs runs under
    this number."""
    if str(contract) not in {each.reference for each in contracts(operator_id, subject)}:
        raise UnknownContract(_("No agreement with this person runs under this number."))
    keeping.contract_ended(operator_id, subject, contract, by=by)
