"""Finds data that was kept too long or destroyed too early, ignored holds, and missing acts.

It imports nothing of Tutela. It reads the exported journal, the acts that were signed, and the
policy's file, and works out by itself when each field of each record had to be gone and until
when it had to stay. What the system thought of it (schedules, due moments, computations) is not
looked at.

    field    one field of one record, known from the permit to collect it
    ground   what lets it stay: a live consent, an agreement, a hold
    demand   a moment from which it may stay on a ground only: the end of a rule's term, or of
             the promise on a withdrawal, a reached purpose or the person's own demand, after
             which neither a consent nor an agreement is a ground
"""

from __future__ import annotations

import calendar
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import yaml

RETRY = timedelta(hours=24)
"""A day to act in, once the last ground has gone: the policy gives no term for that."""
AHEAD = timedelta(days=1)
"""Work may be done so long before its term ends, so that it can be tried again."""

TOO_LONG, TOO_EARLY = "kept too long", "destroyed too early"
HOLD, NO_ACT = "hold ignored", "act missing"
KINDS = (TOO_LONG, TOO_EARLY, HOLD, NO_ACT)


@dataclass(frozen=True)
class Fault:
    kind: str
    subject: str
    record: str
    field: str
    why: str


class Rules:
    """What the policy's file says, as far as the end of data goes."""

    def __init__(self, text: str) -> None:
        said = yaml.safe_load(text)
        self.zone = ZoneInfo(said["operator"]["time_zone"])
        self.working = holidays.country_holidays(said["calendar"]["code"])
        self.receipt_counts = said["calendar"]["day_of_receipt_counts"]
        self.fields = {slug: set(each["fields"]) for slug, each in said["purposes"].items()}
        self.marketing = {slug for slug, each in said["purposes"].items() if each.get("marketing")}
        kinds = {slug: each["kind"] for slug, each in said["bases"].items()}
        self.bases = {
            slug: {kinds[base] for base in each["bases"]} for slug, each in said["purposes"].items()
        }
        self.events = {slug: each["event"] for slug, each in said["collection_points"].items()}
        self.rules = list(said["retention"].values())
        self.destroy = {
            each["event"]: each["term"]
            for each in said["promises"].values()
            if each["outcome"] == "destroy"
        }

    def ends(self, term: str, start: datetime) -> datetime:
        """The first moment after the last day of a term in days, working days, months or years."""
        number, unit = term.split(maxsplit=1)
        count, day = int(number), start.astimezone(self.zone).date()
        if unit.startswith("working day"):
            last = self._working_days_later(day, count)
        elif unit.startswith("day"):
            last = day + timedelta(days=count - bool(self.receipt_counts))
        elif unit.startswith(("month", "year")):
            last = _months_later(day, count * (12 if unit.startswith("year") else 1))
        else:
            raise ValueError(f"The checker cannot count “{term}”.")
        following = datetime.combine(last + timedelta(days=1), time(), self.zone)
        return following.astimezone(UTC)

    def _working_days_later(self, day: date, count: int) -> date:
        while count:
            day += timedelta(days=1)
            count -= self.working.is_working_day(day)
        return day


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass
class Held:
    ground: str
    fields: set[str]
    since: datetime
    until: datetime | None


@dataclass
class Agreement:
    """It serves the records that were there when it began."""

    since: datetime
    place: int
    purposes: list[str]
    until: datetime | None = None


@dataclass
class Record:
    id: str
    point: str
    at: datetime
    place: int
    """Its place in the journal: of two things at one moment the earlier was first."""
    purposes: list[str] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    gone: dict[str, datetime] = field(default_factory=dict)


@dataclass
class Life:
    """What the journal and the acts say of one person."""

    records: dict[str, Record] = field(default_factory=dict)
    consents: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)
    withdrawn: list[tuple[datetime, tuple[str, ...]]] = field(default_factory=list)
    reached: list[datetime] = field(default_factory=list)
    demanded: list[datetime] = field(default_factory=list)
    contracts: dict[str, Agreement] = field(default_factory=dict)
    holds: dict[str, Held] = field(default_factory=dict)
    collected: dict[tuple[str, datetime], set[str]] = field(default_factory=dict)
    reports: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Report:
    people: int = 0
    records: int = 0
    fields: int = 0
    destroyed: int = 0
    acts: int = 0
    kept_on_a_ground: int = 0
    faults: list[Fault] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        found = Counter(each.kind for each in self.faults)
        return {kind: found.get(kind, 0) for kind in KINDS}


