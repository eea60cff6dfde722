"""What the journal knows of a destroyed person goes when its term of evidence is over."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import evidence as gate_evidence
from tutela.gate.reasons import Reason
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela.journal.models import EntryRow
from tutela.policy import actions as policies
from tutela.policy.office import assumed
from tutela.policy.terms import Term
from tutela.retention import actions as retention
from tutela.retention import evidence
from tutela.retention.controls import verifies
from tutela.retention.models import Act

GONE = (2024, 7, 4, 12)
"""When nothing is left of somebody who withdrew at the start."""


def destroyed(world, number: int = 1):
    """People of whom nothing is left, and whose entries are in the tree."""
    people = [world.person() for _ in range(number)]
    for each in people:
        world.send(each)
        world.withdraw(each)
    world.live_until(*GONE)
    journal.sequence(world.operator)
    return people


def about(world, subject) -> int:
    with operator_scope(world.operator):
        return EntryRow.objects.filter(operator_id=world.operator, subject_id=subject).count()


def swept(world, *moment: int) -> int:
    world.at.set(datetime(*moment, tzinfo=UTC))
    done = evidence.sweep(world.operator, clock.now())
    journal.sequence(world.operator)
    return done


def test_entries_about_a_destroyed_person_stay_three_years_and_then_go(committed) -> None:
    (anna,) = destroyed(committed)
    boris = committed.person()
    committed.send(boris)
    journal.sequence(committed.operator)
    known = about(committed, anna)
    assert swept(committed, 2027, 7, 3) == 0
    assert about(committed, anna) == known
    assert swept(committed, 2027, 7, 6) == 1
    assert about(committed, anna) == 0
    assert about(committed, boris) > 0, "nothing of somebody whose data is held goes"
    assert swept(committed, 2027, 7, 7) == 0
    assert swept(committed, 2031, 1, 1) == 0, "the removal leaves nothing that has to be removed"


def test_an_act_says_what_was_removed_and_why(committed) -> None:
    (anna,) = destroyed(committed)
    known = about(committed, anna)
    swept(committed, 2027, 7, 6)
    (act,) = [each for each in committed.acts(anna) if each.kind == "journal"]
    assert act.document["counts"]["entries"] == known
    assert act.document["because"][0]["slug"] == "journal"
    with operator_scope(committed.operator):
        assert verifies(Act.objects.get(operator_id=committed.operator, id=act.id))
        assert journal.entry(committed.operator, act.document["journal_entry"]).subject is None
    for language, words in (("en", "removed from its journal"), ("ru", "удалил из своего журнала")):
        with operator_scope(committed.operator):
            paper = retention.act_document(committed.operator, act.id, language)
            assert words in paper.intro[0]
            assert str(known) in dict(paper.rows).values()
            assert retention.act_pdf(committed.operator, act.id, language).startswith(b"%PDF")


def test_the_log_verifies_here_and_elsewhere_after_a_removal(committed, tmp_path) -> None:
    anna, boris = destroyed(committed, 2)
    known = about(committed, anna) + about(committed, boris)
    with operator_scope(committed.operator):
        kept = journal.checkpoint(committed.operator)
    assert swept(committed, 2027, 7, 6) == 2
    stream = io.StringIO()
    with operator_scope(committed.operator):
        assert journal.verify_database(committed.operator).problem == ""
        journal.export_log(committed.operator, stream)
        key = journal.public_key(committed.operator)
    lines = [each for each in stream.getvalue().splitlines() if '"pruned"' in each]
    assert len(lines) == known
    path = tmp_path / "log.jsonl"
    path.write_text(stream.getvalue(), "utf-8")
    report = offline.verify_file(path, [key], kept)
    assert (report.holds, report.pruned) == (True, known), report.lines("en")


def test_the_gate_refuses_while_the_entries_are_evidence_and_says_so(committed) -> None:
    (anna,) = destroyed(committed)
    boris = committed.person()
    committed.send(boris)
    for subject, moment in ((anna, datetime(2027, 7, 3, tzinfo=UTC)), (boris, clock.now())):
        committed.at.set(moment)
        with operator_scope(committed.operator):
            answer = gate_evidence.decide(committed.operator, subject, moment)
            assert isinstance(answer, gate.Refusal)
            assert answer.reason == Reason.EVIDENCE
        assert committed.kinds(subject)[-1] == "gate.refused"


def test_the_policy_sets_the_term(committed) -> None:
    with operator_scope(committed.operator):
        policy = policies.in_force(committed.operator)
    year = replace(policy, access=replace(policy.access, journal=Term.parse("1 year")))
    now = datetime(2027, 7, 6, tzinfo=UTC)
    assert now - gate_evidence.over_before(year, now) < timedelta(days=367)
    assert now - gate_evidence.over_before(policy, now) > timedelta(days=3 * 365)
    assert len(assumed(policy, "en")) == len(assumed(year, "en")) + 1
    assert any("3 years" in each for each in assumed(policy, "en"))


def test_the_page_of_assumptions_says_what_the_program_assumes(committed, client) -> None:
    page = client.get("/en/prohomeexchange/policy/assumptions/").content.decode()
    assert "What the program assumes" in page
    assert "3 years" in page


def test_a_removal_that_dies_before_its_commit_is_repeated_whole(committed, monkeypatch) -> None:
    (anna,) = destroyed(committed)
    known = about(committed, anna)
    with monkeypatch.context() as broken:
        broken.setattr(evidence.acts, "make", lambda *_a: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            swept(committed, 2027, 7, 6)
    assert about(committed, anna) == known
    assert committed.acts(anna)[0].kind != "journal"
    assert swept(committed, 2027, 7, 6) == 1


def test_the_role_that_serves_people_can_remove_what_is_evidence_no_longer(
    committed, as_app_role
) -> None:
    (anna,) = destroyed(committed)
    with as_app_role():
        assert swept(committed, 2027, 7, 6) == 1
    assert about(committed, anna) == 0
