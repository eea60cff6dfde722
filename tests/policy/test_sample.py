"""The sample operators that come with the program have no errors and are wholly bound.

``tests/operators`` compares each with the published text it was made after.
"""

from __future__ import annotations

from tests.operators.sources import SOURCES

from tutela.policy import actions


def test_every_sample_operator_is_without_errors_and_wholly_bound() -> None:
    reports = actions.check(actions.samples())
    assert {report.name for report in reports} == set(SOURCES)
    for report in reports:
        assert report.errors == ()
        assert report.coverage is not None
        assert report.coverage.unbound == ()
