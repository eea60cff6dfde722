"""What each party sees of a conversation: its own words by its own right, the other's by a permit
of the gate for the author's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.http import FileResponse
from django.utils.translation import gettext as _

from tutela.conversations import rules
from tutela.conversations.actions import of_company, of_subject
from tutela.conversations.entries import ConversationExported, MessageRead
from tutela.conversations.models import Conversation, Message
from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.attaching import served
from tutela.requests.intake import oneself
from tutela.requests.reading import file_words, words
from tutela.vault import actions as vault
from tutela.vault.errors import NoSuchValue

READ_AT_ONCE = 200
"""So many of the latest messages are shown on one page."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One line of a list of conversations. ``number`` names the other party, who has no other
    name there; it is empty for the company, and for somebody who is gone."""

    id: UUID
    with_company: bool
    number: str
    gone: bool
    last_at: datetime
    messages: int
    unread: int


@dataclass(frozen=True, slots=True)
class Line:
    """One message as somebody sees it. ``why_not`` says why there is nothing to see."""

    id: UUID
    mine: bool
    by_company: bool
    at: datetime
    name: str = ""
    text: str = ""
    files: tuple[tuple[str, str, str], ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person at their own conversations, or the company's staff (None)."""

    subject: UUID | None
    actor: Actor

    def wrote(self, message: Message) -> bool:
        if self.subject is None:
            return message.by_company
        return message.author_id == self.subject and not message.by_company


def of_person(operator_id: UUID, subject: UUID) -> list[Brief]:
    """The conversations of a person, the latest first."""
    mine = Q(subject_id=subject) | Q(other_id=subject)
    rows = Conversation.objects.filter(mine, operator_id=operator_id).order_by("-last_at")
    return _brief(operator_id, list(rows), Viewer(subject, oneself(subject)))


def with_company(operator_id: UUID, actor: Actor) -> list[Brief]:
    """The conversations with the company that somebody is left in, the latest first."""
    rows = Conversation.objects.filter(operator_id=operator_id, with_company=True)
    return _brief(operator_id, list(rows.order_by("-last_at")[:READ_AT_ONCE]), Viewer(None, actor))


def _brief(operator_id: UUID, rows: Sequence[Conversation], viewer: Viewer) -> list[Brief]:
    theirs = (
        Q(by_company=False)
        if viewer.subject is None
        else Q(by_company=True) | ~Q(author_id=viewer.subject)
    )
    unread = theirs & Q(read_at__isnull=True, gone_at__isnull=True)
    counted = {
        each["conversation"]: each
        for each in Message.objects.filter(
            operator_id=operator_id, conversation__in=[row.id for row in rows]
        )
        .values("conversation")
        .annotate(all=Count("id"), unread=Count("id", filter=unread))
    }
    found = []
    for row in rows:
        other = row.subject_id if viewer.subject in {None, row.other_id} else row.other_id
        known = other is not None and not (row.with_company and viewer.subject is not None)
        counts = counted.get(row.id, {"all": 0, "unread": 0})
        found.append(
            Brief(
                id=row.id,
                with_company=row.with_company,
                number=other.hex[-6:] if known and other else "",
                gone=other is None and not (row.with_company and viewer.subject is not None),
                last_at=row.last_at,
                messages=counts["all"],
                unread=counts["unread"],
            )
        )
    return found


def thread(
    operator_id: UUID, conversation: UUID, viewer: Viewer, language: str
) -> tuple[Brief, list[Line]]:
    """The conversation and its latest messages, the oldest of them first. What the other party
    wrote is noted as read."""
    row = _row(operator_id, conversation, viewer)
    messages = _latest(operator_id, row)
    (brief,) = _brief(operator_id, [row], viewer)
    seen = _Seen(operator_id, policies.in_force(operator_id), row, viewer, language)
    lines = [seen.line(each) for each in messages]
    _note_read(
        operator_id,
        row,
        viewer,
        [m for m, line in zip(messages, lines, strict=True) if not line.mine and not line.why_not],
    )
    return brief, lines


def _row(operator_id: UUID, conversation: UUID, viewer: Viewer) -> Conversation:
    if viewer.subject is None:
        return of_company(operator_id, conversation)
    return of_subject(operator_id, conversation, viewer.subject)


def _latest(operator_id: UUID, row: Conversation) -> list[Message]:
    rows = Message.objects.filter(operator_id=operator_id, conversation=row.id)
    return list(reversed(rows.order_by("-at", "-id")[:READ_AT_ONCE]))


def _note_read(
    operator_id: UUID, row: Conversation, viewer: Viewer, messages: Sequence[Message]
) -> None:
    fresh = [each for each in messages if each.read_at is None]
    for author in sorted({each.author_id for each in fresh if each.author_id is not None}):
        its = [each.id for each in fresh if each.author_id == author]
        Message.objects.filter(operator_id=operator_id, id__in=its).update(read_at=clock.now())
        said = MessageRead(
            subject=author,
            actor=viewer.actor,
            action=Action.EXTRACTION,
            clause=policies.in_force(operator_id).clause_of("chat"),
            automated=False,
            conversation=row.id,
            messages=len(its),
        )
        journal.append(operator_id, said)


