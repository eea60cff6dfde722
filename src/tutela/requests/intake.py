"""Taking one form in. The order is the promise itself: whose it is, then the consent, then the
gate, then the sealed record, then the clocks; all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.registry import Registry
from tutela.core.vocabulary import VISITOR, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.inventory import actions as inventory
from tutela.inventory import taking
from tutela.journal import actions as journal
from tutela.notices import actions as notices
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, ConsentTerms, Policy
from tutela.requests import letters, minors
from tutela.requests.entries import FormReceived
from tutela.requests.errors import Refused
from tutela.requests.models import Submission
from tutela.retention import actions as retention
from tutela.vault import actions as vault

LETTER = "letter-sent"
MODES = {
    "tick": consent.Mode.TICK,
    "signed-form": consent.Mode.SIGNED_FORM,
    LETTER: consent.Mode.STATEMENT,
}
"""How each act by which a form or a letter comes in gives consent (004 2.16, 3.10)."""


_BY_FORM = (consent.Mode.FORM_SENT, consent.Mode.PER_UPLOAD, consent.Mode.BY_GUARDIAN)
"""What else a form that was filled in and sent can be, where the policy says so at the purpose."""


def mode_of(terms: ConsentTerms, usual: consent.Mode) -> consent.Mode:
    """The act that a consent on a form counts as: the usual one if the policy takes it."""
    taken = (each for each in (usual, *_BY_FORM) if terms.takes(each))
    return next(taken, usual)


def end_of_day(policy: Policy, day: str) -> datetime | None:
    """The first moment after a day, on the operator's clock; None where no day was named."""
    if not day:
        return None
    after = date.fromisoformat(day) + timedelta(days=1)
    return datetime.combine(after, time(), ZoneInfo(policy.operator.time_zone))


TAKEN: Registry[Callable[[Intake, UUID], None]] = Registry("what follows a form of a kind")
"""Kind of collection point to what a room above does, in the same transaction, with a form that
was taken in and the person it is about."""


def permit(operation: Operation) -> Permit:
    """The gate's permit, or ``Refused`` with its sentence."""
    decision = gate.decide(operation)
    if not isinstance(decision, Permit):
        raise Refused(decision)
    return decision


def oneself(subject: UUID) -> Actor:
    return Actor(ActorKind.SUBJECT, str(subject))


def seal(
    policy: Policy,
    point: CollectionPoint,
    place: tuple[UUID, UUID, UUID],
    values: Mapping[str, str | vault.Clean],
    *,
    purposes: tuple[str, ...],
    actor: Actor,
    provenance: vault.Provenance = vault.FROM_SUBJECT,
) -> dict[str, str | vault.Clean]:
    """Store each field once in the record at ``place`` (operator, subject, record), under the first
    of ``purposes`` that needs it; what none of them needs is given back. Raises ``Refused``."""
    operator_id, subject, record = place
    remaining = dict(values)
    for purpose in purposes:
        needed = policy.purposes[purpose].fields
        wanted = {slug: value for slug, value in remaining.items() if slug in needed}
        if not wanted:
            continue
        leave = permit(
            Operation(
                operator=operator_id,
                subject=subject,
                action=Action.COLLECTION,
                purpose=purpose,
                fields=frozenset(wanted),
                actor=actor,
                point=point.slug,
            )
        )
        taking.store(
            leave,
            record=record,
            point=point.slug,
            purposes=purposes,
            values={slug: each for slug, each in wanted.items() if isinstance(each, str)},
            files={slug: each for slug, each in wanted.items() if not isinstance(each, str)},
            provenance=provenance,
        )
        remaining = {slug: value for slug, value in remaining.items() if slug not in wanted}
    return remaining


def mend(
    place: tuple[UUID, UUID, UUID], field: str, value: str, *, purpose: str, actor: Actor
) -> None:
    """Put a corrected value in the place of the one that is held in the record at ``place``
    (operator, subject, record). The earlier one stays in its history (152-FZ article 20(3), GDPR
    article 16). Raises ``Refused`` and ``NoSuchValue``."""
    operator_id, subject, record = place
    leave = permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.CLARIFICATION,
            purpose=purpose,
            fields=frozenset({field}),
            actor=actor,
        )
    )
    taking.correct(leave, record, field, value)


def find_subject(operator_id: UUID, kind: str, value: str, actor: Actor = VISITOR) -> UUID | None:
    """The person known under this e-mail or phone, by the blind index; None if nobody is.

    Every field that could hold the value is asked about, found or not, so that neither the time
    nor the journal tells whether somebody is known.
    """
    policy = policies.in_force(operator_id)
    found: UUID | None = None
    for each in policy.fields.values():
        if each.identifies and each.type == kind:
            leave = permit(
                Operation(
                    operator=operator_id,
                    subject=None,
                    action=Action.EXTRACTION,
                    purpose="identification",
                    fields=frozenset({each.slug}),
                    actor=actor,
                )
            )
            known = vault.find(leave, each.slug, value)
            found = found or known
    return found


