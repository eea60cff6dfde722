"""Terms: how long a policy gives itself, and the moment at which that time is over.

Counting, each a parameter or stated here (requirements: “Counting, where a law is silent”):

- the day of the event is the local day in the calendar's zone, and is not counted unless the
  calendar says that the day of receipt counts;
- hours run without pause, nights, weekends and clock changes included;
- days, weeks, months and years are calendar time; months and years end on the same date, or on
  the last day of a month that lacks it;
- working days are the calendar's; a term of them always ends on a working day;
- a term that ends on a day runs to the end of that day: ``Due.at`` is the first instant of the
  next local day, exclusive;
- an extension is counted from the last day of the first term, and only once;
- while a pause lasts nothing is counted (``pausing``), and no term ends within one.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from tutela.policy import term_grammar, term_words
from tutela.policy.calendars import WorkingCalendar, next_day
from tutela.policy.computations import Computation, SpecialDay, Step
from tutela.policy.holiday_names import weekend
from tutela.policy.pausing import Pause, elapsed, in_order, moved, still_days
from tutela.policy.term_grammar import Kind, TermError, Unit

__all__ = [
    "Computation",
    "Due",
    "Kind",
    "Pause",
    "Term",
    "TermError",
    "Undated",
    "Unit",
    "before",
    "compute",
    "earliest",
    "extend",
    "latest",
    "pause_limit",
]

_ELAPSED = {Unit.MINUTE: 60, Unit.HOUR: 3600}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_TOO_FAR = "Shorten the term: a date must lie within the years 1 to 9999."


class Undated(TermError):
    """The term ends with an event or not at all, so no date can be computed for it."""


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time (``amount`` of ``unit``), or a word such as “immediately”.

    ``event`` is set for “until: purpose.reached”, ``day`` for “until 2024-12-31”.
    """

    kind: Kind
    amount: int = 0
    unit: Unit | None = None
    event: str = ""
    day: date | None = None

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read “10 (ten) working days”, “не позднее 30 дней”, “immediately” and their like.

        Raises ``TermError`` with a sentence and a hint.
        """
        said = term_grammar.parse(text)
        return cls(said.kind, said.amount, said.unit, said.event, said.day)

    def __str__(self) -> str:
        """The canonical English form, which ``parse`` reads back to an equal term."""
        if self.kind is Kind.UNTIL_EVENT:
            return f"until: {self.event}"
        if self.kind is Kind.UNTIL_DATE:
            return f"until {self.day}"
        return self.words("en")

    @property
    def dated(self) -> bool:
        """True if ``compute`` can give the term a due moment."""
        return self.kind not in (Kind.UNTIL_EVENT, Kind.UNLIMITED)

    def words(self, language: str) -> str:
        """The term for a reader: “10 рабочих дней”, “until 31 December 2024”."""
        language = term_words.spoken(language)
        if self.unit is not None:
            return term_words.length(self.amount, self.unit, language)
        if self.kind is Kind.UNTIL_DATE and self.day is not None:
            return term_words.until(self.day, language)
        if self.kind is Kind.UNTIL_EVENT:
            return term_words.until_event(self.event, language)
        return term_words.kind(self.kind, language)


@dataclass(frozen=True, slots=True)
class Due:
    """The moment a term is over (UTC, exclusive), and how it was counted."""

    at: datetime
    computation: Computation

    @property
    def last_day(self) -> date:
        """The local day on which the promise can still be kept."""
        return self.computation.last_day


def compute(
    term: Term,
    start: datetime,
    calendar: WorkingCalendar,
    *,
    extension: Term | None = None,
    bound: Term | None = None,
    pauses: Sequence[Pause] = (),
) -> Due:
    """When ``term`` is over if its event happened at ``start`` (timezone-aware).

    ``bound`` is the operator's own measure of “immediately” for acts done by people, such as
    “30 minutes”; without it the act belongs to the same transaction and is due at ``start``.
    ``extension`` gives the extended moment at once. ``pauses`` are when the clock stands still; one
    that lasts has the end that it has at the latest. Raises ``Undated`` for a term that ends with
    an event or never, ``TermError`` for a naive ``start`` or a date beyond the year 9999.
    """
    start = _aware(start)
    pauses = tuple(
        Pause(each.why, _fixed(calendar.local(each.begins)), _fixed(calendar.local(each.ends)))
        for each in in_order(pauses)
    )
    try:
        at, step = _first(term, start, calendar, bound, pauses)
    except (OverflowError, ValueError) as error:
        raise TermError(f"{term} from {start.year} leads past the calendar.", _TOO_FAR) from error
    computation = Computation(
        start=start,
        due=at,
        zone=calendar.zone,
        calendar=calendar.code,
        day_of_receipt_counts=calendar.day_of_receipt_counts,
        roll=calendar.roll,
        step=step,
        pauses=pauses,
    )
    due = Due(at, computation)
    return due if extension is None else _extended(due, extension, calendar)


def pause_limit(longest: Term, begins: datetime, calendar: WorkingCalendar) -> datetime:
    """When a pause that begins at ``begins`` ends at the latest: the day of its beginning is the
    first that is not counted, so that a term in the same unit is moved by ``longest`` at most."""
    whole = replace(calendar, day_of_receipt_counts=True, roll="none")
    return compute(longest, begins, whole).at


def extend(due: Due, extension: Term, calendar: WorkingCalendar, *, notified_at: datetime) -> Due:
    """``due`` moved by ``extension``, counted from its last day (004 9.5(b), 9.10(b)).

    The motivated notice must go out before the first term is over, and only once: otherwise
    ``TermError``. The motive itself is kept by whoever sends the notice.
    """
    if due.computation.extension is not None:
        raise TermError("This term was extended once already.", "Carry the promise out in time.")
    if _aware(notified_at) >= due.at:
        raise TermError(
            "The term is over, so it cannot be extended any more.",
            "Carry the promise out now; a notice must be sent before the first due moment.",
        )
    return _extended(due, extension, calendar)


def before(moment: datetime, term: Term, calendar: WorkingCalendar) -> datetime:
    """The moment that lies ``term`` ahead of ``moment``, in UTC.

    Hours are elapsed time; days and longer keep the local time of day. Working days lie whole
    between the result and ``moment``: one working day ahead of Monday 15:00 is Friday 15:00.
    “Immediately” is ``moment`` itself.
    """
    moment = _aware(moment)
    if term.kind is Kind.IMMEDIATELY:
        return moment
    if term.unit is None:
        raise TermError(f"“{term}” is no length of time.", "Write it as “3 days” or “12 hours”.")
    try:
        if term.unit in _ELAPSED:
            return moment - timedelta(seconds=term.amount * _ELAPSED[term.unit])
        local = calendar.local(moment)
        day = _shift(local.date(), -term.amount, term.unit, calendar)
        return _on(day, local, calendar)
    except (OverflowError, ValueError) as error:
        raise TermError(f"{term} before {moment.year} is past the calendar.", _TOO_FAR) from error


def earliest(first: Due, *others: Due) -> Due:
    """Of several terms on one event the one that binds first: “3 working days, or the term the
    court sets” (004 8.4), or two retention rules on one record."""
    return min((first, *others), key=lambda due: due.at)


def latest(first: Due, *others: Due) -> Due:
    """Of several terms on one event the one that ends last. A minimum that the law sets for
    keeping data goes before an earlier promise to destroy it (000 8/p2): the later one wins."""
    return max((first, *others), key=lambda due: due.at)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise TermError("A term runs from a moment with a time zone.", "Give the moment in UTC.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise TermError("The moment lies outside the calendar.", _TOO_FAR) from error


def _first(
    term: Term,
    start: datetime,
    calendar: WorkingCalendar,
    bound: Term | None,
    pauses: Sequence[Pause],
) -> tuple[datetime, Step]:
    if term.kind is Kind.IMMEDIATELY:
        return _immediately(term, start, calendar, bound)
    today = calendar.local_day(start)
    if term.unit in _ELAPSED:
        return _elapsed(term, start, calendar, pauses)
    if term.unit is not None:
        still = still_days(pauses, calendar)
        step = _counted(term, today, calendar, still, from_first=calendar.day_of_receipt_counts)
    elif term.kind is Kind.SAME_DAY:
        step = Step(str(term), term.kind, today, today)
    elif term.day is not None:
        step = Step(str(term), term.kind, today, term.day)
    else:
        raise Undated(
            f"“{term}” ends with an event, not on a date.",
            "Wait for the event; nothing is due before it.",
        )
    return calendar.end_of(step.last_day), step


def _immediately(
    term: Term, start: datetime, calendar: WorkingCalendar, bound: Term | None
) -> tuple[datetime, Step]:
    if bound is None:
        local = _fixed(calendar.local(start))
        step = Step(str(term), term.kind, local.date(), local.date(), begins=local, ends=local)
        return start, step
    if bound.unit not in _ELAPSED:
        raise TermError(
            f"“{bound}” cannot bound “immediately”.", "Write it in minutes or hours: “30 minutes”."
        )
    at, step = _elapsed(bound, start, calendar)
    return at, replace(step, term=str(term), kind=term.kind)


def _elapsed(
    term: Term, start: datetime, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> tuple[datetime, Step]:
    """Hours and minutes: exact, whatever the clocks on the wall do."""
    unit = term.unit or Unit.HOUR
    at = elapsed(start, start + timedelta(seconds=term.amount * _ELAPSED[unit]), pauses)
    begins, ends = calendar.local(start), calendar.local(at)
    return at, Step(
        term=str(term),
        kind=term.kind,
        amount=term.amount,
        unit=unit,
        first_day=begins.date(),
        last_day=ends.date(),
        begins=_fixed(begins),
        ends=_fixed(ends),
    )


def _fixed(local: datetime) -> datetime:
    """The same local moment with a plain offset, as a record keeps it."""
    return datetime.fromisoformat(local.isoformat())


def _counted(
    term: Term,
    first: date,
    calendar: WorkingCalendar,
    still: frozenset[date],
    *,
    from_first: bool,
) -> Step:
    """Days and longer. ``from_first``: the first day is itself the first day of the term."""
    unit = term.unit or Unit.DAY
    last = _last_day(first, term.amount, unit, calendar, from_first=from_first)
    missing = 0
    if unit in _MONTHS and not from_first and last.day != first.day:
        missing = first.day
    since = first if from_first else next_day(first)
    last = moved(since, last, unit, still, calendar)
    rolled_from = None
    end = last
    if calendar.roll == "next-working-day" and not calendar.is_working(last):
        end = calendar.next_working(last)
        while end in still:
            end = calendar.add_working_days(end, 1)
        rolled_from = SpecialDay(last, calendar.note(last) or weekend(last.weekday()))
    step = Step(
        term=str(term),
        kind=term.kind,
        amount=term.amount,
        unit=unit,
        first_day=first,
        last_day=end,
        missing_day=missing,
        rolled_from=rolled_from,
    )
    if unit is Unit.WORKING_DAY:
        return _with_days_off(step, since, calendar)
    if calendar.roll == "next-working-day":
        return replace(step, unsure_years=_unsure(last, end, calendar))
    return step


def _with_days_off(step: Step, since: date, calendar: WorkingCalendar) -> Step:
    """``step`` with every day off between its ends, named or only counted."""
    skipped: list[SpecialDay] = []
    worked: list[SpecialDay] = []
    weekend_days = 0
    for ordinal in range(since.toordinal(), step.last_day.toordinal() + 1):
        day = date.fromordinal(ordinal)
        working, weekly = calendar.is_working(day), calendar.is_weekend(day)
        if working is not weekly:
            weekend_days += not working and weekly
            continue
        note = calendar.note(day)
        if note is None:
            continue
        (worked if working else skipped).append(SpecialDay(day, note))
    return replace(
        step,
        skipped=tuple(skipped),
        worked=tuple(worked),
        weekend_days=weekend_days,
        unsure_years=_unsure(since, step.last_day, calendar),
    )


def _unsure(since: date, until: date, calendar: WorkingCalendar) -> tuple[int, ...]:
    years = range(since.year, until.year + 1)
    return tuple(year for year in years if not calendar.knows_moved_days(year))


def _last_day(
    first: date, amount: int, unit: Unit, calendar: WorkingCalendar, *, from_first: bool
) -> date:
    if unit in _MONTHS and from_first:
        return _day_before(first, amount * _MONTHS[unit])
    if not from_first:
        return _shift(first, amount, unit, calendar)
    return _shift(next_day(first, -1), amount, unit, calendar)


def _shift(day: date, amount: int, unit: Unit, calendar: WorkingCalendar) -> date:
    """``day`` moved forward, or back by a negative ``amount``, with month ends kept."""
    if unit is Unit.WORKING_DAY:
        return calendar.add_working_days(day, amount)
    if unit in _DAYS:
        return next_day(day, amount * _DAYS[unit])
    year, month = _month(day, amount * _MONTHS[unit])
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _day_before(first: date, months: int) -> date:
    """The last day of months that begin with ``first`` itself: the day before the same number.

    Where the month lacks that day, its last one (as the German Civil Code says it, section 188).
    """
    year, month = _month(first, months)
    if first.day == 1:
        return next_day(date(year, month, 1), -1)
    return date(year, month, min(first.day - 1, monthrange(year, month)[1]))


def _month(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, 12)
    return day.year + years, month + 1


def _on(day: date, local: datetime, calendar: WorkingCalendar) -> datetime:
    """The local time of day of ``local`` on another day, in UTC."""
    there = datetime.combine(day, local.time(), tzinfo=calendar.time_zone)
    return there.astimezone(UTC)


def _extended(due: Due, extension: Term, calendar: WorkingCalendar) -> Due:
    if extension.unit is None:
        raise TermError(
            f"A term cannot be extended by “{extension}”.",
            "Write a length of time: “5 working days”.",
        )
    try:
        if extension.unit in _ELAPSED:
            at, step = _elapsed(extension, due.at, calendar, due.computation.pauses)
        else:
            still = still_days(due.computation.pauses, calendar)
            step = _counted(extension, due.last_day, calendar, still, from_first=False)
            at = calendar.end_of(step.last_day)
    except (OverflowError, ValueError) as error:
        raise TermError(f"{extension} more leads past the calendar.", _TOO_FAR) from error
    return Due(at, replace(due.computation, due=at, extension=step))
