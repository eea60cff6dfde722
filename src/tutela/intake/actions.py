"""What this room offers: taking letters in, and what people decide about them afterwards.

The caller has opened ``operator_scope``; each action is one transaction of the caller.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db.models import Count
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent.actions import NothingToWithdraw
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.vocabulary import Actor, ActorKind
from tutela.intake import casing
from tutela.intake.entries import MailConfirmed, MailRecognised, MailSettled
from tutela.intake.errors import AlreadySettled, LinkSpent, NotPossible, UnknownMail
from tutela.intake.models import Mailbox, Message
from tutela.intake.rows import MailRow, as_row
from tutela.intake.taking import WITHDRAWING, Arrived, Place, arrive
from tutela.intake.wording import ASKS, WAITING, State
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests import actions as requests
from tutela.requests import letters
from tutela.requests.intake import find_subject

__all__ = [
    "WITHDRAWING",
    "Arrived",
    "MailRow",
    "Place",
    "arrive",
    "confirm",
    "confirm_by_link",
    "counts",
    "get",
    "link_token",
    "listing",
    "mailboxes",
    "read_link",
    "recognise",
    "settle",
    "want",
]

_LINKS = signing.Signer(salt="tutela.intake.confirm", sep="~")


def listing(
    operator_id: UUID, *, states: Collection[str] | None = None, limit: int = 100
) -> list[MailRow]:
    """Letters, the newest first."""
    rows = Message.objects.filter(operator_id=operator_id)
    if states is not None:
        rows = rows.filter(state__in=states)
    return [as_row(each) for each in rows.order_by("-received_at", "-id")[:limit]]


def counts(operator_id: UUID) -> dict[str, int]:
    """How many letters there are in each state."""
    rows = Message.objects.filter(operator_id=operator_id).values("state")
    found = rows.annotate(count=Count("id")).values_list("state", "count")
    return {str(each): 0 for each in State} | dict(found)


def mailboxes(operator_id: UUID) -> list[Mailbox]:
    """The mailboxes that were read, with how it went."""
    return list(Mailbox.objects.filter(operator_id=operator_id).order_by("mailbox"))


def get(operator_id: UUID, mail: UUID) -> MailRow:
    return as_row(_row(operator_id, mail))


def _row(operator_id: UUID, mail: UUID, *, locked: bool = False) -> Message:
    rows = Message.objects.filter(operator_id=operator_id, id=mail)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise UnknownMail(_("There is no such letter. Open it from the list."))
    return row


def link_token(mail: UUID) -> str:
    """An unguessable address for confirming one withdrawal; derived, so nothing is kept."""
    return _LINKS.sign(mail.hex)


def read_link(token: str) -> UUID:
    """Which letter a link confirms. Raises ``NotFound`` for one that we did not make."""
    try:
        return UUID(hex=_LINKS.unsign(token))
    except (signing.BadSignature, ValueError):
        raise NotFound(_("This address is not complete. Copy it again from the letter.")) from None


def confirm_by_link(operator_id: UUID, mail: UUID) -> MailRow:
    """The person opened the link that only their mailbox was sent: it works once."""
    row = _row(operator_id, mail, locked=True)
    if row.state != State.CONFIRMING or row.subject_id is None:
        raise LinkSpent(_("This link has been used. Nothing is left to confirm."))
    return _confirmed(row, "link", Actor(ActorKind.SUBJECT, str(row.subject_id)))


def confirm(operator_id: UUID, mail: UUID, actor: Actor) -> MailRow:
    """A member of staff has found out by another way that the sender wrote it."""
    row = _row(operator_id, mail, locked=True)
    if row.state != State.CONFIRMING:
        raise AlreadySettled(_("This letter waits for no confirmation any more."))
    return _confirmed(row, "staff", actor)


def _confirmed(row: Message, proof: str, actor: Actor) -> MailRow:
    """All that the withdrawal promises begins, counted from the day on which the letter came."""
    if row.cause is not None:
        consent.confirm(row.operator_id, row.cause)
    row.proven, row.state, row.reason = proof, State.SETTLED, "marked"
    _end(row, actor)
    journal.append(
        row.operator_id,
        MailConfirmed(
            subject=row.subject_id, actor=actor, automated=False, mail=row.id, proof=proof
        ),
    )
    if row.subject_id is not None:
        letters.queue(
            row.operator_id,
            row.subject_id,
            "withdrawal-received",
            row.language,
            about=row.cause,
        )
    return as_row(row)


def settle(operator_id: UUID, mail: UUID, asks: str, actor: Actor) -> MailRow:
    """A member of staff has read the letter: ``asks`` is an event of ``ASKS``, or empty where it
    asks for nothing. What its mark had started stands, unless the letter asks for less."""
    row = _row(operator_id, mail, locked=True)
    if row.state not in WAITING:
        raise AlreadySettled(_("Somebody has already said what this letter asks for."))
    if asks and asks not in ASKS:
        raise NotFound(_("Choose in the list what the letter asks for."))
    if row.state == State.HELD and asks:
        raise NotPossible(
            _("This letter is not sealed here. Enter by hand what it asks for, then set it aside.")
        )
    if row.state == State.CONFIRMING and asks:
        raise NotPossible(_("Confirm the withdrawal, or say that the person did not write it."))
    if asks != row.event:
        _start_anew(row, asks, actor)
    if row.state != State.CONFIRMING or not asks:
        row.state = State.SETTLED
        _end(row, actor)
    journal.append(
        operator_id,
        MailSettled(subject=row.subject_id, actor=actor, automated=False, mail=row.id, asks=asks),
    )
    return as_row(row)


def _start_anew(row: Message, asks: str, actor: Actor) -> None:
    """End what the letter was first taken for, and begin what it really asks for."""
    if asks in WITHDRAWING and row.subject_id is not None:
        casing.end(row, actor)
        row.event = asks
        _begin(row, row.subject_id, actor)
    elif asks:
        casing.rename(row, asks, actor)
    else:
        casing.end(row, actor)
    row.event = asks
    row.save()


def _begin(row: Message, person: UUID, actor: Actor) -> None:
    """What ``row`` asks for begins for ``person``, counted from the day on which it came."""
    if row.event in WITHDRAWING and _withdrawn(row, person):
        return
    row.cause = casing.begin(row, person, row.event, actor)


def _withdrawn(row: Message, person: UUID) -> bool:
    policy = policies.in_force(row.operator_id)
    marketing = [slug for slug, each in policy.purposes.items() if each.marketing]
    try:
        receipt = requests.withdraw(
            row.operator_id,
            person,
            None if row.event == "consent.withdrawn" else marketing,
            language=row.language,
            channel="mail",
            confirmed=bool(row.proven),
        )
    except NothingToWithdraw:
        return False
    row.subject_id, row.cause = person, receipt.about
    if not row.proven and not receipt.repeated:
        row.state, row.reason = State.CONFIRMING, "unproven"
        letters.queue(row.operator_id, person, "mail-withdrawal", row.language, about=row.id)
    row.save()
    return True


def recognise(operator_id: UUID, mail: UUID, address: str, actor: Actor) -> MailRow:
    """The letter is from somebody who is known by another ``address`` or telephone number.

    What it asks for goes on for that person from the day on which the letter came. The letter
    itself stays where it was sealed, under the address it was written from.
    """
    row = _row(operator_id, mail, locked=True)
    if row.state != State.UNREAD or row.subject_id is None:
        raise NotPossible(_("Only a letter that waits to be read can be given to a person."))
    person = None
    for kind in ("email", "phone"):
        person = person or find_subject(operator_id, kind, address.strip(), actor)
    if person is None or person == row.subject_id:
        raise NotPossible(
            _("Nobody else is known by that. Ask the sender for the address they gave us.")
        )
    sender = row.subject_id
    casing.end(row, actor)
    row.subject_id, row.cause, row.state, row.reason = person, row.id, State.SETTLED, "marked"
    _begin(row, person, actor)
    if row.state == State.SETTLED:
        _end(row, actor)
    row.save()
    journal.append(
        operator_id,
        MailRecognised(subject=person, actor=actor, automated=False, mail=row.id, sender=sender),
    )
    return as_row(row)


def want(operator_id: UUID, mail: UUID) -> MailRow:
    """Take in, at the next look at the mailbox, a message that was set aside or not sealed."""
    row = _row(operator_id, mail, locked=True)
    if row.state not in {State.ASIDE, State.HELD} or row.uid is None or row.left_at is not None:
        raise NotPossible(_("This message lies in no mailbox any more and cannot be fetched."))
    row.state = State.WANTED
    row.save(update_fields=["state"])
    return as_row(row)


def _end(row: Message, actor: Actor, at: datetime | None = None) -> None:
    row.settled_at, row.settled_by = at or clock.now(), str(actor)
    row.save()
