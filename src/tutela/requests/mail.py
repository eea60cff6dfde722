"""Letters that arrive by mail, understood by the subject lines the policy asks for.

The transport (IMAP, LMTP) is not here: this is what happens to one message once it has arrived.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from uuid import UUID

from tutela.consent.actions import NothingToWithdraw
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.model import Channel, CollectionPoint, Policy
from tutela.requests.actions import Receipt, submit, withdraw
from tutela.requests.errors import NoSuchForm
from tutela.requests.intake import find_subject
from tutela.requests.rules import consents_needed

_PREFIX = re.compile(r"^\s*((re|fwd?|aw|отв|ответ|пересл)\s*(\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_QUOTES = re.compile(r"[\"'«»“”„‘’`]")


_WITHDRAWING = frozenset({"consent.withdrawn", "marketing.stopped", "subscription.ended"})
"""Events that a known sender brings about by the message itself, without a person's help."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message turned out to be: the event it states, and the receipt to answer with."""

    event: str
    receipt: Receipt


def channel_for(policy: Policy, subject_line: str) -> Channel | None:
    """The channel whose marker the subject line carries, else the mailbox without a marker.

    Case, quotes, reply prefixes and spaces do not matter; either language is understood.
    """
    line = _plain(subject_line)
    mail = [each for each in policy.channels.values() if each.kind == "mail"]
    for each in mail:
        if any(_plain(marker) in line for marker in each.marker.values() if _plain(marker)):
            return each
    return next((each for each in mail if not each.marker), None)


def receive(
    operator_id: UUID, *, sender: str, subject_line: str, text: str, language: str, message_id: str
) -> Taken:
    """Take one message in. ``message_id`` is an opaque digest: the same message counts once."""
    policy = policies.in_force(operator_id)
    channel = channel_for(policy, subject_line)
    event = channel.event if channel else "letter.received"
    subject = find_subject(operator_id, "email", sender)
    if subject is not None and event in _WITHDRAWING:
        with contextlib.suppress(NothingToWithdraw):
            return Taken(event, _withdrawn(operator_id, policy, subject, event, language))
    point = letter_point(policy)
    receipt = submit(
        operator_id,
        point.slug,
        language=language,
        values=_values(policy, point, sender, text),
        accepted=consents_needed(policy, point),
        idempotency=message_id,
        act="letter-sent",
    )
    if event != point.event and not receipt.repeated:
        obligations.open_for(operator_id, receipt.subject, event, at=clock.now(), cause=new_id())
    return Taken(event, receipt)


def _withdrawn(
    operator_id: UUID, policy: Policy, subject: UUID, event: str, language: str
) -> Receipt:
    marketing = [slug for slug, each in policy.purposes.items() if each.marketing]
    purposes = None if event == "consent.withdrawn" else marketing
    return withdraw(operator_id, subject, purposes, language=language, channel="mail")


def letter_point(policy: Policy) -> CollectionPoint:
    for point in policy.points.values():
        if point.kind == "letter":
            return point
    raise NoSuchForm("The policy declares no collection point of kind letter; add one.")


def _values(policy: Policy, point: CollectionPoint, sender: str, text: str) -> dict[str, str]:
    values = {}
    for asked in point.fields:
        kind = policy.fields[asked.field].type
        if kind == "email":
            values[asked.field] = sender
        elif kind == "long-text":
            values[asked.field] = text
    return values


def _plain(text: str) -> str:
    return " ".join(_QUOTES.sub("", _PREFIX.sub("", text)).casefold().split())
