from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.obligations.test_pausing import patient_folder

ROOT = Path(__file__).parents[2]
DISTRUSTFUL = (sys.executable, "-m", "tests.rehearsal.distrustful")
"""The program, with a look now and then at what is said not to wait."""


@pytest.fixture(scope="module")
def rehearse(tmp_path_factory):
    home = tmp_path_factory.mktemp("rehearsal")
    tutela = (Path(sys.executable).with_name("tutela"),)

    def run(*arguments, program=tutela):
        command = [*program, "--home", home, "rehearse", *arguments, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        return done.returncode, json.loads(done.stdout)

    return run


def test_every_scenario_of_the_sample_operators_happens_as_promised(rehearse):
    code, told = rehearse(*sorted((ROOT / "scenarios").glob("*/*.yaml")), program=DISTRUSTFUL)
    broken = [
        (each["file"], event["line"], event["said"], event["found"])
        for each in told["scenarios"]
        for event in each.get("events", [{"line": 0, "said": each.get("error"), "found": ""}])
        if event.get("holds") is False or "error" in each
    ]
    assert broken == []
    assert code == 0


def test_an_expectation_that_does_not_hold_fails_with_what_was_found(rehearse, tmp_path):
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text(
        "scenario: A wrong expectation\n"
        "operator: prohomeexchange\n"
        "people: {maria: {}}\n"
        "steps:\n"
        "  - at: 2024-06-03\n"
        "    when: [{form: {point: order, by: maria}}]\n"
        "    then: [{data: {of: maria, state: destroyed}}]\n",
        encoding="utf-8",
    )
    code, told = rehearse(scenario)
    assert code == 1
    (event,) = [each for each in told["scenarios"][0]["events"] if each["holds"] is False]
    assert event["line"] == 7
    assert event["found"].startswith("held")


def test_a_clock_stands_still_by_a_verb_where_the_policy_has_the_word(rehearse, tmp_path):
    steps = (
        "scenario: An answer waits for proof of who asks\n"
        "operator: prohomeexchange\n"
        "people: {maria: {email: maria@example.com}}\n"
        "steps:\n"
        "  - at: 2024-06-03 10:00\n"
        "    when: [{mail: {by: maria, subject: What do you hold?, text: Tell me.}}]\n"
        "    then: [{obligation: {outcome: answer, due: 2024-06-18}}]\n"
        "  - at: 2024-06-04 10:00\n"
        "    when: [{staff: {act: pause, of: maria, promise: answer, awaited: identity}}]\n"
    )
    refused = tmp_path / "refused.yaml"
    refused.write_text(f"{steps}    then: [{{answer: refused}}]\n", encoding="utf-8")
    patient = tmp_path / "patient"
    patient_folder(patient)
    waits = patient / "waits.yaml"
    waits.write_text(
        f"{steps}    then: [{{obligation: {{outcome: answer, due: 2024-06-21}}}}]\n"
        "  - at: 2024-06-06 10:00\n"
        "    when: [{staff: {act: go-on, of: maria, promise: answer}}]\n"
        "    then:\n"
        "      - obligation: {outcome: answer, due: 2024-06-20}\n"
        "      - letter: {of: maria, kind: term-paused}\n",
        encoding="utf-8",
    )
    code, told = rehearse(refused, waits)
    assert (code, told) == (0, told)


def test_a_step_that_cannot_be_carried_out_ends_the_scenario_with_a_sentence(rehearse, tmp_path):
    scenario = tmp_path / "impossible.yaml"
    scenario.write_text(
        "scenario: Nobody is there\noperator: prohomeexchange\nsteps:\n"
        "  - at: 2024-06-03\n    when: [{withdraw: maria}]\n",
        encoding="utf-8",
    )
    code, told = rehearse(scenario)
    assert code == 1
    assert "add them under people" in told["scenarios"][0]["events"][0]["found"]
