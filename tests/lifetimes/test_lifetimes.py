"""Ten years of a few lives in the real system leave nothing for an independent checker to find, and
whatever is planted it finds."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from benchmarks.lifetimes import checker
from benchmarks.lifetimes.living import prepare
from benchmarks.lifetimes.run import export, live
from django.db import connection, transaction

from tutela import app
from tutela.core import clock
from tutela.jobs import engine

pytestmark = pytest.mark.django_db  # or none is made where these tests run alone
Lines = list[dict[str, Any]]
FORM = datetime(2025, 1, 6, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Lived:
    journal: Lines
    acts: Lines
    policy: str
    until: datetime

    def check(self) -> checker.Report:
        journal = [json.dumps({"entry": json.dumps(each)}) for each in self.journal]
        acts = [json.dumps({"document": each}) for each in self.acts]
        return checker.check(journal, acts, self.policy, self.until)

    def copy(self) -> Lived:
        journal, acts = json.loads(json.dumps([self.journal, self.acts]))
        return Lived(journal, acts, self.policy, self.until)


@pytest.fixture(scope="module")
def lived(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Lived:

    app.wire()
    before, providers = clock.installed(), list(engine._providers)
    one = transaction.atomic()
    one._from_testcase = True  # as TestCase does, so that a durable block may be inside
    with django_db_blocker.unblock(), one:
        prepare(connection)
        folder = tmp_path_factory.mktemp("lifetimes")
        ended = live(24, 180, 6, folder)
        files = export(ended["world"], folder)
        transaction.set_rollback(True)
    clock.install(before)
    engine._providers[:] = providers
    log, acts, policy = (each.read_text(encoding="utf-8") for each in files)
    return Lived(
        [json.loads(json.loads(line)["entry"]) for line in log.splitlines()],
        [json.loads(line)["document"] for line in acts.splitlines()],
        policy,
        ended["until"],
    )


def test_the_checker_reads_what_was_exported_and_nothing_of_tutela() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    named = [each for each in ast.walk(tree) if isinstance(each, ast.Import | ast.ImportFrom)]
    modules = {getattr(each, "module", "") or each.names[0].name for each in named}
    assert not any(each.startswith(("tutela", "benchmarks", "django")) for each in modules)


def test_ten_years_of_lives_leave_the_checker_nothing_to_find(lived: Lived) -> None:
    report = lived.check()
    assert report.faults == []
    assert report.records > 20
    assert report.destroyed > 40
    assert len({each["kind"] for each in lived.acts}) > 1, "no part of a person ever went"
    causes = {each["slug"] for act in lived.acts for each in act["because"]}
    assert "destroy-on-demand" in causes, "nobody demanded it"


def _whole(lived: Lived) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry and the act of somebody who was destroyed whole by a rule with a term."""
    for act in lived.acts:
        ruled = act["because"][0]["kind"] == "rule" and act["due_at"] is not None
        if act["kind"] in {"destruction", "anonymisation"} and ruled:
            entry = next(each for each in lived.journal if each["id"] == act["journal_entry"])
            return entry, act
    raise AssertionError("Nobody was destroyed by a rule.")


def _shift(lived: Lived, by: timedelta) -> None:
    entry, act = _whole(lived)
    for said, name in ((entry, "at"), (act, "done_at")):
        said[name] = (datetime.fromisoformat(said[name]) + by).isoformat()


def _never(lived: Lived) -> None:
    entry, act = _whole(lived)
    lived.journal.remove(entry)
    lived.acts.remove(act)


def _hold(lived: Lived) -> None:
    entry, act = _whole(lived)
    fields = act["what"]["records"][0]["fields"]
    data = {"hold": "h", "ground": "agreement", "fields": fields}
    at = (datetime.fromisoformat(entry["at"]) - timedelta(days=9)).isoformat()
    held = {"kind": "retention.held", "id": "x", "at": at, "subject": act["subject"], "data": data}
    lived.journal.insert(0, held)


def _no_act(lived: Lived) -> None:
    lived.acts.remove(_whole(lived)[1])


def _no_entry(lived: Lived) -> None:
    lived.journal.remove(_whole(lived)[0])


PLANTED = [
    pytest.param(lambda it: _shift(it, timedelta(days=2)), checker.TOO_LONG, id="late"),
    pytest.param(_never, checker.TOO_LONG, id="never"),
    pytest.param(lambda it: _shift(it, timedelta(days=-40)), checker.TOO_EARLY, id="early"),
    pytest.param(_hold, checker.HOLD, id="hold"),
    pytest.param(_no_act, checker.NO_ACT, id="act-gone"),
    pytest.param(_no_entry, checker.NO_ACT, id="entry-gone"),
]


@pytest.mark.parametrize(("plant", "kind"), PLANTED)
def test_what_is_planted_is_found(lived: Lived, plant: Callable[[Lived], None], kind: str) -> None:
    spoilt = lived.copy()
    plant(spoilt)
    assert spoilt.check().counts()[kind] > 0


@pytest.mark.parametrize(
    ("term", "start", "end"),
    [
        ("30 days", FORM, datetime(2025, 2, 6, tzinfo=UTC) - timedelta(hours=3)),
        ("6 months", datetime(2025, 8, 31, tzinfo=UTC), datetime(2026, 2, 28, 21, tzinfo=UTC)),
        # the eighth of March 2027 is a Monday, and nobody works on it
        (
            "7 working days",
            datetime(2027, 3, 1, 10, tzinfo=UTC),
            datetime(2027, 3, 11, 21, tzinfo=UTC),
        ),
        ("5 years", datetime(2024, 2, 29, 9, tzinfo=UTC), datetime(2029, 2, 28, 21, tzinfo=UTC)),
    ],
)
def test_the_checker_counts_terms_by_its_own_calendar(term, start, end) -> None:
    text = (Path(__file__).parents[2] / "operators/amigo/policy.yaml").read_text(encoding="utf-8")
    assert checker.Rules(text).ends(term, start) == end
