"""Taking one message in, in the caller's transaction: its row, its sealed original, its case.

The row comes first and is unique by the keyed digest of the message, so a message that is brought
a second time, by another way or after a kill, is known and changes nothing.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from tutela.consent.actions import NothingToWithdraw
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.spool import Spool
from tutela.identity.limits import Limit
from tutela.intake import casing, checking, proving, reading
from tutela.intake.entries import MailHeld, MailReceived, MailSetAside
from tutela.intake.markers import channel_for
from tutela.intake.models import Message
from tutela.intake.reading import Mail
from tutela.intake.wording import State
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy import closing
from tutela.policy.model import Channel, CollectionPoint, Policy
from tutela.requests import actions as requests
from tutela.requests import letters
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.intake import find_subject
from tutela.requests.rules import consents_needed
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import MAIL

WITHDRAWING = frozenset({"consent.withdrawn", "marketing.stopped", "subscription.ended"})
"""Events that a known sender brings about by the letter itself, without a person's help."""

ANSWERS = Limit("mail-answers", 5, timedelta(hours=24))
"""Letters that answer one address in a day: two programs that answer each other stop here."""
LETTERS_PER_ADDRESS = Limit("mail-letters", 100, timedelta(hours=24))
"""Cases that one address can open in a day; what comes after waits for a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message was found. A delivered one has no number and lies nowhere else."""

    mailbox: str = ""
    uidvalidity: int | None = None
    uid: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of a message. ``sealed`` says that its original is in the vault."""

    id: UUID
    state: State
    reason: str
    event: str
    subject: UUID | None
    sealed: bool
    repeated: bool = False


def arrive(
    operator_id: UUID, raw: bytes, place: Place | None = None, *, wanted: bool = False
) -> Arrived:
    """Take ``raw`` in. ``wanted`` passes over the signs that a program wrote it: a member of staff
    has looked and asks for it. Nothing of a message makes this raise."""
    where = place or Place()
    mail = reading.read(raw)
    digest = vault.reference(operator_id, mail.digest)
    known = Message.objects.filter(operator_id=operator_id, digest=digest).first()
    if known is not None and not (wanted and known.state == State.WANTED):
        return _arrived(known, repeated=True)
    policy = policies.in_force(operator_id)
    if known is None:
        row = Message(
            operator_id=operator_id,
            id=new_id(),
            digest=digest,
            mailbox=where.mailbox,
            uidvalidity=where.uidvalidity,
            uid=where.uid,
            size=len(raw),
            language=mail.language(policy.languages),
            state=State.HELD,
            received_at=clock.now(),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # another process has just taken the same one
            known = Message.objects.get(operator_id=operator_id, digest=digest)
            return _arrived(known, repeated=True)
    else:
        row = known
    _Taking(operator_id, policy, row, mail, raw).take(wanted=wanted)
    row.save()
    return _arrived(row)


def _arrived(row: Message, *, repeated: bool = False) -> Arrived:
    return Arrived(
        id=row.id,
        state=State(row.state),
        reason=row.reason,
        event=row.event,
        subject=row.subject_id,
        sealed=row.record is not None,
        repeated=repeated,
    )


@dataclass
class _Taking:
    """The steps of taking one message in; each leaves the row at its state and reason."""

    operator_id: UUID
    policy: Policy
    row: Message
    mail: Mail
    raw: bytes

    def take(self, *, wanted: bool) -> None:
        if closing.closed_at(self.operator_id) is not None:
            return self._hold("closed")
        if not wanted and (sign := self._not_a_letter()):
            return self._set_aside(sign)
        if not self.mail.sender:
            return self._hold("several-senders" if self.mail.several else "no-sender")
        channel = channel_for(self.policy, self.mail.subject)
        self.row.channel = channel.slug if channel else ""
        self.row.event = channel.event if channel else "letter.received"
        if not self.mail.elsewhere:
            self.row.proven = proving.proven(
                self.mail.results, self.mail.domain, settings.TUTELA_MAIL_BELIEVE
            )
        marked = channel is not None and bool(channel.marker)
        if not LETTERS_PER_ADDRESS.spend(self.operator_id, self.mail.sender.casefold()):
            return self._hold("loop")
        subject = find_subject(self.operator_id, "email", self.mail.sender)
        answering = bool(self.mail.answers) and not marked
        if answering:
            self.row.event = "letter.received"
        withdrawing = subject is not None and self.row.event in WITHDRAWING
        self._open(channel, subject, answering=answering, withdrawing=withdrawing)
        return None

    def _open(
        self, channel: Channel | None, subject: UUID | None, *, answering: bool, withdrawing: bool
    ) -> None:
        kept = self._seal(letter="" if answering or withdrawing else self._answer())
        if subject is not None and withdrawing and self._withdraw(subject):
            return self._received()
        if not kept:
            return None
        point = letter_point(self.policy)
        if point is not None and self.row.event != point.event:
            known = subject is not None and not self.mail.elsewhere
            self.row.cause = casing.begin(
                self.row, self.row.subject_id, self.row.event, known=known
            )
        self._say(self._why(channel, subject, answering=answering))
        return self._received()

    def _not_a_letter(self) -> str:
        own = {each.address.casefold() for each in self.policy.channels.values()}
        own.add(self.policy.operator.email.casefold())
        if self.mail.automatic == "bounce":
            for each in self.mail.answers:
                letters.came_back(self.operator_id, each)
        return self.mail.automatic or ("own" if self.mail.sender.casefold() in own else "")

    def _why(self, channel: Channel | None, subject: UUID | None, *, answering: bool) -> str:
        if answering:
            return "reply"
        if subject is None:
            return "unknown-sender"
        if self.mail.elsewhere:
            return "elsewhere"
        return "marked" if channel is not None and channel.marker else "no-mark"

    def _say(self, reason: str) -> None:
        self.row.reason = reason
        self.row.state = State.TAKEN if reason == "marked" else State.UNREAD

    def _answer(self) -> str:
        """The kind of letter that answers, or none to an address that was answered enough."""
        enough = not ANSWERS.spend(self.operator_id, self.mail.sender.casefold())
        return "" if enough else "mail-received"

    def _seal(self, *, letter: str) -> bool:
        """Keep the original and the words of the letter; False where that is not possible."""
        point = letter_point(self.policy)
        if point is None:
            self._hold("no-point")
            return False
        slug = original_field(self.policy, point)
        if slug and len(self.raw) > self.policy.fields[slug].megabytes * 1_000_000:
            self._hold("too-large")
            return False
        checked = checking.check(self.mail.parts)
        self.row.files, self.row.unfit = len(checked), sum(not each.fit for each in checked)
        try:
            receipt = requests.submit(
                self.operator_id,
                point.slug,
                language=self.row.language,
                values=self._values(point),
                accepted=consents_needed(self.policy, point),
                idempotency=self.row.digest,
                act="letter-sent",
                files={slug: vault.Clean(MAIL, _spooled(self.raw))} if slug else {},
                letter=letter,
            )
        except Incomplete:
            self._hold("incomplete")
            return False
        except Refused:
            self._hold("refused")
            return False
        self.row.subject_id, self.row.cause = receipt.subject, receipt.about
        self.row.record = receipt.about if slug else None
        return True

    def _values(self, point: CollectionPoint) -> dict[str, str]:
        values = {}
        for asked in point.fields:
            kind = self.policy.fields[asked.field].type
            if kind == "email":
                values[asked.field] = self.mail.sender
            elif kind == "long-text":
                values[asked.field] = self.mail.text or self.mail.subject or "—"
        return values

    def _withdraw(self, subject: UUID) -> bool:
        """Stop at once. What cannot be undone waits until it is known that the sender wrote it."""
        marketing = [slug for slug, each in self.policy.purposes.items() if each.marketing]
        proven = bool(self.row.proven)
        with contextlib.suppress(NothingToWithdraw):
            receipt = requests.withdraw(
                self.operator_id,
                subject,
                None if self.row.event == "consent.withdrawn" else marketing,
                language=self.row.language,
                channel="mail",
                confirmed=proven,
            )
            self.row.subject_id, self.row.cause = subject, receipt.about
            self._say("marked")
            if not proven and not receipt.repeated:
                self.row.state, self.row.reason = State.CONFIRMING, "unproven"
                letters.queue(
                    self.operator_id,
                    subject,
                    "mail-withdrawal",
                    self.row.language,
                    about=self.row.id,
                )
            return True
        return False

    def _received(self) -> None:
        self._journal(MailReceived, record=self.row.record, asks=self.row.event)

    def _set_aside(self, reason: str) -> None:
        self.row.state, self.row.reason = State.ASIDE, reason
        self._journal(MailSetAside)

    def _hold(self, reason: str) -> None:
        self.row.state, self.row.reason = State.HELD, reason
        self._journal(MailHeld)

    def _journal(
        self,
        kind: type[MailReceived | MailSetAside | MailHeld],
        **said: object,
    ) -> None:
        channel = self.policy.channels.get(self.row.channel)
        entry = kind(
            subject=self.row.subject_id,
            clause=next(iter(channel.clauses), "") if channel else "",
            policy_version=self.policy.number,
            mail=self.row.id,
            digest=self.row.digest,
            reason=self.row.reason,
            **said,  # type: ignore[arg-type]
        )
        journal.append(self.operator_id, entry)


def letter_point(policy: Policy) -> CollectionPoint | None:
    """Where letters are taken; None in a policy that takes none."""
    return next((each for each in policy.points.values() if each.kind == "letter"), None)


def original_field(policy: Policy, point: CollectionPoint) -> str:
    """The field that keeps a message as it arrived, or empty."""
    asked = (each.field for each in point.fields if policy.fields[each.field].type == "mail")
    return next(asked, "")


def _spooled(raw: bytes) -> Spool:
    spool = Spool()
    spool.write(raw)
    return spool
