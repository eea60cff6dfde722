"""What this room offers: opening an account, what is missing in it, and ending it.

Everything here runs inside ``operator_scope(operator_id)``.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.accounts import rules
from tutela.accounts.entries import AccountDeleted, AccountOpened, DocumentAccepted, TokenIssued
from tutela.accounts.errors import DeadToken, NoAccount, NoSuchDocument
from tutela.accounts.models import Acceptance, Account, Token
from tutela.accounts.rules import profile_points
from tutela.consent import actions as consent
from tutela.consent.errors import NothingToWithdraw
from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.ids import new_id, new_token
from tutela.core.vocabulary import SYSTEM, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.actions import LISTENERS, Fact
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import actions as requests
from tutela.retention import actions as retention
from tutela.vault import actions as vault

__all__ = [
    "AccountRow",
    "Counts",
    "accept",
    "accepted_by",
    "account",
    "counts",
    "delete",
    "demand",
    "forget",
    "issue_token",
    "profile_points",
    "whose_token",
]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """``state`` is open, limited (something required is missing, or a document was not accepted)
    or closed. ``missing`` are fields, ``to_accept`` documents; ``accepted`` gives versions."""

    subject: UUID
    record: UUID
    point: str
    opened_at: datetime
    closed_at: datetime | None
    why: str
    guardian: UUID | None
    missing: tuple[str, ...] = ()
    to_accept: tuple[str, ...] = ()
    accepted: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        if self.closed_at is not None:
            return "closed"
        return "limited" if self.missing or self.to_accept else "open"


def account(operator_id: UUID, subject: UUID) -> AccountRow | None:
    """The person's account, ended or not; None if they never had one. A registration that was
    taken in before accounts were kept is entered now."""
    policy = policies.in_force(operator_id)
    row = _row(operator_id, subject)
    if row is None:
        for record in vault.records(operator_id, subject):
            if record.point in _points(policy):
                _open(operator_id, subject, policy, record.id, record.point)
                row = _row(operator_id, subject)
    return _shown(operator_id, policy, row) if row else None


def _row(operator_id: UUID, subject: UUID) -> Account | None:
    return Account.objects.filter(operator_id=operator_id, subject_id=subject).first()


def _points(policy: Policy) -> list[str]:
    return [each.slug for each in policy.points.values() if each.kind == rules.KIND]


def demand(operator_id: UUID, subject: UUID) -> AccountRow:
    """The person's open account; raises ``NoAccount``."""
    found = account(operator_id, subject)
    if found is None or found.closed_at is not None:
        raise NoAccount(_("There is no open account here. Open one by the form of registration."))
    return found


def _shown(operator_id: UUID, policy: Policy, row: Account) -> AccountRow:
    held = vault.holdings(operator_id, row.subject_id)
    accepted = accepted_by(operator_id, row.subject_id)
    child = row.guardian_id is not None
    documents = () if child else rules.terms_of(policy).accepts
    return AccountRow(
        subject=row.subject_id,
        record=row.record,
        point=row.point,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        why=row.why,
        guardian=row.guardian_id,
        missing=rules.missing(policy, row.point, held.get(row.record, frozenset())),
        to_accept=tuple(each for each in documents if each not in accepted),
        accepted=accepted,
    )


def accepted_by(operator_id: UUID, subject: UUID) -> dict[str, str]:
    """The documents the person accepted, each with the last version of it."""
    rows = Acceptance.objects.filter(operator_id=operator_id, subject_id=subject).order_by("at")
    return {each.document: each.version for each in rows}


