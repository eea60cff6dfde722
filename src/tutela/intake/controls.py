"""Does every letter open the case that its mark names, with its original sealed and an answer?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control
from tutela.intake.models import Mailbox, Message
from tutela.intake.wording import State
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.requests.models import Submission
from tutela.web.plurals import plural

RECEIVED, HELD = ("mail.received",), ("mail.held",)
READ_WITHIN = timedelta(days=3)
"""How long a letter may wait to be read before the promise is in danger."""
CONFIRMED_WITHIN = timedelta(days=14)
BEHIND = timedelta(hours=1)


@control(
    "intake.email",
    how=_(
        "Every letter must have its entry with a digest, its original sealed, and where its "
        "subject line carries a mark of the policy, the case that the mark names; what nobody "
        "could tell must have been read by a person within three days."
    ),
)
def intake_email(question: Question) -> Answer:
    """001 6.4(b), 003 9.1(b), 11.4(b), 004 2.11/b3, 8.5(c): mail opens the case of its mark."""
    found = question.once("intake.mail", lambda: _found(question))
    figures = [
        Figure(plural("%(count)d letter", "%(count)d letters"), found["letters"], RECEIVED),
    ]
    for name, words, kinds in _FIGURES:
        if found[name]:
            figures.append(Figure(words, found[name], kinds))
    if found["wrong"] or found["unrecorded"] or found["unsealed"]:
        state = ClauseState.BROKEN
    elif found["held"] or found["unread"] or found["unconfirmed"] or found["failing"]:
        state = ClauseState.AT_RISK
    else:
        state = ClauseState.KEPT if found["letters"] else ClauseState.NOTHING_YET
    return Answer(state, tuple(figures))


_FIGURES = (
    ("waiting", plural("%(count)d waits for a person", "%(count)d wait for a person"), RECEIVED),
    ("wrong", plural("%(count)d in a wrong case", "%(count)d in a wrong case"), RECEIVED),
    ("unrecorded", plural("%(count)d without an entry", "%(count)d without an entry"), RECEIVED),
    ("unsealed", plural("%(count)d original gone", "%(count)d originals gone"), RECEIVED),
    ("held", plural("%(count)d not sealed", "%(count)d not sealed"), HELD),
    ("failing", plural("%(count)d mailbox fails", "%(count)d mailboxes fail"), ()),
)


def _found(question: Question) -> dict[str, int]:
    operator, now = question.operator_id, question.now
    rows = Message.objects.filter(operator_id=operator)
    letters = rows.exclude(state__in=[State.ASIDE, State.WANTED, State.HELD])
    sealed = Submission.objects.filter(operator_id=operator, id=OuterRef("record"))
    stale = rows.filter(state=State.CONFIRMING, received_at__lte=now - CONFIRMED_WITHIN)
    unread = rows.filter(state=State.UNREAD, received_at__lte=now - READ_WITHIN)
    boxes = Mailbox.objects.filter(operator_id=operator, failed_at__isnull=False)
    total = letters.count()
    return {
        "letters": total,
        "waiting": rows.filter(state__in=[State.UNREAD, State.CONFIRMING]).count(),
        "wrong": _wrong(question.policy, operator),
        "unrecorded": max(0, total - journal.count(operator, RECEIVED)),
        "unsealed": letters.filter(~Exists(sealed), record__isnull=False).count(),
        "held": rows.filter(state=State.HELD).count(),
        "unread": unread.count(),
        "unconfirmed": stale.count(),
        "failing": boxes.filter(failed_at__lte=now - BEHIND).count(),
    }


def _wrong(policy: Policy, operator: UUID) -> int:
    """Letters with a mark that were taken for something else than the mark says."""
    marked = {slug: each.event for slug, each in policy.channels.items() if each.marker}
    rows = Message.objects.filter(operator_id=operator, channel__in=marked, state=State.TAKEN)
    pairs = rows.values_list("channel", "event").distinct()
    return sum(marked[channel] != event for channel, event in pairs)
