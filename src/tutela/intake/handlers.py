"""The letters of this room: what they say besides the usual."""

from __future__ import annotations

from uuid import UUID

from tutela.intake import actions
from tutela.intake.models import Message
from tutela.policy import actions as policies
from tutela.requests import letters
from tutela.requests.models import Letter

letters.KINDS.register("mail-received", "intake/letters/mail-received.txt")
letters.KINDS.register("mail-withdrawal", "intake/letters/mail-withdrawal.txt")


def _received(operator_id: UUID, letter: Letter) -> dict[str, object]:
    """Whether nobody was known by the address before, so that we ask who writes."""
    row = Message.objects.filter(operator_id=operator_id, record=letter.about).first()
    return {"unknown": row is not None and row.reason == "unknown-sender"}


def _to_confirm(operator_id: UUID, letter: Letter) -> dict[str, object]:
    if letter.about is None:
        return {}
    policy = policies.in_force(operator_id)
    token = actions.link_token(letter.about)
    return {"link": letters.link("mail-confirm", policy, letter, token=token)}


letters.MORE.register("mail-received", _received)
letters.MORE.register("mail-withdrawal", _to_confirm)