def accept(operator_id: UUID, subject: UUID, documents: Collection[str], *, actor: Actor) -> None:
    """Note that the person accepts ``documents``, each in the version of the policy in force.

    Where the policy says so, accepting all of them concludes the contract (001 1.1, 10.1).
    Accepting again what was accepted changes nothing. Raises ``NoAccount``, ``NoSuchDocument``.
    """
    before = demand(operator_id, subject)
    policy = policies.in_force(operator_id)
    terms = rules.terms_of(policy)
    if not set(documents) <= set(terms.accepts):
        raise NoSuchDocument(_("Nobody is asked to accept this document. Choose from the list."))
    for document in (each for each in before.to_accept if each in documents):
        row = Acceptance.objects.create(
            operator_id=operator_id,
            subject_id=subject,
            id=new_id(),
            document=document,
            version=str(policy.number),
            at=clock.now(),
        )
        journal.append(
            operator_id,
            DocumentAccepted(
                subject=subject,
                actor=actor,
                automated=False,
                clause=policy.clause_of(rules.PROFILE),
                policy_version=policy.number,
                document=document,
                version=row.version,
            ),
        )
    after = demand(operator_id, subject)
    if terms.contract and before.to_accept and not after.to_accept:
        retention.contract_started(operator_id, subject, by=actor)


# --- tokens of the operator's products --------------------------------------------------------


def issue_token(operator_id: UUID, subject: UUID, product: str, *, actor: Actor) -> str:
    """A token by which the operator's product acts for the person until the account ends."""
    demand(operator_id, subject)
    token = new_token()
    row = Token.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        digest=sha256_hex(token.encode()),
        product=product,
        issued_at=clock.now(),
    )
    policy = policies.in_force(operator_id)
    said = TokenIssued(
        subject=subject,
        actor=actor,
        automated=False,
        clause=policy.clause_of(rules.PROFILE),
        policy_version=policy.number,
        token=row.id,
        product=product,
    )
    journal.append(operator_id, said)
    return token


def whose_token(operator_id: UUID, token: str) -> UUID:
    """The person a product's token is for; ``DeadToken`` once their account has ended."""
    rows = Token.objects.filter(operator_id=operator_id, digest=sha256_hex(token.encode()))
    row = rows.filter(ended_at__isnull=True).first()
    if row is None:
        raise DeadToken(_("This token opens nothing any more. Let the person sign in anew."))
    return row.subject_id


# --- opening and ending -----------------------------------------------------------------------


def on_fact(fact: Fact) -> None:
    """A form that opens an account was taken in, or something happened that ends one."""
    if fact.subject_id is None:
        return
    policy = policies.in_force(fact.operator_id)
    if fact.event == rules.DELETED:
        _end(fact.operator_id, fact.subject_id, "event", actor=SYSTEM, deletion=fact.cause)
        return
    if fact.event == rules.terms_of(policy).ends_after and _carried(fact, fact.subject_id, policy):
        _end(fact.operator_id, fact.subject_id, "withdrawal", actor=SYSTEM, deletion=fact.cause)
    points = _points(policy)
    if not any(policy.points[each].event == fact.event for each in points):
        return
    for record in vault.records(fact.operator_id, fact.subject_id):
        if record.id == fact.cause and record.point in points:
            _open(fact.operator_id, fact.subject_id, policy, record.id, record.point)


def _carried(fact: Fact, subject: UUID, policy: Policy) -> bool:
    """Whether the fact is about what the account itself rests on, not about news alone."""
    row = _row(fact.operator_id, subject)
    point = policy.points.get(row.point) if row else None
    return point is not None and (
        not fact.purposes or not set(fact.purposes).isdisjoint(point.purposes)
    )


def _open(operator_id: UUID, subject: UUID, policy: Policy, record: UUID, point: str) -> None:
    fresh = {"record": record, "point": point, "opened_at": clock.now()}
    row, made = Account.objects.get_or_create(
        operator_id=operator_id, subject_id=subject, defaults=fresh
    )
    if not made and row.closed_at is None:
        return
    if not made:
        again = fresh | {"closed_at": None, "why": "", "guardian_id": None}
        Account.objects.filter(pk=row.pk).update(**again)
    journal.append(
        operator_id,
        AccountOpened(
            subject=subject,
            actor=Actor(ActorKind.SUBJECT, str(subject)),
            automated=False,
            clause=next(iter(policy.points[point].clauses), "") or policy.clause_of(rules.PROFILE),
            policy_version=policy.number,
            record=record,
            point=point,
        ),
    )


LISTENERS.register("accounts", on_fact)


