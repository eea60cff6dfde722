"""What the journal says about conversations; never what was said in one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tutela.conversations.wording import PARTIES
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, counted


@entry("conversation.opened")
@dataclass(frozen=True, kw_only=True)
class ConversationOpened(Entry):
    conversation: UUID
    party: str
    wording = _("A conversation with %(party)s was opened")


@entry("message.sent")
@dataclass(frozen=True, kw_only=True)
class MessageSent(Entry):
    conversation: UUID
    record: UUID
    files: int
    wording = _("A message was sent and sealed (%(files)s)")


@entry("message.read")
@dataclass(frozen=True, kw_only=True)
class MessageRead(Entry):
    """``subject`` is who wrote, ``actor`` who read."""

    conversation: UUID
    messages: int
    wording = _("The other party read %(messages)s")


@entry("conversation.exported")
@dataclass(frozen=True, kw_only=True)
class ConversationExported(Entry):
    conversation: UUID
    masked: int
    wording = _("A conversation was saved as a file; hidden in it: %(masked)s of the other party")


_MESSAGES = counted(ngettext_lazy("%(count)d message", "%(count)d messages", "count"))
called("party", PARTIES, kind=ConversationOpened.kind)
called(
    "files",
    counted(ngettext_lazy("%(count)d file", "%(count)d files", "count"), none=_("no file")),
    kind=MessageSent.kind,
)
called("messages", _MESSAGES, kind=MessageRead.kind)
called("masked", _MESSAGES, kind=ConversationExported.kind)
