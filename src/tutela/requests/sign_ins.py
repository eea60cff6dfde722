"""Asking for a sign-in link: the answer is the same for everybody, and so is the work before it.

“Do you hold data on me?” is answered to the mailbox and nowhere else. Before the answer the same
statements run for a known address and for an unknown one; what only a known one needs (the letter)
is done from a row afterwards.
"""

from __future__ import annotations

from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import limits
from tutela.requests import letters
from tutela.requests.intake import find_subject
from tutela.requests.models import Ask


def ask(operator_id: UUID, address: str, *, language: str, source: str = "") -> None:
    """Take note that somebody wants a link for ``address``; nothing tells whether it is known.

    Raises ``TooOften`` for a network address that asks too often. A mail address asked for too
    often gets no further letter, and the answer stays the same.
    """
    limits.LINKS_PER_SOURCE.demand(operator_id, source)
    wanted = limits.LINKS_PER_ADDRESS.spend(operator_id, address.casefold())
    subject = find_subject(operator_id, "email", address)
    Ask.objects.create(
        operator_id=operator_id,
        id=new_id(),
        subject_id=subject if wanted else None,
        language=language,
        asked_at=clock.now(),
    )


def answer_asked(operator_id: UUID) -> int:
    """Queue the letters that were asked for, one transaction each; how many rows were settled."""
    settled = 0
    while True:
        with operator_scope(operator_id):
            waiting = Ask.objects.select_for_update(skip_locked=True)
            row = waiting.filter(operator_id=operator_id).order_by("asked_at", "id").first()
            if row is None:
                return settled
            if row.subject_id is not None:
                letters.queue(operator_id, row.subject_id, "sign-in", row.language)
            Ask.objects.filter(operator_id=operator_id, id=row.id).delete()
            settled += 1
