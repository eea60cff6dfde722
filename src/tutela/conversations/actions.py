"""What this room offers: beginning a conversation, saying something in it, reading it.

The caller has opened ``operator_scope``. A message is sealed as a record of whoever wrote it, for
the purpose that the policy declares, and ends by its retention rule. The other party reads it by
a permit of the gate for the author's data, so that a withdrawal, a block or a destruction shows at
once; who read is journalled.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.conversations import rules
from tutela.conversations.entries import ConversationOpened, MessageSent
from tutela.conversations.errors import (
    NobodyThere,
    NoConversations,
    NotWithOneself,
    UnknownConversation,
)
from tutela.conversations.models import Address, Conversation, Message
from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.ids import new_id, new_token
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.identity.limits import QUARTER, Limit
from tutela.journal import actions as journal
from tutela.notices import actions as notices
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import turning_away
from tutela.requests.actions import today_of
from tutela.requests.errors import Refused
from tutela.requests.intake import Intake, mode_of, oneself, seal
from tutela.requests.rules import Problem, check_submission, consents_asked, consents_needed
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.vault.actions import Provenance

MESSAGES_PER_SUBJECT = Limit("messages-per-subject", 60, QUARTER)
"""What one person may say in a quarter of an hour, to everybody together."""
_STAFF = Provenance("staff")
T = TypeVar("T")


def _whole(deed: Callable[[], T]) -> T:
    """All of it or nothing: a refusal takes back what came before it, and is remembered."""
    try:
        with transaction.atomic():
            return deed()
    except Refused as refused:
        gate.remember(refused.refusal)
        raise


def address_of(operator_id: UUID, subject: UUID) -> str:
    """Where other people write to somebody: the same each time, and made by chance, so that it
    says nothing about them (004 7.5; GDPR article 25)."""
    row, _made = Address.objects.get_or_create(
        operator_id=operator_id, subject_id=subject, defaults={"handle": new_token()}
    )
    return row.handle


def at_address(operator_id: UUID, address: str) -> UUID:
    """Whose address it is. Raises ``NotFound`` for one that is not ours, or of nobody any more."""
    rows = Address.objects.filter(operator_id=operator_id, handle=address)
    found = rows.values_list("subject_id", flat=True).first()
    if found is None or identity.subject(operator_id, found).destroyed_at is not None:
        raise NotFound(_("Nobody can be written to at this address. Copy it again, whole."))
    return found


def point_for(policy: Policy, party: str) -> CollectionPoint:
    """The collection point at which one talks with ``party``; raises ``NoConversations``."""
    point = rules.point_for(policy, party)
    if point is None:
        raise NoConversations(
            _("There are no conversations of this kind here. Choose a form from the list instead.")
        )
    return point


def begin(
    operator_id: UUID,
    subject: UUID,
    other: UUID | None,
    *,
    message: UUID,
    language: str,
    values: Mapping[str, str],
    accepted: Collection[str],
    files: Mapping[str, vault.Clean] | None = None,
    actor: Actor | None = None,
    notice: str = "",
) -> UUID:
    """Open a conversation with the company, or with ``other``, by a first message; its identifier.

    The consent that the point asks for is shown and recorded anew each time one begins (004 2.4).
    ``message`` names the form that was sent: the same one again opens nothing. Raises
    ``Incomplete``, ``Refused``, ``NoConversations``, ``NotWithOneself``.
    """
    earlier = Message.objects.filter(operator_id=operator_id, id=message).first()
    if earlier is not None:
        return earlier.conversation
    if other == subject:
        raise NotWithOneself(_("This is your own address. Give it to whoever should write to you."))
    policy = policies.in_force(operator_id)
    declared = point_for(policy, rules.PEOPLE if other else rules.COMPANY)
    point, sent = rules.to_begin(policy, declared), files or {}
    clean, problems = check_submission(
        policy, point, values, accepted, today_of(policy), attached=sent
    )
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)
    MESSAGES_PER_SUBJECT.demand(operator_id, str(subject))
    agreed = tuple(slug for slug in consents_asked(policy, point) if slug in accepted)
    by = actor or oneself(subject)

    def opened() -> UUID:
        if notice:
            notices.note_shown(operator_id, subject, point.slug, language, notice)
        if agreed:
            _agree(operator_id, subject, point, agreed, message, language, by)
        _seal(operator_id, subject, policy, point, said=(message, clean, sent), actor=by)
        row = _open(operator_id, policy, point, (subject, other), actor=by)
        _note(policy, row, message, subject, actor=by, files=len(sent))
        return row.id

    return _whole(opened)


def _agree(  # noqa: PLR0917 - what a consent is made of
    operator_id: UUID,
    subject: UUID,
    point: CollectionPoint,
    agreed: Collection[str],
    message: UUID,
    language: str,
    actor: Actor,
) -> None:
    terms = policies.in_force(operator_id).purposes
    for slug in agreed:
        consent.give(
            operator_id,
            subject,
            [slug],
            act="tick",
            point=point.slug,
            language=language,
            mode=mode_of(terms[slug].consent, consent.Mode.TICK),
            record=message,
            actor=actor,
        )


def lacks_consent(operator_id: UUID, subject: UUID, point: CollectionPoint) -> bool:
    """Whether the person has still to agree before they can say something."""
    policy, live = policies.in_force(operator_id), consent.live(operator_id, subject)
    return any(slug not in live for slug in consents_needed(policy, point))


def say(
    operator_id: UUID,
    conversation: UUID,
    subject: UUID,
    *,
    message: UUID,
    values: Mapping[str, str],
    files: Mapping[str, vault.Clean] | None = None,
    accepted: Collection[str] = (),
    language: str = "",
    actor: Actor | None = None,
) -> None:
    """One more message of a person, who agrees to ``accepted`` with it: whoever was written to
    has not agreed to anything before they answer. Raises ``Incomplete``, ``Refused`` (there is no
    consent), ``UnknownConversation`` and ``NobodyThere``."""
    row = of_subject(operator_id, conversation, subject)
    if not row.with_company and None in {row.subject_id, row.other_id}:
        raise NobodyThere(
            _("The other party is no longer here, so nobody would read it. What was said stays.")
        )
    MESSAGES_PER_SUBJECT.demand(operator_id, str(subject))
    _add(
        operator_id,
        row,
        subject,
        message=message,
        values=values,
        files=files or {},
        actor=actor or oneself(subject),
        agreed=accepted,
        language=language,
    )


def answer(
    operator_id: UUID,
    conversation: UUID,
    *,
    message: UUID,
    values: Mapping[str, str],
    files: Mapping[str, vault.Clean] | None = None,
    actor: Actor,
) -> None:
    """The company says something; it is sealed among the data of the person it talks to."""
    row = of_company(operator_id, conversation)
    if row.subject_id is None:
        raise NobodyThere(
            _("The other party is no longer here, so nobody would read it. What was said stays.")
        )
    _add(
        operator_id,
        row,
        row.subject_id,
        message=message,
        values=values,
        files=files or {},
        actor=actor,
    )


def _add(
    operator_id: UUID,
    row: Conversation,
    subject: UUID,
    *,
    message: UUID,
    values: Mapping[str, str],
    files: Mapping[str, vault.Clean],
    actor: Actor,
    agreed: Collection[str] = (),
    language: str = "",
) -> None:
    if Message.objects.filter(operator_id=operator_id, id=message).exists():
        return
    policy = policies.in_force(operator_id)
    declared = policy.points.get(row.point)
    if declared is None:
        raise NoConversations(_("The policy in force ended these conversations; nothing was sent."))
    point = rules.to_go_on(policy, declared)
    needed = consents_asked(policy, point)
    clean, problems = check_submission(
        policy, point, values, needed, today_of(policy), attached=files
    )
    if not problems and not clean and not files:
        first = point.fields[0].field if point.fields else ""
        problems = (Problem(first, _("Write something, or add a file, before you send it.")),)
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)

    def added() -> None:
        if agreed:
            _agree(operator_id, subject, point, agreed, message, language, actor)
        _seal(operator_id, subject, policy, point, said=(message, clean, files), actor=actor)
        _note(policy, row, message, subject, actor=actor, files=len(files))

    _whole(added)


def _seal(
    operator_id: UUID,
    subject: UUID,
    policy: Policy,
    point: CollectionPoint,
    *,
    said: tuple[UUID, Mapping[str, str], Mapping[str, vault.Clean]],
    actor: Actor,
) -> None:
    """Seal what was said as a record of the author, and start the clocks of the record."""
    record, values, files = said
    seal(
        policy,
        point,
        (operator_id, subject, record),
        {**values, **files},
        purposes=point.purposes,
        actor=actor,
        provenance=_STAFF if actor.kind is ActorKind.STAFF else vault.FROM_SUBJECT,
    )
    now = clock.now()
    retention.schedule(operator_id, subject, record, point.slug, now)
    obligations.open_for(operator_id, subject, point.event, at=now, cause=record)


def _open(
    operator_id: UUID,
    policy: Policy,
    point: CollectionPoint,
    between: tuple[UUID, UUID | None],
    *,
    actor: Actor,
) -> Conversation:
    subject, other = between
    now = clock.now()
    row = Conversation.objects.create(
        operator_id=operator_id,
        id=new_id(),
        point=point.slug,
        with_company=other is None,
        subject_id=subject,
        other_id=other,
        opened_at=now,
        last_at=now,
    )
    opened = ConversationOpened(
        subject=subject,
        actor=actor,
        clause=policy.clause_of("chat"),
        policy_version=policy.number,
        automated=False,
        conversation=row.id,
        party=rules.COMPANY if other is None else rules.PEOPLE,
    )
    journal.append(operator_id, opened)
    return row


def _note(
    policy: Policy,
    row: Conversation,
    message: UUID,
    subject: UUID,
    *,
    actor: Actor,
    files: int,
) -> None:
    operator_id = row.operator_id
    now = clock.now()
    Message.objects.create(
        operator_id=operator_id,
        id=message,
        conversation=row.id,
        author_id=subject,
        by_company=actor.kind is ActorKind.STAFF,
        at=now,
    )
    Conversation.objects.filter(operator_id=operator_id, id=row.id).update(last_at=now)
    sent = MessageSent(
        subject=subject,
        actor=actor,
        action=Action.COLLECTION,
        clause=policy.clause_of("chat"),
        policy_version=policy.number,
        automated=False,
        conversation=row.id,
        record=message,
        files=files,
    )
    journal.append(operator_id, sent)


def open_by_form(form: Intake, subject: UUID) -> None:
    """The form of a chat that somebody sent without signing in begins one with the company."""
    if rules.COMPANY not in rules.parties(form.point):
        raise NoConversations(
            _("Here people write to each other. Sign in, and follow the address you were given.")
        )
    by = form.sender or oneself(subject)
    row = _open(form.operator_id, form.policy, form.point, (subject, None), actor=by)
    _note(form.policy, row, form.record, subject, actor=by, files=len(form.files))


def of_subject(operator_id: UUID, conversation: UUID, subject: UUID) -> Conversation:
    """A conversation that the person takes part in; raises ``UnknownConversation``."""
    mine = Q(subject_id=subject) | Q(other_id=subject)
    row = Conversation.objects.filter(mine, operator_id=operator_id, id=conversation).first()
    if row is None:
        raise UnknownConversation(_("There is no such conversation. Open it from the list."))
    return row


def of_company(operator_id: UUID, conversation: UUID) -> Conversation:
    """A conversation with the company; what people say to each other is none of its business."""
    row = Conversation.objects.filter(
        operator_id=operator_id, id=conversation, with_company=True
    ).first()
    if row is None:
        raise UnknownConversation(_("There is no such conversation. Open it from the list."))
    return row


def erase(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """What hangs on these records of people (None: on all) is gone: the other party keeps its
    own messages, and the note that something was said between them."""
    mine = Message.objects.filter(operator_id=operator_id, author_id__in=people)
    if records is not None:
        mine.filter(id__in=records, gone_at__isnull=True).update(gone_at=clock.now())
        return
    mine.filter(gone_at__isnull=True).update(gone_at=clock.now())
    mine.update(author_id=None)
    all_rows = Conversation.objects.filter(operator_id=operator_id)
    all_rows.filter(subject_id__in=people).update(subject_id=None)
    all_rows.filter(other_id__in=people).update(other_id=None)
    empty = all_rows.filter(subject_id=None, other_id=None)
    Message.objects.filter(
        operator_id=operator_id, conversation__in=list(empty.values_list("id", flat=True))
    ).delete()
    empty.delete()
    Address.objects.filter(operator_id=operator_id, subject_id__in=people).delete()
