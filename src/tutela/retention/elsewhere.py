"""What others hold of what is destroyed here: they are told with it, and the acts say so.

The room of the processors stands above this one and registers itself here (004 9.3(a-b), 9.4;
152-FZ article 21(4-5); GDPR articles 19 and 28(3)(g)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela.core.ids import new_id
from tutela.core.registry import Registry
from tutela.core.vocabulary import Action, LawPurpose
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.retention import acts
from tutela.retention.acts import ActRow, Because, Kind, Statement
from tutela.retention.entries import ProcessorsDone
from tutela.retention.rules import Ground, Held
from tutela.vault.values import Destroyed

Told = Mapping[str, Any]
"""What an act says of one processor: ``slug``, ``title``, ``command``, ``state`` (awaited or
acknowledged), ``due_at`` and, once it is done, ``done_at``, ``outcome`` and ``how``."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to be destroyed of somebody, while it can still be read, and what stays."""

    operator: UUID
    subject: UUID
    policy: Policy
    held: tuple[Held, ...]
    goes: Mapping[UUID, frozenset[str]]
    kept: Mapping[UUID, Mapping[str, tuple[Ground, ...]]]
    clause: str
    act: UUID
    at: datetime


PARTING: Registry[Callable[[Sequence[Leaving]], Sequence[Sequence[Told]]]] = Registry(
    "teller of what leaves"
)
"""Called in the transaction of a destruction, before it, for people of one operator; what each
act says, in their order."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How it goes with those who were told: of how many it is awaited, and for too long."""

    told: int = 0
    awaited: int = 0
    overdue: int = 0
    subjects: tuple[UUID, ...] = ()


FIGURES: Registry[Callable[[UUID, datetime], Elsewhere]] = Registry("counter of what is elsewhere")


def tell(leaving: Sequence[Leaving]) -> list[tuple[Told, ...]]:
    """Tell whoever has to be told of these people, of one operator; in their order."""
    said = [teller(leaving) for teller in PARTING.values()]
    return [tuple(each for one in said for each in one[place]) for place in range(len(leaving))]


def figures(operator_id: UUID, now: datetime) -> Elsewhere:
    """What the register of those who were told says now; empty where nobody keeps one."""
    found = [count(operator_id, now) for count in FIGURES.values()]
    return found[0] if found else Elsewhere()


def certify(operator_id: UUID, first_act: UUID, told: Sequence[Told], now: datetime) -> ActRow:
    """The act that all who were told with ``first_act`` have destroyed it too, each with what
    proves it; made once, in the transaction in which the last of them answered."""
    first = acts.act(operator_id, first_act)
    policy, act_id = policies.in_force(operator_id), new_id()
    because = tuple(_because(each) for each in first.document["because"])
    entry = journal.append(
        operator_id,
        ProcessorsDone(
            subject=first.subject_id,
            action=Action.DESTRUCTION,
            purpose=LawPurpose.RETENTION,
            clause=because[0].clause if because else "",
            policy_version=policy.number,
            act=act_id,
            processors=len(told),
        ),
    )
    said = Statement(
        id=act_id,
        kind=Kind.PROCESSORS,
        subject=first.subject_id,
        because=because,
        what={},
        held=(),
        kept={},
        counts=Destroyed(records=(), fields=(), values=0, keys=0, index_rows=0),
        done_at=now,
        entry=entry,
        first_act=first_act,
        processors=tuple(told),
    )
    return acts.make(operator_id, policy, said)


def _because(said: Mapping[str, Any]) -> Because:
    due = said["due_at"]
    return Because(
        kind=said["kind"],
        slug=said["slug"],
        clause=said["clause"],
        event=said["event"],
        event_at=datetime.fromisoformat(said["event_at"]),
        due_at=datetime.fromisoformat(due) if due else None,
        computation=said["computation"],
    )
