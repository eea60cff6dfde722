"""Finding entries, and taking them away so that they prove themselves."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tutela.core import clock, ids
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate.entries import Permitted
from tutela.journal import actions, filters, offline, selections, stretches, tallies
from tutela.journal.entries import KeyUsed
from tutela.journal.errors import NothingSigned
from tutela.journal.filters import Filter
from tutela.journal.models import Stretch, Tallied, TallyRow
from tutela.journal.notes import encode

pytestmark = pytest.mark.django_db(transaction=True)
OFFICER = Actor(ActorKind.STAFF, "7", "officer")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def written(operator):
    """Sixty entries, one each six hours: every third by an officer, every second for orders."""
    subject = ids.new_id()
    with clock.use(clock.ManualClock(START)) as hands, operator_scope(operator):
        for each in range(60):
            entry = Permitted(
                rule="consent",
                count=1,
                fields=("email",),
                subject=subject if each % 5 == 0 else ids.new_id(),
                actor=OFFICER if each % 3 == 0 else SYSTEM,
                action=Action.USE if each % 4 else Action.PROVISION,
                purpose="orders" if each % 2 == 0 else "newsletter",
                clause=f"{each % 7}.1",
            )
            actions.append(operator, entry)
            hands.set(hands.now() + timedelta(hours=6))
    return subject


def everything(operator, chosen, limit=7):
    """All that pages of ``limit`` show, newest first."""
    rows, before = [], None
    with operator_scope(operator):
        while True:
            found = actions.search(operator, chosen, before=before, limit=limit)
            rows += found.rows
            if found.before is None:
                return rows
            before = found.before


@pytest.mark.parametrize("window", [3, 20_000])
@pytest.mark.parametrize("tallied", [True, False])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, lambda _: True),
        ({"kind": "gate.permitted"}, lambda _: True),
        ({"purpose": "orders"}, lambda each: each % 2 == 0),
        ({"action": "provision", "actor": "staff"}, lambda each: each % 12 == 0),
        ({"role": "officer"}, lambda each: each % 3 == 0),
        ({"clause": "3.1"}, lambda each: each % 7 == 3),
        ({"clause": "3.1", "purpose": "orders"}, lambda each: each % 14 == 10),
        ({"since": START + timedelta(days=5)}, lambda each: each >= 20),
        ({"until": START + timedelta(days=5)}, lambda each: each < 20),
        (
            {"since": START + timedelta(days=2), "until": START + timedelta(days=3)},
            lambda each: 8 <= each < 12,
        ),
        ({"since": START + timedelta(days=50)}, lambda _: False),
        ({"automated": False}, lambda _: False),
    ],
)
def test_a_filter_finds_exactly_what_is_so(
    operator, written, monkeypatch, asked, expected, tallied, window
):
    monkeypatch.setattr(filters, "WINDOW", window)
    monkeypatch.setattr(filters, "WINDOWS", 2)
    monkeypatch.setattr(stretches, "LENGTH", window)
    if tallied:
        actions.sequence(operator)
    rows = everything(operator, Filter(**asked))
    numbers = [each.number for each in rows if each.kind == "gate.permitted"]
    assert numbers == sorted(numbers, reverse=True)
    wanted = [START + timedelta(hours=6 * each) for each in range(60) if expected(each)]
    assert sorted(each.at for each in rows if each.kind == "gate.permitted") == wanted


def test_a_page_that_ends_early_says_how_far_back_it_looked(operator, written, monkeypatch):
    monkeypatch.setattr(filters, "WINDOW", 5)
    monkeypatch.setattr(filters, "WINDOWS", 1)
    with operator_scope(operator):
        found = actions.search(operator, Filter(purpose="nothing"), limit=10)
    assert found.rows == []
    assert found.looked_to == START + timedelta(hours=6 * 55)
    assert everything(operator, Filter(purpose="nothing")) == []


def test_a_persons_entries_are_theirs_alone(operator, written):
    rows = everything(operator, Filter(subject=written))
    assert len(rows) == 12
    assert {each.subject for each in rows} == {written}


def test_counts_are_those_of_the_rows_before_while_and_after_they_are_summed(
    operator, written, monkeypatch
):
    def real():
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, count(*) FROM journal_entry GROUP BY kind ORDER BY kind")
            return dict(cursor.fetchall())

    with operator_scope(operator):
        assert actions.count_by_kind(operator) == real() == {"gate.permitted": 60}
    actions.sequence(operator)
    with operator_scope(operator):
        assert actions.count_by_kind(operator) == real()
        assert actions.count(operator, ("gate.permitted", "none")) == 60
        TallyRow.objects.filter(operator_id=operator).delete()
        Tallied.objects.filter(operator_id=operator).delete()
        Stretch.objects.filter(operator_id=operator).delete()
        assert actions.count_by_kind(operator) == real(), "an old journal without sums"
    monkeypatch.setattr(tallies, "STEP", 7)
    monkeypatch.setattr(stretches, "LENGTH", 4)
    with operator_scope(operator):
        stretches.add(operator, 30)
    assert len(everything(operator, Filter(clause="3.1"))) == 9, "half of it is noted"
    with operator_scope(operator):
        actions.append(operator, KeyUsed(key="x"))
    actions.sequence(operator)
    with operator_scope(operator):
        assert tallies.size(operator) == actions.size(operator), "the sums caught up"
        assert actions.count_by_kind(operator) == real()


def test_a_selection_verifies_offline_and_notices_what_was_done_to_it(operator, written, tmp_path):
    with pytest.raises(NothingSigned):
        next(selections.json_lines(operator, Filter()))
    actions.sequence(operator)
    with operator_scope(operator):
        key = actions.public_key(operator)
        actions.append(operator, KeyUsed(key="waits"))
    lines = list(selections.json_lines(operator, Filter(purpose="orders")))
    path = tmp_path / "selection.jsonl"

    def verified(lines):
        path.write_text("".join(lines), "utf-8")
        return offline.verify_file(path, [key])

    report = verified(lines)
    assert (report.holds, report.entries, report.size) == (True, 30, 61)
    for language in ("en", "ru"):
        assert "30" in report.lines(language)[0]
    assert not verified([*lines[:5], *lines[6:]]).holds
    assert not verified(lines[:-1]).holds
    changed = lines[3].replace("orders", "odrers")
    assert [each.code for each in verified([*lines[:3], changed, *lines[4:]]).findings] == [
        "entry-not-in-log"
    ]
    assert [each.code for each in verified([*lines[:2], "{}\n", *lines[3:]]).findings][:1] == [
        "line-damaged"
    ]


def test_a_table_has_a_line_for_each_entry_with_the_hash_of_its_leaf(operator, written):
    actions.sequence(operator)
    text = "".join(
        selections.csv_lines(operator, Filter(purpose="orders"), lambda _: ("words", "whom"))
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 30
    with operator_scope(operator):
        log = io.StringIO()
        actions.export_log(operator, log)
    lines = [json.loads(each) for each in log.getvalue().splitlines()]
    hashes = {each["index"]: each["hash"] for each in lines if "index" in each}
    for each in rows:
        assert base64_of(each["leaf_hash"]) == hashes[int(each["index"])]
        assert each["purpose"] == "orders"


def base64_of(text):
    return encode(bytes.fromhex(text))
