"""Who holds what of a person, and the commands that a destruction leaves behind.

In the transaction of the destruction each processor that holds what goes gets a row; what it
needs to find the person is sealed under a number of its own, so that nothing of it is in the row,
and ends with the answer (004 9.3(a-b), 9.4; 152-FZ article 21(4-5); GDPR article 28(3)(g)).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, TRANSFER, Action, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy.model import Policy, ProcessorEnding, Recipient
from tutela.policy.terms import compute
from tutela.processors import parcels
from tutela.processors.entries import ProcessorCommanded
from tutela.processors.models import Command
from tutela.retention.elsewhere import PARTING, Leaving, Told
from tutela.vault import actions as vault

LEFT = ("gate.permitted", "act.by-hand")
"""Kinds of entries that say that data left for somebody."""
MOST = 5000
_LEAVING = [str(each) for each in TRANSFER]


@dataclass(frozen=True, slots=True)
class Handed:
    """What once left for a recipient, for a purpose."""

    recipient: str
    purpose: str
    fields: frozenset[str]
    at: datetime


def handed(operator_id: UUID, subject: UUID) -> list[Handed]:
    """What of a person really left and for whom, as the journal has it, the earliest first."""
    rows = journal.entries(operator_id, subject=subject, kinds=LEFT, actions=_LEAVING, limit=MOST)
    return [
        Handed(each.data["recipient"], each.purpose, frozenset(each.data["fields"]), each.at)
        for each in rows
        if each.data.get("recipient")
    ]


def command_many(leaving: Sequence[Leaving]) -> list[list[Told]]:
    """``command`` for each of these people of one operator; most of them were handed to nobody,
    and that is asked once for all."""
    if not any(each.role == "processor" for each in leaving[0].policy.recipients.values()):
        return [[] for _ in leaving]
    people = [each.subject for each in leaving]
    known = journal.people_of(leaving[0].operator, people, kinds=LEFT, actions=_LEAVING)
    return [command(each) if each.subject in known else [] for each in leaving]


def command(leaving: Leaving) -> list[Told]:
    """Have every processor destroy its copy of what goes; what the act says of them."""
    policy = leaving.policy
    processors = {
        slug: each for slug, each in policy.recipients.items() if each.role == "processor"
    }
    if not processors:
        return []
    found = _held_elsewhere(leaving, set(processors))
    return [
        _command(leaving, processors[slug], fields, purposes)
        for slug, (fields, purposes) in sorted(found.items())
    ]


def _held_elsewhere(
    leaving: Leaving, processors: set[str]
) -> Mapping[str, tuple[frozenset[str], frozenset[str]]]:
    """The fields of what goes that each processor was handed, and for which purposes. What stays
    here for a purpose in another record stays with the processor too."""
    found: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    left = [
        each for each in handed(leaving.operator, leaving.subject) if each.recipient in processors
    ]
    if not left:
        return found
    taken = {each.id: each.received_at for each in vault.records(leaving.operator, leaving.subject)}
    for each in left:
        serving = [one for one in leaving.held if each.purpose in one.purposes]
        gone = frozenset[str]().union(
            *(
                leaving.goes.get(one.record, frozenset())
                for one in serving
                if taken[one.record] <= each.at
            )
        )
        stays = frozenset[str]().union(*(leaving.kept.get(one.record, ()) for one in serving))
        if fields := each.fields & gone - stays:
            before = found.get(each.recipient, (frozenset(), frozenset()))
            found[each.recipient] = before[0] | fields, before[1] | {each.purpose}
    return found


def _command(
    leaving: Leaving, processor: Recipient, fields: frozenset[str], purposes: frozenset[str]
) -> Told:
    policy, ending = leaving.policy, processor.ending
    due = due_of(policy, ending, leaving.at)
    row = Command(
        operator_id=leaving.operator,
        subject_id=leaving.subject,
        id=new_id(),
        act=leaving.act,
        recipient=processor.slug,
        by=ending.by,
        fields=sorted(fields),
        purposes=sorted(purposes),
        clause=leaving.clause,
        policy_version=policy.number,
        parcel=_parcel(leaving, processor),
        opened_at=leaving.at,
        due_at=due,
        next_at=due if ending.by == "hand" else leaving.at,
    )
    row.save(force_insert=True)
    journal.append(
        leaving.operator,
        ProcessorCommanded(
            subject=leaving.subject,
            clause=leaving.clause,
            policy_version=policy.number,
            command=row.id,
            act=leaving.act,
            recipient=processor.slug,
            fields=tuple(row.fields),
            due_at=due,
        ),
    )
    return told_of(policy, row)


def due_of(policy: Policy, ending: ProcessorEnding, at: datetime) -> datetime | None:
    return compute(ending.term, at, policy.calendar).at if ending.term else None


def told_of(policy: Policy, row: Command) -> Told:
    """One processor as an act says it."""
    known = policy.recipients.get(row.recipient)
    said = {
        "slug": row.recipient,
        "title": dict(known.title) if known else {},
        "command": row.id,
        "fields": row.fields,
        "state": "acknowledged" if row.acknowledged_at else "awaited",
        "due_at": row.due_at,
    }
    if row.acknowledged_at:
        said |= {
            "done_at": row.acknowledged_at,
            "outcome": row.outcome,
            "how": row.how,
            "reference": row.reference,
        }
    return said


def _parcel(leaving: Leaving, processor: Recipient) -> UUID | None:
    """What the processor needs to find the person, sealed apart; None if it needs nothing, or if
    the gate refuses it: then staff tell the processor by its own number for the person."""
    given = frozenset(processor.fields) & processor.ending.find
    texts = dict(_read(leaving, given)) if given else {}
    if not texts:
        return None
    text = json.dumps(texts, ensure_ascii=False)
    return parcels.seal(leaving.operator, leaving.policy, processor.slug, text)


def _read(leaving: Leaving, fields: frozenset[str]) -> Iterator[tuple[str, Sequence[str]]]:
    asked = Operation(
        operator=leaving.operator,
        subject=leaving.subject,
        action=Action.USE,
        purpose=LawPurpose.SERVICE_LETTER,
        fields=fields,
        actor=SYSTEM,
    )
    permit = gate.decide(asked)
    if not isinstance(permit, Permit):
        return
    values = [
        each for each in vault.read(permit) if each.field in leaving.goes.get(each.record, ())
    ]
    for slug in sorted(fields):
        if known := sorted({each.value for each in values if each.field == slug}):
            yield slug, known


PARTING.register("processors", command_many)
