"""How clauses stand over a small policy, from the first day to a broken promise."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import translation
from tests.proof.conftest import STARTED

import tutela
from tutela.core.controls import CONTROLS, ClauseState, settled, worst
from tutela.obligations import actions as obligations
from tutela.policy.vocabulary import capabilities

SOURCES = Path(tutela.__file__).parent
FIRST_DAY = {
    "Header/p0": "kept",  # policy.version
    "Preamble/p1": "kept",  # policy.scope
    "Preamble/p2": "nothing-yet",  # consent.refuse
    "1.1": "kept",  # policy.scope; nobody has written to the mailbox yet
    "1.2": "nothing-yet",  # inventory.categories, by the category of subjects
    "1.3": "informative",
    "2.1/b1": "nothing-yet",  # inventory.categories
    "2.2/b1": "nothing-yet",  # purpose.register
    "2.1": "informative",  # only opens the list of fields
    "2.2/b2": "nothing-yet",  # purpose.register
    "2.3": "nothing-yet",  # disclosure.processor; nobody was handed anything
    "2.4": "not-built",  # cookies.inventory
    "3.1": "nothing-yet",  # retention.schedule
    "3.2": "nothing-yet",  # consent.withdraw, retention.purge
    "3.2/p2": "nothing-yet",  # vault.block
    "3.3": "nothing-yet",  # request.clock, request.extend
    "3.4": "not-built",  # marketing.unsubscribe
    "4.1(1)": "not-built",  # org.officer
    "4.1(2)": "not-built",  # org.training
    "4.2": "kept",  # policy.version
}


@pytest.mark.parametrize(
    ("ref", "state"), FIRST_DAY.items(), ids=[each.replace("/", "-") for each in FIRST_DAY]
)
def test_on_the_first_day_only_what_is_true_already_is_kept(bakery, ref, state):
    assert bakery.state(ref) == state


def test_what_people_do_turns_nothing_yet_into_kept(bakery):
    subject = bakery.order()
    bakery.decline()
    bakery.withdraw(subject)
    bakery.until(STARTED + timedelta(days=31))
    bakery.order(2)
    changed = {
        each.clause.ref: str(each.state)
        for each in bakery.verdict().clauses
        if FIRST_DAY.get(each.clause.ref) == "nothing-yet"
    }
    never = {"3.2/p2", "3.3", "2.2/b2", "2.3"}  # nothing impossible, asked, subscribed, handed over
    assert changed == {ref: "nothing-yet" if ref in never else "kept" for ref in changed}
    assert bakery.figures("3.2") == [
        "1 case",
        "1 in time",
        "the slowest took 29 days",
        "1 withdrawal",
    ]


def test_a_promise_is_at_risk_two_days_before_it_is_due_and_broken_when_it_is_late(bakery):
    subject = bakery.order()
    bakery.withdraw(subject)
    due = obligations_of(bakery, "destroy-after-withdrawal")[0].due_at
    bakery.at.set(due - timedelta(hours=49))
    assert bakery.state("3.2") == "kept", "the stop was at once, the destruction has time"
    bakery.at.set(due - timedelta(hours=47))
    at_risk = bakery.clause("3.2")
    assert at_risk.state == ClauseState.AT_RISK
    assert subject in at_risk.subjects
    bakery.at.set(due)
    late = bakery.clause("3.2")
    assert late.state == ClauseState.BROKEN
    assert "1 late" in map(str, late.figures)
    bakery.until(due + timedelta(days=1))
    assert bakery.state("3.2") == "broken", "carried out since, but late stays late"


def obligations_of(bakery, promise):
    from tutela.db.scope import operator_scope  # noqa: PLC0415

    with operator_scope(bakery.id):
        return obligations.listing(bakery.id, promise=promise)


def test_every_clause_is_in_exactly_one_state_and_none_is_left_out(bakery):
    verdict = bakery.verdict()
    refs = [each.clause.ref for each in verdict.clauses]
    headings = {each.ref for each in bakery.policy.clauses["en"] if each.heading}
    assert len(refs) == len(set(refs))
    assert set(refs) | headings == {each.ref for each in bakery.policy.clauses["en"]}
    assert sum(verdict.counts.values()) == verdict.total == len(refs)


def test_both_languages_stand_alike(bakery):
    bakery.order()
    english = [(each.clause.ref, each.state) for each in bakery.verdict("en").clauses]
    russian = [(each.clause.ref, each.state) for each in bakery.verdict("ru").clauses]
    assert english == russian


def test_a_clause_whose_control_does_not_exist_is_never_kept(bakery):
    bakery.order()
    for each in bakery.verdict().clauses:
        if any(slug not in CONTROLS for slug in each.controls):
            assert each.state in {ClauseState.NOT_BUILT, ClauseState.BROKEN, ClauseState.AT_RISK}
            assert not all(slug in CONTROLS for slug in each.controls)


def test_a_clause_loses_its_kept_when_its_control_is_taken_away(bakery, monkeypatch):
    assert bakery.state("4.2") == "kept"
    monkeypatch.delitem(CONTROLS._things, "policy.version")
    assert bakery.state("4.2") == "not-built"


def test_a_clause_that_nothing_is_bound_to_says_so(bakery, monkeypatch):
    from dataclasses import replace  # noqa: PLC0415

    from tutela.policy import actions as policies  # noqa: PLC0415

    bindings = tuple(each for each in bakery.policy.bindings if each.clause != "4.2")
    unbound = replace(bakery.policy, bindings=bindings)
    monkeypatch.setattr(policies, "in_force", lambda *_: unbound)
    assert bakery.state("4.2") == "not-bound"
    assert bakery.verdict().counts[ClauseState.NOT_BOUND] == 1


def test_the_worst_answer_stands_for_the_clause():
    kept, broken, missing, nothing = (
        ClauseState.KEPT,
        ClauseState.BROKEN,
        ClauseState.NOT_BUILT,
        ClauseState.NOTHING_YET,
    )
    assert worst([kept, broken, missing]) == broken
    assert worst([kept, missing]) == missing
    assert worst([kept, nothing]) == kept
    assert worst([nothing, missing]) == missing


@pytest.mark.parametrize(
    ("cases", "broken", "at_risk", "state"),
    [
        (0, 0, 0, "nothing-yet"),
        (3, 0, 0, "kept"),
        (3, 0, 1, "at-risk"),
        (3, 1, 1, "broken"),
        (0, 1, 0, "broken"),
    ],
)
def test_the_usual_verdict(cases, broken, at_risk, state):
    assert settled(cases, broken, at_risk) == state


def test_every_control_is_a_capability_and_tells_in_both_languages_how_it_judges(bakery):
    assert set(CONTROLS) <= set(capabilities())
    for control in CONTROLS.values():
        told = []
        for language in ("en", "ru"):
            with translation.override(language):
                told.append(str(control.how))
        assert told[0].endswith(".")
        assert told[0] != told[1], control.slug


def test_the_number_of_statements_does_not_grow_with_the_people(bakery):
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    counts = []
    for upto in (2, 10):
        for number in range(upto):
            bakery.order(number)
        bakery.sequence()
        bakery.verdict()
        with CaptureQueriesContext(connection) as queries:
            bakery.verdict()
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 2, counts
    assert counts[0] < 100


def counted_sentences():
    """Every sentence with a number that a judge can say, read from the sources."""
    files = [*SOURCES.glob("*/controls.py"), SOURCES / "obligations" / "judging.py"]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "plural":
                yield tuple(ast.literal_eval(each) for each in node.args)


@pytest.mark.parametrize(("one", "many"), sorted(set(counted_sentences())))
def test_every_figure_is_said_in_russian_with_its_three_plurals(one, many):
    with translation.override("ru"):
        said = [translation.ngettext(one, many, count) % {"count": count} for count in (1, 3, 5)]
    english = [(one if count == 1 else many) % {"count": count} for count in (1, 3, 5)]
    for russian, other in zip(said, english, strict=True):
        assert russian != other
