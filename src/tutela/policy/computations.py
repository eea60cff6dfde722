"""How a due date was counted: a plain record, kept beside the date and explained years later.

Every figure an explanation needs is in the record, so a later change of a calendar, of the time
zone database or of the policy does not change what an auditor reads (request.clock).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tutela.policy import explanations, holiday_names
from tutela.policy.holiday_names import Note
from tutela.policy.pausing import Pause
from tutela.policy.term_grammar import Kind, TermError, Unit

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day off that was not counted, or a weekend day that was, because people worked on it."""

    day: date
    note: Note

    def to_json(self) -> dict[str, str]:
        return {
            "day": self.day.isoformat(),
            "kind": self.note.kind.value,
            "en": self.note.en,
            "ru": self.note.ru,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> SpecialDay:
        note = Note(holiday_names.Kind(value["kind"]), value["en"], value["ru"])
        return cls(date.fromisoformat(value["day"]), note)


@dataclass(frozen=True, slots=True)
class Step:
    """One counting: the term itself, or its extension.

    ``begins`` and ``ends`` are local moments of a term in hours (with the offset then in force)
    and otherwise empty; ``first_day`` is the day counted from, ``last_day`` the day it ends.
    ``weekend_days`` were passed over without a name. ``missing_day`` is the date the last month
    does not have (31 in February), or 0. ``rolled_from`` is the day off on which the term would
    have ended. ``unsure_years`` are years whose moved days were not known to the calendar.
    """

    term: str
    kind: Kind
    first_day: date
    last_day: date
    amount: int = 0
    unit: Unit | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    skipped: tuple[SpecialDay, ...] = ()
    worked: tuple[SpecialDay, ...] = ()
    weekend_days: int = 0
    missing_day: int = 0
    rolled_from: SpecialDay | None = None
    unsure_years: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "term": self.term,
            "kind": self.kind.value,
            "amount": self.amount,
            "unit": self.unit.value if self.unit else None,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "begins": self.begins.isoformat() if self.begins else None,
            "ends": self.ends.isoformat() if self.ends else None,
            "skipped": [each.to_json() for each in self.skipped],
            "worked": [each.to_json() for each in self.worked],
            "weekend_days": self.weekend_days,
            "missing_day": self.missing_day,
            "rolled_from": self.rolled_from.to_json() if self.rolled_from else None,
            "unsure_years": list(self.unsure_years),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Step:
        return cls(
            term=value["term"],
            kind=Kind(value["kind"]),
            amount=value["amount"],
            unit=Unit(value["unit"]) if value["unit"] else None,
            first_day=date.fromisoformat(value["first_day"]),
            last_day=date.fromisoformat(value["last_day"]),
            begins=datetime.fromisoformat(value["begins"]) if value["begins"] else None,
            ends=datetime.fromisoformat(value["ends"]) if value["ends"] else None,
            skipped=tuple(SpecialDay.from_json(each) for each in value["skipped"]),
            worked=tuple(SpecialDay.from_json(each) for each in value["worked"]),
            weekend_days=value["weekend_days"],
            missing_day=value["missing_day"],
            rolled_from=SpecialDay.from_json(value["rolled_from"])
            if value["rolled_from"]
            else None,
            unsure_years=tuple(value["unsure_years"]),
        )


@dataclass(frozen=True, slots=True)
class Computation:
    """A due moment with everything it was counted by; ``extension`` is the second step, if any;
    ``pauses`` are when nothing was counted, in local moments with the offset then in force; the
    last one may still last, until the end it has at the latest.

    ``start`` is the event's moment, ``due`` the result, both in UTC. ``due`` is exclusive: a
    term that ends on a day is over at the first instant of the next local day.
    """

    start: datetime
    due: datetime
    zone: str
    calendar: str
    day_of_receipt_counts: bool
    roll: str
    step: Step
    extension: Step | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def term(self) -> str:
        return self.step.term

    @property
    def last_day(self) -> date:
        return (self.extension or self.step).last_day

    @property
    def skipped(self) -> tuple[SpecialDay, ...]:
        """The named days off that were not counted, extension included."""
        return self.step.skipped + (self.extension.skipped if self.extension else ())

    def paused(self, moment: datetime) -> Pause | None:
        """The pause that lasts at ``moment``."""
        return next((each for each in self.pauses if each.covers(moment)), None)

    def to_json(self) -> dict[str, Any]:
        """Strings, integers, booleans, lists and mappings only: safe for JSON and for hashing. A
        record without pauses is written as it was before there were any."""
        record: dict[str, Any] = {
            "format": FORMAT,
            "start": _moment(self.start),
            "due": _moment(self.due),
            "last_day": self.last_day.isoformat(),
            "zone": self.zone,
            "calendar": self.calendar,
            "day_of_receipt_counts": self.day_of_receipt_counts,
            "roll": self.roll,
            "step": self.step.to_json(),
            "extension": self.extension.to_json() if self.extension else None,
        }
        if self.pauses:
            record["pauses"] = [
                {"why": each.why, "begins": each.begins.isoformat(), "ends": each.ends.isoformat()}
                for each in self.pauses
            ]
        return record

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Computation:
        """The record that ``to_json`` wrote; ``TermError`` if it is something else."""
        try:
            return cls(
                start=datetime.fromisoformat(value["start"]),
                due=datetime.fromisoformat(value["due"]),
                zone=value["zone"],
                calendar=value["calendar"],
                day_of_receipt_counts=value["day_of_receipt_counts"],
                roll=value["roll"],
                step=Step.from_json(value["step"]),
                extension=Step.from_json(value["extension"]) if value["extension"] else None,
                pauses=tuple(_pause(each) for each in value.get("pauses", ())),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TermError(
                "This is not the record of a computed term.", "Compute the term again."
            ) from error

    def explain(self, language: str = "en") -> str:
        """The counting in words: “3 June 2024 + 7 working days = 13 June 2024: …”."""
        return explanations.explain(self, language)


def _pause(value: Mapping[str, str]) -> Pause:
    begins, ends = (datetime.fromisoformat(value[each]) for each in ("begins", "ends"))
    return Pause(value["why"], begins, ends)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
