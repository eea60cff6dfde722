"""What this room offers: opening a run, looking at it, agreeing to it, calling it off.

Liquidation ends everybody's data but what the law or a hold keeps (000 8/b4); a sale seals for the
buyer, who has taken the policy over in writing, what the policy lets it have (003 6.2.4, 004
3.12/b4). Somebody else than whoever opened a run agrees to it, people are told, and on its day it
is carried out by a sweep (``carrying``). Everything runs inside ``operator_scope(operator_id)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.db import transaction
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy import closing
from tutela.policy.model import Policy
from tutela.runs import filing
from tutela.runs.entries import IntakeReopened, RunCancelled, RunDecided, RunOpened
from tutela.runs.errors import UnknownRun, WrongRun
from tutela.runs.models import Run
from tutela.runs.wording import RunKind, Step, Why

FILE_DAYS, MOST_DAYS = 30, 365
"""For how many days the sealed file of a sale stays, if nothing is said, and at most."""
_REFERENCE = re.compile(r"[\w№#/.\- ]{1,40}")


@dataclass(frozen=True, slots=True)
class RunRow:
    id: UUID
    kind: str
    clause: str
    reference: str
    carry_at: datetime
    buyer: str
    key: str
    assumed: str
    destroys: bool
    opened_at: datetime
    opened_by: str
    decided_at: datetime | None
    decided_by: str
    cancelled_at: datetime | None
    told: int
    noticed_at: datetime | None
    people: int
    handed: int
    destroyed: int
    partly: int
    kept: int
    waiting: int
    next_at: datetime | None
    ended_at: datetime | None
    envelope: Mapping[str, Any] | None
    file_days: int
    receipt: str
    file_gone_at: datetime | None
    file_envelope: Mapping[str, Any] | None

    @property
    def file(self) -> bool:
        """Whether there is a sealed file for the buyer."""
        return self.handed > 0 and self.file_gone_at is None

    def step(self, now: datetime) -> Step:
        if self.cancelled_at or self.ended_at:
            return Step.CANCELLED if self.cancelled_at else Step.ENDED
        if self.decided_at is None:
            return Step.OPENED
        if self.noticed_at is None:
            return Step.TELLING
        return Step.WAITING if now < self.carry_at else Step.CARRYING


@dataclass(frozen=True, slots=True)
class Proposal:
    """``reference`` and ``assumed`` are numbers or dates of papers: of the decision of the owners
    or the court, and of the buyer's written assumption of the policy. ``key`` is the buyer's
    public key, in hexadecimal, for which the data is sealed; the file stays here for at most
    ``file_days`` days after the run."""

    kind: str
    reference: str
    carry_at: datetime
    buyer: str = ""
    key: str = ""
    assumed: str = ""
    destroys: bool = True
    file_days: int = FILE_DAYS


def row_of(run: Run) -> RunRow:
    return RunRow(**{name: getattr(run, name) for name in RunRow.__dataclass_fields__})


def runs(operator_id: UUID) -> list[RunRow]:
    """All runs, the newest first."""
    found = Run.objects.filter(operator_id=operator_id).order_by("-opened_at", "-id")
    return [row_of(each) for each in found]


def run(operator_id: UUID, run_id: UUID) -> RunRow:
    return row_of(locked(operator_id, run_id, lock=False))


def locked(operator_id: UUID, run_id: UUID, *, lock: bool = True) -> Run:
    rows = Run.objects.select_for_update() if lock else Run.objects.all()
    found = rows.filter(operator_id=operator_id, id=run_id).first()
    if found is None:
        raise UnknownRun(_("There is no such run. Open it from the list."))
    return found


def buyers(policy: Policy) -> list[str]:
    """Who may take data over: those recipients of the policy that are neither processors nor
    authorities."""
    return [slug for slug, each in policy.recipients.items() if each.role == "recipient"]


def clause_of(policy: Policy, kind: str, buyer: str = "") -> str:
    """The clause that a run carries out."""
    if kind == RunKind.SALE:
        return next(iter(policy.recipients[buyer].clauses), "")
    named = (each for each in policy.bindings if each.parameters.get("event") == kind)
    found = next(named, None)
    return found.clause if found else ""


@transaction.atomic
def open_run(operator_id: UUID, said: Proposal, *, by: Actor) -> RunRow:
    """Put a run before a second person; nothing is done yet. Raises ``WrongRun``."""
    policy = policies.in_force(operator_id)
    _check(policy, said)
    if any(not each.ended_at and not each.cancelled_at for each in runs(operator_id)):
        raise WrongRun(_("Another run has not ended yet. Call it off first, or wait for its end."))
    made = Run.objects.create(
        operator_id=operator_id,
        id=new_id(),
        kind=said.kind,
        clause=clause_of(policy, said.kind, said.buyer),
        reference=said.reference.strip(),
        carry_at=said.carry_at,
        buyer=said.buyer,
        key=said.key.strip().lower(),
        assumed=said.assumed.strip(),
        destroys=said.destroys or said.kind == RunKind.LIQUIDATION,
        file_days=said.file_days,
        opened_at=clock.now(),
        opened_by=by.id,
    )
    _journal(made, RunOpened, by, carry_at=said.carry_at)
    return row_of(made)


def _check(policy: Policy, said: Proposal) -> None:
    if said.kind not in set(RunKind):
        raise WrongRun(_("Choose whether the operator is wound up or the business is sold."))
    if not _REFERENCE.fullmatch(said.reference.strip()):
        raise WrongRun(
            _("Write the number or date of the decision in up to 40 letters and digits, no name.")
        )
    if said.carry_at <= clock.now():
        raise WrongRun(_("Choose a day that is still to come, so that people hear of it before."))
    if said.kind == RunKind.LIQUIDATION:
        return
    if said.buyer not in buyers(policy):
        raise WrongRun(_("Choose the buyer from the recipients that the policy declares."))
    if not _REFERENCE.fullmatch(said.assumed.strip()):
        raise WrongRun(
            _(
                "Write the number or date of the paper by which the buyer takes the obligations of "
                "the policy over; without it nothing is handed over."
            )
        )
    if not 1 <= said.file_days <= MOST_DAYS:
        raise WrongRun(_("Write for how many days the sealed file stays here: from 1 to 365."))
    try:
        X25519PublicKey.from_public_bytes(bytes.fromhex(said.key.strip()))
    except ValueError:
        raise WrongRun(
            _("Write the buyer’s public key: 64 hexadecimal digits, as its key file shows them.")
        ) from None


def decide(operator_id: UUID, run_id: UUID, *, by: Actor) -> RunRow:
    """A second person agrees; from now on it goes on by itself."""
    found = _open(operator_id, run_id)
    if found.opened_by == by.id:
        raise WrongRun(_("Somebody else than whoever opened the run has to agree to it."))
    if found.decided_at is None:
        found.decided_at, found.decided_by, found.next_at = clock.now(), by.id, clock.now()
        found.save(force_update=True)
        _journal(found, RunDecided, by)
    return row_of(found)


def cancel(operator_id: UUID, run_id: UUID, *, by: Actor) -> RunRow:
    """It is called off; what was carried out already stays so. Data is taken in again, and the
    sealed file for the buyer goes."""
    found = _open(operator_id, run_id)
    found.cancelled_at, found.cancelled_by, found.next_at = clock.now(), by.id, None
    found.save(force_update=True)
    _journal(found, RunCancelled, by)
    if found.kind == RunKind.LIQUIDATION and closing.reopen(operator_id):
        said = IntakeReopened(actor=by, automated=False, clause=found.clause, run=found.id)
        journal.append(operator_id, said)
    if found.handed:
        filing.end(found, Why.CANCELLED, clock.now(), by=by)
    return row_of(found)


def received(operator_id: UUID, run_id: UUID, receipt: str, *, by: Actor) -> RunRow:
    """The buyer has confirmed, by the paper of this number or date, that it has the file: it is
    destroyed here, and the act says so."""
    if not _REFERENCE.fullmatch(receipt.strip()):
        raise WrongRun(
            _(
                "Write the number or date of the buyer’s receipt in up to 40 letters and digits, "
                "no name."
            )
        )
    found = locked(operator_id, run_id)
    if found.ended_at is None or not found.handed:
        raise WrongRun(_("There is no finished file that the buyer could have taken."))
    if found.file_gone_at is None:
        found.receipt = receipt.strip()
        filing.end(found, Why.RECEIVED, clock.now(), by=by)
    return row_of(found)


def _open(operator_id: UUID, run_id: UUID) -> Run:
    found = locked(operator_id, run_id)
    if found.cancelled_at is not None or found.ended_at is not None:
        raise WrongRun(_("The run is over already."))
    return found


def _journal(found: Run, kind: Any, by: Actor, **more: object) -> None:
    said = kind(
        actor=by,
        automated=False,
        clause=found.clause,
        policy_version=policies.in_force(found.operator_id).number,
        run=found.id,
        run_kind=found.kind,
        **more,
    )
    journal.append(found.operator_id, said)