@dataclass(frozen=True)
class Intake:
    """A form that was checked: ``values`` are in their normal form, ``agreed`` the purposes whose
    consents were given with it. ``sender`` is who brings it, if it is not the person; ``notice`` is
    the fingerprint of what was displayed before."""

    operator_id: UUID
    policy: Policy
    point: CollectionPoint
    values: Mapping[str, str]
    agreed: tuple[str, ...]
    language: str
    act: str
    idempotency: str
    sender: Actor | None = None
    files: Mapping[str, vault.Clean] = field(default_factory=dict)
    letter: str = "form-received"
    record: UUID = field(default_factory=new_id)
    notice: str = ""

    def take_in(self) -> UUID:
        """Store it and start its clocks; returns the person it is about. Raises ``Refused``."""
        subject = self._whose()
        if self.notice:
            notices.note_shown(
                self.operator_id, subject, self.point.slug, self.language, self.notice
            )
        self._consent(subject)
        self._seal(subject)
        minors.notice_birth(self.operator_id, subject, self.policy, self.values)
        retention.serve_agreements(self.operator_id, subject, self.record)
        now = clock.now()
        retention.schedule(self.operator_id, subject, self.record, self.point.slug, now)
        obligations.open_for(self.operator_id, subject, self.point.event, at=now, cause=self.record)
        self._remember(subject)
        if follow := TAKEN.get(self.point.kind):
            follow(self, subject)
        if self.letter:
            letters.queue(self.operator_id, subject, self.letter, self.language, about=self.record)
        return subject

    def _whose(self) -> UUID:
        """The person a form is about: whoever is known by every e-mail address in it, else new.

        A link to any address of a person opens that person's data, so a form must never bring
        somebody an address that is not theirs yet: an unknown address, or addresses of different
        people, make a new person. A telephone opens nothing and identifies only where a form
        has no address. Attaching proves nothing about the sender: values stay self-declared, and
        what is held is shown only to whoever opens the link.
        """
        known = {self._known_by("email", value) for value in self._identifying("email")}
        if not known:
            known = {self._known_by("phone", value) for value in self._identifying("phone")}
        if len(known) == 1 and (found := known.pop()) is not None:
            return found
        return identity.new_subject(self.operator_id, self.language, self.point.subject_category)

    def _consent(self, subject: UUID) -> None:
        """Record each consent by the act that the policy takes for it."""
        alike: dict[tuple[consent.Mode, datetime | None], list[str]] = {}
        for slug in self.agreed:
            terms = self.policy.purposes[slug].consent
            until = end_of_day(self.policy, self.values.get(terms.until, ""))
            alike.setdefault((mode_of(terms, MODES[self.act]), until), []).append(slug)
        for (mode, until), purposes in alike.items():
            consent.give(
                self.operator_id,
                subject,
                purposes,
                act=self.act,
                point=self.point.slug,
                language=self.language,
                mode=mode,
                record=self.record,
                expires_at=until,
                actor=self.sender,
            )

    def _identifying(self, kind: str) -> list[str]:
        declared = self.policy.fields
        return [
            value
            for slug, value in self.values.items()
            if declared[slug].identifies and declared[slug].type == kind
        ]

    def _known_by(self, kind: str, value: str) -> UUID | None:
        return find_subject(self.operator_id, kind, value, self.sender or VISITOR)

    def _seal(self, subject: UUID) -> None:
        """Store each field once, under the first purpose that needs it; drop what none needs."""
        purposes = self.point.purposes + tuple(
            slug for slug in self.point.optional_purposes if slug in self.agreed
        )
        remaining = seal(
            self.policy,
            self.point,
            (self.operator_id, subject, self.record),
            {**self.values, **self.files},
            purposes=purposes,
            actor=self.sender or oneself(subject),
        )
        inventory.dropped(self.operator_id, self.point.slug, len(remaining))

    def _remember(self, subject: UUID) -> None:
        Submission.objects.create(
            operator_id=self.operator_id,
            subject_id=subject,
            id=self.record,
            point=self.point.slug,
            language=self.language,
            policy_number=self.policy.number,
            received_at=clock.now(),
            idempotency=self.idempotency,
        )
        journal.append(
            self.operator_id,
            FormReceived(
                subject=subject,
                actor=self.sender or oneself(subject),
                action=Action.COLLECTION,
                clause=next(iter(self.point.clauses), ""),
                policy_version=self.policy.number,
                record=self.record,
                point=self.point.slug,
            ),
        )