def delete(operator_id: UUID, subject: UUID, *, actor: Actor, why: str = "person") -> UUID:
    """End the account now, without anybody being written to (001 6.6): sessions and tokens die in
    this transaction, and the regime that the policy declares for it begins. Where it promises
    destruction, or declares nothing, every consent is withdrawn too, and what is promised on that
    follows; where consent outlives the profile (000 8), it goes on.

    The accounts of the children that the person guards end with it, and so does the consent that
    the guardian gave for them (001 10.10). Returns the identifier of
    the deletion, which obligations name as their cause. Raises ``NoAccount``.
    """
    row = demand(operator_id, subject)
    deletion = new_id()
    language = identity.subject(operator_id, subject).language
    for child in Account.objects.filter(
        operator_id=operator_id, guardian_id=subject, closed_at__isnull=True
    ).order_by("subject_id"):
        delete(operator_id, child.subject_id, actor=actor, why="with-guardian")
    _end(operator_id, subject, why, actor=actor, deletion=deletion)
    for contract in gate.standing(operator_id, subject).contracts:
        if contract.live(clock.now()):
            retention.contract_ended(operator_id, subject, UUID(contract.reference), by=actor)
    policy = policies.in_force(operator_id)
    if row.guardian is not None:
        with suppress(NothingToWithdraw):
            consent.withdraw(operator_id, subject, None, actor=actor, channel="portal")
    elif rules.ends_consents(policy):
        with suppress(NothingToWithdraw):
            requests.withdraw(operator_id, subject, None, language=language, actor=actor)
    if rules.has_regime(policy):
        obligations.open_for(operator_id, subject, rules.DELETED, at=clock.now(), cause=deletion)
    return deletion


def _end(operator_id: UUID, subject: UUID, why: str, *, actor: Actor, deletion: UUID) -> bool:
    """Mark the account as ended and let its tokens and sessions die; False if there is none."""
    now = clock.now()
    rows = Account.objects.filter(operator_id=operator_id, subject_id=subject)
    if not rows.filter(closed_at__isnull=True).update(closed_at=now, why=why):
        return False
    alive = Token.objects.filter(operator_id=operator_id, subject_id=subject, ended_at=None)
    tokens = alive.update(ended_at=now)
    sessions = identity.end_sessions(operator_id, subject)
    policy = policies.in_force(operator_id)
    journal.append(
        operator_id,
        AccountDeleted(
            subject=subject,
            actor=actor,
            automated=actor == SYSTEM,
            clause=policy.clause_of(rules.DELETE),
            policy_version=policy.number,
            deletion=deletion,
            why=why,
            tokens=tokens,
            sessions=sessions,
        ),
    )
    return True


def forget(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """People are destroyed: their tokens go, and their accounts have ended."""
    if records is not None:
        return
    open_ones = Account.objects.filter(
        operator_id=operator_id, subject_id__in=people, closed_at__isnull=True
    )
    for subject in list(open_ones.values_list("subject_id", flat=True)):
        _end(operator_id, subject, "destroyed", actor=SYSTEM, deletion=new_id())
    Token.objects.filter(operator_id=operator_id, subject_id__in=people).delete()


retention.ERASERS.register("accounts", forget)


# --- figures ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """``alive`` are tokens that still work although their account has ended."""

    opened: int
    closed: int
    accepted: int
    alive: int
    unrecorded: int


def counts(operator_id: UUID) -> Counts:
    """How many accounts there are and have ended, for the proof. ``unrecorded`` are endings
    without their entry in the journal."""
    rows = Account.objects.filter(operator_id=operator_id)
    over = rows.filter(closed_at__isnull=False)
    dead = over.values("subject_id")
    alive = Token.objects.filter(operator_id=operator_id, ended_at=None, subject_id__in=dead)
    written = journal.count(operator_id, (AccountDeleted.kind,))
    return Counts(
        opened=rows.count(),
        closed=over.count(),
        accepted=Acceptance.objects.filter(operator_id=operator_id).count(),
        alive=alive.count(),
        unrecorded=max(0, over.count() - written),
    )
