"""The end of data in words, for the desk, the portal and programmes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tutela.policy import actions as policies
from tutela.policy.model import Policy, Words
from tutela.policy.wording import EVENTS
from tutela.retention import explaining
from tutela.retention.explaining import Keeper, Reasoning
from tutela.retention.forecasting import Planned
from tutela.retention.rules import AFTER_EXCEPTION, Ending, Ground
from tutela.retention.wording import BECAUSE, GROUNDS, HOLD_GROUNDS, REASONS, Reason
from tutela.web import dates


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule at work: its term and event in words, its clause, its own end."""

    term: str
    event: str
    at: datetime
    clause: str
    ends: str
    until: str
    purposes: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeeperShown:
    words: str
    clause: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RecordShown:
    """One record: by which form it came, its last day, how that was counted, and why; and the set
    that it ``becomes`` a part of, without the person, if the policy says so."""

    record: UUID
    point: str
    received_at: datetime
    ends: str
    until: str
    counted: str
    clause: str
    because: str
    becomes: str
    rules: Sequence[RuleShown]
    keepers: Sequence[KeeperShown]


def records(operator_id: UUID, subject: UUID, language: str) -> list[RecordShown]:
    """Every record of a person, oldest first; call it in the reader's language."""
    policy = policies.in_force(operator_id)
    return [_record(policy, each, language) for each in explaining.explained(operator_id, subject)]


def words(title: Words, language: str) -> str:
    return title.get(language) or next(iter(title.values()), "")


def _record(policy: Policy, said: Reasoning, language: str) -> RecordShown:
    point = policy.points.get(said.point)
    end = said.end
    return RecordShown(
        record=said.record,
        point=words(point.title, language) if point else said.point,
        received_at=said.received_at,
        ends=_last_day(end.ends_at, end.computation),
        until=str(EVENTS.get(end.until, end.until)),
        counted=end.counted(language),
        clause=end.clause,
        because=str(BECAUSE[said.because]),
        becomes=_becomes(policy, end.rule, language),
        rules=[
            _rule(policy, each, language) for each in said.rules if each.rule != AFTER_EXCEPTION
        ],
        keepers=[_keeper(policy, each, language) for each in said.keepers],
    )


def _becomes(policy: Policy, rule: str, language: str) -> str:
    sets = (each for each in policy.anonymised.values() if rule in each.rules)
    found = next(sets, None)
    return words(found.title, language) if found else ""


def _last_day(ends_at: datetime | None, computation: object) -> str:
    if ends_at is None:
        return ""
    last = getattr(computation, "last_day", None)
    return dates.day(last) if last else dates.minute(ends_at)


def _rule(policy: Policy, said: Ending, language: str) -> RuleShown:
    declared = policy.retention.get(said.rule)
    return RuleShown(
        term=declared.term.words(language) if declared else "",
        event=str(EVENTS.get(said.event, said.event)),
        at=said.event_at,
        clause=said.clause,
        ends=_last_day(said.ends_at, said.computation),
        until=str(EVENTS.get(said.until, said.until)),
        purposes=[
            words(policy.purposes[slug].title, language)
            for slug in said.purposes
            if slug in policy.purposes
        ],
    )


def _keeper(policy: Policy, said: Keeper, language: str) -> KeeperShown:
    if said.kind == "hold":
        name = hold_ground(policy, said.name, language)
        fields = [words(policy.fields[each].title, language) for each in said.fields]
        return KeeperShown(
            f"{GROUNDS['hold']} — {name}: {', '.join(fields)}", said.clause, said.until
        )
    purpose = policy.purposes.get(said.name)
    served = words(purpose.title, language) if purpose else said.name
    return KeeperShown(f"{GROUNDS[said.kind]} — {served}", said.clause, said.until)


@dataclass(frozen=True, slots=True)
class PlannedShown:
    """One line of a dry run in words; ``becomes`` is the set into which it is turned, if any."""

    line: Planned
    grounds: str
    hindrance: str
    becomes: Words | None


def planned(policy: Policy, lines: Iterable[Planned], language: str) -> list[PlannedShown]:
    return [
        PlannedShown(
            line=each,
            grounds=grounds_words(policy, each.grounds, language),
            hindrance=str(REASONS[Reason(each.hindrance)]) if each.hindrance else "",
            becomes=policy.anonymised[each.into].title if each.into else None,
        )
        for each in lines
    ]


def grounds_words(policy: Policy, grounds: Iterable[Ground], language: str) -> str:
    said = (ground_words(policy, each, language) for each in grounds)
    return "; ".join(dict.fromkeys(said))


def hold_ground(policy: Policy, slug: str, language: str) -> str:
    """The ground of a hold: one beside the policy, or a basis or purpose of it."""
    if slug in HOLD_GROUNDS:
        return str(HOLD_GROUNDS[slug])
    named = policy.bases.get(slug) or policy.purposes.get(slug)
    return words(named.title, language) if named else slug


def ground_words(policy: Policy, ground: Ground, language: str) -> str:
    """Why something stays, as an act says it."""
    return f"{GROUNDS[ground.kind]} ({hold_ground(policy, ground.name, language)})"
