"""The demonstration's clock goes forward, does what is due, and remembers where it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from tutela.core import clock as clocks
from tutela.core.clock import ShiftedClock, SystemClock
from tutela.core.registry import Registry
from tutela.demo import clock
from tutela.demo.models import ClockOffset
from tutela.jobs import engine
from tutela.jobs.sweeps import Sweep

NOW = datetime(2024, 1, 31, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ({"days": 1}, datetime(2024, 2, 1, 10, 30, tzinfo=UTC)),
        ({"days": 30}, datetime(2024, 3, 1, 10, 30, tzinfo=UTC)),
        ({"months": 1}, datetime(2024, 2, 29, 10, 30, tzinfo=UTC)),
        ({"months": 13}, datetime(2025, 2, 28, 10, 30, tzinfo=UTC)),
        ({"years": 5}, datetime(2029, 1, 31, 10, 30, tzinfo=UTC)),
        ({"years": 1, "days": 1}, datetime(2025, 2, 1, 10, 30, tzinfo=UTC)),
        ({"to": datetime(2024, 7, 3, tzinfo=UTC)}, datetime(2024, 7, 3, tzinfo=UTC)),
    ],
)
def test_an_advance_keeps_the_time_of_day_and_knows_short_months(asked, reached):
    assert clock.target(NOW, **asked) == reached


@pytest.mark.parametrize(
    "asked", [{}, {"days": -1}, {"to": NOW}, {"years": 200}, {"years": 9000}, {"days": 10**9}]
)
def test_the_past_and_the_end_of_calendars_are_refused_in_both_languages(asked):
    with pytest.raises(clock.NoSuchTime) as english:
        clock.target(NOW, **asked)
    with translation.override("ru"), pytest.raises(clock.NoSuchTime) as russian:
        clock.target(NOW, **asked)
    assert str(english.value) != str(russian.value)


@pytest.fixture
def lived(monkeypatch, db):
    """One sweep that is due at noon of each day; when it was, in order."""
    done: list[datetime] = []
    sweeps: Registry[Sweep] = Registry("sweep")

    def noon_after(moment):
        noon = moment.replace(hour=12, minute=0, second=0, microsecond=0)
        return noon if noon > moment else noon + timedelta(hours=24)

    def run(_operator, now):
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        if now < noon or noon in done:
            return 0
        done.append(noon)
        return 1

    sweeps.register("noon", Sweep("noon", run, lambda _operator, after: noon_after(after)))
    operator = [engine.UUID(int=1)]
    monkeypatch.setattr(engine, "SWEEPS", sweeps)
    monkeypatch.setattr(engine, "_providers", [])
    engine.install(operators=lambda: operator, sequence=lambda _: 0)
    with clocks.use(SystemClock()):
        clock.install()
        yield done


def test_an_advance_does_everything_due_and_sums_it_up(lived):
    started = clocks.now()
    summary = clock.advance(days=10)
    assert len(lived) in {10, 11}  # today's noon may still have been ahead, or just due
    assert lived == sorted(lived)
    assert summary.total == len(lived)
    assert summary.done == (("noon", len(lived)),)
    assert clocks.now() - started >= timedelta(hours=240)


def test_where_the_clock_stands_survives_a_stop_and_a_start(lived):
    clock.advance(years=1)
    stood = clocks.now()
    clocks.install(SystemClock())
    clock.install()
    assert abs(clocks.now() - stood) < timedelta(seconds=5)


def test_an_advance_that_is_cut_off_is_kept_up_to_its_last_step(lived):
    steps = clock.steps(clock.target(clocks.now(), days=30))
    for _ in range(5):
        step = next(steps)
    steps.close()
    row = ClockOffset.objects.get()
    assert abs(datetime.now(UTC) + row.offset - step.moment) < timedelta(seconds=5)


def test_another_process_takes_up_an_advance(lived):
    here = clocks.installed()
    clock.advance(days=3)
    there = ShiftedClock()
    with clocks.use(there):
        clock.refresh()
    assert abs(there.offset - here.offset) < timedelta(seconds=1)


def test_taking_up_never_goes_back(lived):
    ahead = ShiftedClock(timedelta(hours=48))
    with clocks.use(ahead):
        clock.refresh()
    assert ahead.offset == timedelta(hours=48)
