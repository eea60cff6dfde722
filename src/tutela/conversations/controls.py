"""Does every message lie sealed for its purpose, with an end, and is each look at it known?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.consent import actions as consent
from tutela.conversations.models import Conversation, Message
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.journal import actions as journal
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.web.plurals import plural

SENT, READ, OPENED = ("message.sent",), ("message.read",), ("conversation.opened",)


@control(
    "chat",
    how=_(
        "Each message that is still there must be a sealed record with its purpose, an end by a "
        "rule of the policy and an entry in the journal; each that was destroyed must be gone."
    ),
)
def chat(question: Question) -> Answer:
    """002 “Сбор” B3, B5: messages, voices and photographs between people and with the company."""
    total, loose, endless, left, unsaid, opened = question.once(
        "conversations.messages", lambda: _messages(question)
    )
    figures = [
        Figure(plural("%(count)d conversation", "%(count)d conversations"), opened, OPENED),
        Figure(plural("%(count)d message", "%(count)d messages"), total, SENT),
    ]
    for words, count in (
        (plural("%(count)d without its record", "%(count)d without their records"), loose),
        (plural("%(count)d without an end", "%(count)d without an end"), endless),
        (plural("%(count)d not destroyed", "%(count)d not destroyed"), left),
        (plural("%(count)d without an entry", "%(count)d without an entry"), unsaid),
    ):
        if count:
            figures.append(Figure(words, count, SENT))
    return Answer(settled(total, loose + endless + left + unsaid), tuple(figures))


def _messages(question: Question) -> tuple[int, int, int, int, int, int]:
    operator = question.operator_id
    rows = Message.objects.filter(operator_id=operator)
    here = rows.filter(gone_at__isnull=True)
    records = vault.all_records(operator)
    total = rows.count()
    return (
        total,
        here.exclude(id__in=records).count(),
        here.exclude(id__in=retention.scheduled_records(operator)).count(),
        rows.filter(gone_at__isnull=False, id__in=records).count(),
        max(0, total - journal.count(operator, SENT)),
        Conversation.objects.filter(operator_id=operator).count(),
    )


@control(
    "attachments",
    how=_(
        "Each file must lie in a record that came with a consent of the person, or in a message "
        "of a conversation that a consent opened; nothing else may hold a file."
    ),
)
def attachments(question: Question) -> Answer:
    """002 “Сбор” B2(b): a photograph only at the person's wish and with their consent."""
    files, unagreed = question.once("conversations.files", lambda: _files(question))
    figures = [Figure(plural("%(count)d file kept", "%(count)d files kept"), files)]
    if unagreed:
        words = plural("%(count)d without a consent", "%(count)d without a consent")
        figures.append(Figure(words, unagreed))
    return Answer(settled(files, unagreed), tuple(figures))


def _files(question: Question) -> tuple[int, int]:
    operator = question.operator_id
    kept = set(vault.records_with_files(operator))
    agreed = set(consent.consented_records(operator).filter(record__in=kept))
    said = Message.objects.filter(operator_id=operator, id__in=kept).values_list("id", flat=True)
    return len(kept), len(kept - agreed - set(said))
