"""What is counted can name nobody, and costs nothing while nobody listens."""

from __future__ import annotations

import pytest

from tutela.core import measures, readiness
from tutela.core.measures import OTHER, Measure, listen


@pytest.fixture
def heard():
    found = []
    end = listen(lambda measure, values, amount: found.append((measure.name, values, amount)))
    yield found
    end()


DOORS = Measure("doors", "Doors by colour.", {"colour": lambda: {"red", "blue"}})


def test_a_label_outside_its_closed_set_is_counted_as_other(heard):
    DOORS.add(colour="red")
    DOORS.add(2, colour="mary@example.org")
    DOORS.add()
    assert heard == [("doors", ("red",), 1), ("doors", (OTHER,), 2), ("doors", (OTHER,), 1)]


def test_nothing_is_heard_after_the_listener_has_gone():
    found = []
    listen(lambda *_: found.append(1))()
    DOORS.add(colour="red")
    assert found == []


def test_every_label_of_every_measure_has_a_closed_set():
    assert measures.MEASURES
    for each in measures.MEASURES.values():
        for allowed in each.labels.values():
            assert "018f0000-0000-7000-8000-000000000001" not in allowed()


def test_a_check_that_raises_has_failed_and_the_others_are_still_asked(monkeypatch):
    def breaks() -> bool:
        raise ConnectionError

    checks = {"b": breaks, "a": lambda: True, "c": lambda: False}
    monkeypatch.setattr(readiness, "CHECKS", checks)
    assert readiness.lacking() == ["b", "c"]