class _Seen:
    """What one viewer may see, asked of the gate once for each author."""

    def __init__(
        self,
        operator_id: UUID,
        policy: Policy,
        row: Conversation,
        viewer: Viewer,
        language: str,
    ) -> None:
        self._operator, self._policy, self._row = operator_id, policy, row
        self._viewer, self._language = viewer, language
        self._read: dict[UUID, Mapping[UUID, list[vault.Value]] | str] = {}

    def line(self, message: Message) -> Line:
        mine = self._viewer.wrote(message)
        empty = Line(message.id, mine, message.by_company, message.at)
        if message.gone_at is not None or message.author_id is None:
            return replace(empty, why_not=_("This message was destroyed; nothing is left of it."))
        told = self._of(message.author_id)
        if isinstance(told, str):
            return replace(empty, why_not=told)
        values = told.get(message.id)
        if not values:
            return replace(empty, why_not=_("This message cannot be shown now."))
        return self._filled(empty, values)

    def _of(self, author: UUID) -> Mapping[UUID, list[vault.Value]] | str:
        if author not in self._read:
            self._read[author] = self._ask(author)
        return self._read[author]

    def _ask(self, author: UUID) -> Mapping[UUID, list[vault.Value]] | str:
        decision = gate.decide(
            operation(self._operator, self._policy, self._row, self._viewer, author)
        )
        if not isinstance(decision, Permit):
            return decision.message(self._language)
        found: dict[UUID, list[vault.Value]] = {}
        for each in vault.read(decision):
            found.setdefault(each.record, []).append(each)
        return found

    def _filled(self, line: Line, values: Sequence[vault.Value]) -> Line:
        kinds = {each.field: self._policy.fields[each.field] for each in values}
        text = [each.value for each in values if kinds[each.field].type == "long-text"]
        name = [each.value for each in values if kinds[each.field].type == "name"]
        files = tuple(
            (each.field, words(kinds[each.field].title, self._language), file_words(each))
            for each in values
            if each.file is not None
        )
        return replace(line, name=" ".join(name), text="\n\n".join(text), files=files)


def operation(
    operator_id: UUID, policy: Policy, row: Conversation, viewer: Viewer, author: UUID
) -> Operation:
    """By which right the viewer reads what is sealed under ``author``: one's own by the right of
    access; the other party's for the purpose of the conversation, on the author's own basis. Staff
    and applications read in their role; to people it is the system that brings it."""
    point = policy.points.get(row.point)
    fields = rules.shown_to_others(policy, point) if point else frozenset[str]()
    for_application = viewer.actor.kind is ActorKind.APPLICATION
    if author == viewer.subject and not for_application:
        purpose, actor = str(LawPurpose.SUBJECT_RIGHTS), viewer.actor
    else:
        purpose = point.purposes[0] if point else ""
        fields = fields & policy.purposes[purpose].fields if point else fields
        shown = viewer.subject is not None and not for_application
        actor = SYSTEM if shown else viewer.actor
    return Operation(
        operator=operator_id,
        subject=author,
        action=Action.EXTRACTION,
        purpose=purpose,
        fields=fields,
        actor=actor,
    )


def file(
    operator_id: UUID, conversation: UUID, viewer: Viewer, message: UUID, field: str
) -> FileResponse:
    """A photograph or a voice to keep. Raises what ``_row`` and ``attaching.served`` raise."""
    row = _row(operator_id, conversation, viewer)
    said = Message.objects.filter(
        operator_id=operator_id, conversation=row.id, id=message, gone_at__isnull=True
    ).first()
    if said is None or said.author_id is None:
        raise NoSuchValue(_("There is no such file any more."))
    asked = operation(operator_id, policies.in_force(operator_id), row, viewer, said.author_id)
    return served(
        operator_id, said.author_id, message, field, actor=asked.actor, purpose=asked.purpose
    )


def export(
    operator_id: UUID, conversation: UUID, viewer: Viewer, language: str
) -> list[dict[str, object]]:
    """A person's own side of a conversation; of the other party it says only that and when
    something was said (002 “Сбор” B3): another's words are another's data (GDPR article 15(4))."""
    _whole, lines = thread(operator_id, conversation, viewer, language)
    told: list[dict[str, object]] = []
    for each in lines:
        about: dict[str, object] = {
            "at": each.at.isoformat(),
            "by": "you" if each.mine else "other",
        }
        if each.by_company:
            about["by"] = "company"
        if each.mine or each.by_company:
            about["text"] = each.text or each.why_not
            about["files"] = [title for _field, title, _size in each.files]
        else:
            about["text"] = _("[a message of the other party; not part of your data]")
        told.append(about)
    said = ConversationExported(
        subject=viewer.subject,
        actor=viewer.actor,
        action=Action.EXTRACTION,
        clause=policies.in_force(operator_id).clause_of("chat"),
        automated=False,
        conversation=conversation,
        masked=sum(not each.mine and not each.by_company for each in lines),
    )
    journal.append(operator_id, said)
    return told
