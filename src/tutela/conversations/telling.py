"""What a person is told of their conversations in the copy of everything about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tutela.conversations.models import Address, Conversation, Message
from tutela.requests.parts import Line, Part
from tutela.web import dates


def told(operator_id: UUID, subject: UUID, _language: str) -> Iterator[Line]:
    """What they said lies among their values, under the record that is named here; of the other
    party it says only that and when something was said (GDPR article 15(4))."""
    for address in Address.objects.filter(operator_id=operator_id, subject_id=subject):
        yield Line(
            {"address": address.handle},
            _("Others can write to you at an address of your own: %(address)s.")
            % {"address": address.handle},
        )
    mine = Q(subject_id=subject) | Q(other_id=subject)
    rows = Conversation.objects.filter(mine, operator_id=operator_id).order_by("opened_at")
    for row in rows:
        messages = Message.objects.filter(operator_id=operator_id, conversation=row.id)
        lines = [_message(each, subject) for each in messages.order_by("at", "id")]
        data = {
            "conversation": row.id,
            "with": "company" if row.with_company else "somebody",
            "opened_at": row.opened_at,
            "messages": lines,
        }
        yield Line(data, _said(row, lines))


def _message(message: Message, subject: UUID) -> dict[str, str]:
    if message.author_id == subject and message.gone_at is None:
        said = {"by": "company" if message.by_company else "you", "record": str(message.id)}
    else:
        said = {"by": "you" if message.author_id == subject else "other"}
    return {"at": message.at.isoformat(), **said}


def _said(row: Conversation, lines: Sequence[dict[str, str]]) -> str:
    whom = (
        _("With the company, since %(day)s")
        if row.with_company
        else _("With another person, since %(day)s")
    ) % {"day": dates.day(row.opened_at)}
    mine = sum(each["by"] == "you" for each in lines)
    counted = ngettext("%(count)d message", "%(count)d messages", len(lines)) % {
        "count": len(lines)
    }
    own = _("%(count)s of them yours; what you said stands among the values above.") % {
        "count": dates.number(mine)
    }
    return f"{whom}: {counted}, {own}"


CONVERSATIONS = Part(gettext_lazy("Your conversations"), told)