def check(journal: Iterable[str], acts: Iterable[str], policy: str, until: datetime) -> Report:
    """``journal`` and ``acts`` are lines of JSON; ``until`` is the moment of the export."""
    rules, report = Rules(policy), Report()
    lives: dict[str, Life] = defaultdict(Life)
    for place, entry in enumerate(_entries(journal)):
        if entry.get("subject"):
            _read(lives[entry["subject"]], entry, place)
    made = _take_acts(lives, acts)
    report.acts = len(made)
    for subject, life in lives.items():
        _check_acts(report, subject, life, made)
        _check_life(report, rules, subject, life, until)
    told = {act for life in lives.values() for act, _entry in life.reports}
    for act in sorted(made.keys() - told):
        report.faults.append(Fault(NO_ACT, made[act][0], "", "", f"nothing tells of act {act}"))
    report.people = sum(bool(each.records) for each in lives.values())
    return report


def _entries(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        said = json.loads(line)
        if "entry" in said:
            yield json.loads(said["entry"])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _read(life: Life, entry: dict[str, Any], place: int) -> None:  # noqa: C901, PLR0912 - by kind
    at, data, purpose = moment(entry["at"]), entry.get("data", {}), entry.get("purpose", "")
    match entry["kind"]:
        case "gate.permitted" if entry.get("action") == "collection":
            life.collected.setdefault((purpose, at), set()).update(data["fields"])
        case "consent.given" if data.get("record"):
            life.consents.setdefault(purpose, []).append((at, True))
            record = Record(data["record"], data["point"], at, place)
            life.records.setdefault(record.id, record).purposes.append(purpose)
        case "consent.withdrawn":
            for each in data["purposes"]:
                life.consents.setdefault(each, []).append((at, False))
            life.withdrawn.append((at, tuple(data["purposes"])))
        case "consent.expired":
            life.consents.setdefault(purpose, []).append((at, False))
        case "consent.stopped":
            for each in data["purposes"]:
                life.consents.setdefault(each, []).append((at, False))
        case "obligation.opened" if data["event"] == "purpose.reached":
            life.reached.append(at)
        case "obligation.opened" if data["event"] == "destruction.demanded":
            life.demanded.append(at)
        case "retention.contract-started":
            life.contracts[data["contract"]] = Agreement(at, place, data["purposes"])
        case "retention.contract-ended":
            life.contracts[data["contract"]].until = at
        case "retention.held":
            until = moment(data["until"]) if data.get("until") else None
            life.holds[data["hold"]] = Held(data["ground"], set(data["fields"]), at, until)
        case "retention.released":
            hold = life.holds[data["hold"]]
            hold.until = min(hold.until or at, at)
        case "retention.destroyed":
            life.reports.append((data["act"], entry["id"]))


def _take_acts(lives: dict[str, Life], lines: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What each act says was destroyed; the person and the entry of each act."""
    made = {}
    for line in lines:
        said = json.loads(line)["document"]
        if said["kind"] not in {"destruction", "partial", "anonymisation"}:
            continue
        made[said["id"]] = (said["subject"], said["journal_entry"])
        for each in said["what"]["records"]:
            record = lives[said["subject"]].records.get(each["record"])
            for slug in each["fields"] if record else ():
                record.gone.setdefault(slug, moment(said["done_at"]))
    return made


def _check_acts(report: Report, subject: str, life: Life, made: dict[str, tuple[str, str]]) -> None:
    for act, entry in life.reports:
        if made.get(act, ("", ""))[1] != entry:
            why = f"the entry {entry} tells of an act that is not there"
            report.faults.append(Fault(NO_ACT, subject, "", "", why))


def _check_life(report: Report, rules: Rules, subject: str, life: Life, until: datetime) -> None:
    for record in life.records.values():
        for purpose in record.purposes:
            record.fields |= life.collected.get((purpose, record.at), set())
        report.records += 1
        for slug in sorted(record.fields):
            one = _Field(rules, life, record, slug)
            report.fields += 1
            gone = record.gone.get(slug)
            report.destroyed += gone is not None
            if gone is None:
                report.kept_on_a_ground += any(each <= until for each in one.demands)
            fault = one.too_long(gone, until) or (gone and one.too_early(gone))
            if fault:
                kind, why = fault
                report.faults.append(Fault(kind, subject, record.id, slug, why))


class _Field:
    """One field of one record, and what the policy wants of it."""

    def __init__(self, rules: Rules, life: Life, record: Record, slug: str) -> None:
        self.rules, self.life, self.record, self.slug = rules, life, record, slug
        self.over = {purpose: self._over(purpose) for purpose in record.purposes}
        self.demanded = min(self._demanded(), default=None)
        self.demands = sorted(self._demands())

    def _over(self, purpose: str) -> datetime | None:
        """When no consent keeps the record for the purpose any more."""
        ends = [each for each in self.life.reached if each >= self.record.at]
        ends += [end for end, about in self._terms() if purpose in about]
        return min(ends, default=None)

    def _terms(self) -> Iterator[tuple[datetime, list[str]]]:
        """The ends that rules with a term set for the record, and for which purposes."""
        for rule in self.rules.rules:
            fits = rule["event"] == self.rules.events[self.record.point]
            at_point = self.record.point in rule.get("points", [self.record.point])
            if not (fits and at_point) or str(rule["term"]).startswith("until"):
                continue
            about = [
                each
                for each in self.record.purposes
                if each in rule.get("purposes", self.record.purposes)
            ]
            yield self.rules.ends(rule["term"], self.record.at), about

    def _demanded(self) -> Iterator[datetime]:
        """The ends of the promises on the person's own demands."""
        for at in self.life.demanded:
            if at >= self.record.at:
                yield self.rules.ends(self.rules.destroy["destruction.demanded"], at)

    def _demands(self) -> Iterator[datetime]:
        term = self.rules.destroy
        for at, _purposes in self.life.withdrawn:
            if at >= self.record.at:
                yield self.rules.ends(term["consent.withdrawn"], at)
        for at in self.life.reached:
            if at >= self.record.at:
                yield self.rules.ends(term["purpose.reached"], at)
        yield from (end for end, _about in self._terms())
        yield from self._demanded()

    def grounds(self, at: datetime, *, slack: timedelta = timedelta(0)) -> list[str]:
        """What lets the field stay at a moment. What a term ends counts as ended ``slack`` before:
        the system may act so long ahead."""
        if self.demanded is not None and self.demanded - slack <= at:
            return self._holds(at)
        return self._consents(at, slack) + self._contracts(at) + self._holds(at)

    def _consents(self, at: datetime, slack: timedelta = timedelta(0)) -> list[str]:
        found = []
        for purpose in self.record.purposes:
            over = self.over[purpose]
            is_over = over is not None and over - slack <= at
            needed = self.slug in self.rules.fields[purpose]
            if needed and not is_over and self._consented(purpose, at):
                found.append(f"consent to {purpose}")
        return found

    def _consented(self, purpose: str, at: datetime) -> bool:
        """By the last word on it; what is said at the same moment was said before."""
        said = [live for when, live in self.life.consents.get(purpose, ()) if when <= at]
        return bool(said) and said[-1]

    def _contracts(self, at: datetime) -> list[str]:
        if all(each in self.rules.marketing for each in self.record.purposes):
            return []
        return [
            f"agreement for {purpose}"
            for each in self.life.contracts.values()
            for purpose in each.purposes
            if self.record.place < each.place and each.since <= at
            if each.until is None or at < each.until
            if self.slug in self.rules.fields[purpose]
        ]

    def _holds(self, at: datetime) -> list[str]:
        return [
            f"hold ({each.ground})"
            for each in self.life.holds.values()
            if each.since <= at and (each.until is None or at < each.until)
            if self.slug in each.fields
        ]

    def _exceptions_end(self) -> Iterator[datetime]:
        """The moments at which an agreement or a hold ends."""
        yield from (each.until for each in self.life.contracts.values() if each.until)
        yield from (each.until for each in self.life.holds.values() if each.until)

    def deadline(self) -> datetime | None:
        """When the field had to be gone: at the first demand at which nothing kept it, or a day
        after the last agreement or hold ended that alone kept it at an earlier demand."""
        found = [each for each in self.demands if not self.grounds(each)]
        waiting = [
            each for each in self.demands if each == self.demanded or not self._consents(each)
        ]
        found += [
            at + RETRY
            for at in self._exceptions_end()
            if any(each < at for each in waiting) and not self.grounds(at)
        ]
        return min(found, default=None)

    def too_long(self, gone: datetime | None, until: datetime) -> tuple[str, str] | None:
        last = self.deadline()
        if last is None or last > until or (gone is not None and gone <= last):
            return None
        return (
            TOO_LONG,
            f"it had to be gone by {last}, and {'went at ' + str(gone) if gone else 'is there'}",
        )

    def too_early(self, gone: datetime) -> tuple[str, str] | None:
        held = self._holds(gone)
        if held:
            return HOLD, f"it was destroyed at {gone} in spite of: {', '.join(held)}"
        if grounds := self.grounds(gone, slack=AHEAD):
            return TOO_EARLY, f"at {gone} it still stood on: {', '.join(grounds)}"
        return None
