from __future__ import annotations

from pathlib import Path

import pytest

from tutela.rehearsal import expectations, reference, scenario, verbs
from tutela.rehearsal.registry import EXPECTATIONS, VERBS

ROOT = Path(__file__).parents[2]
WORDS = (verbs, expectations)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(scenario.BadScenario) as caught:
        scenario.read(written(tmp_path, text))
    return [(each.line, each.message) for each in caught.value.faults]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "scenarios").glob("*/*.yaml")), ids=lambda path: path.stem
)
def test_every_shipped_scenario_can_be_read(path):
    assert scenario.read(path).steps


def test_an_unknown_verb_is_named_with_its_line_and_the_nearest_known_one(tmp_path):
    text = (
        "scenario: x\noperator: y\nsteps:\n  - at: 2024-06-03\n    when:\n      - wthdraw: maria\n"
    )
    assert faults(tmp_path, text) == [(6, "“wthdraw” is not known here; did you mean “withdraw”?")]


def test_every_fault_of_a_file_is_reported_at_once(tmp_path):
    text = (
        "scenari: x\noperator: y\nsteps:\n  - at: 2024-06-03\n    then:\n      - data: {off: x}\n"
    )
    found = faults(tmp_path, text)
    assert [line for line, _ in found] == [1, 1, 6, 6]


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "a: [", "\t", "steps: 3\nscenario: x\noperator: y\n", "a: *b\n"]
)
def test_what_is_no_scenario_is_refused_with_a_sentence(tmp_path, text):
    for line, message in faults(tmp_path, text):
        assert line >= 1
        assert message.endswith((".", "?"))


def test_a_missing_file_is_a_fault_and_not_a_traceback(tmp_path):
    with pytest.raises(scenario.BadScenario, match="no such file"):
        scenario.read(tmp_path / "nowhere.yaml")


def test_a_plain_value_stands_for_the_short_argument(tmp_path):
    text = (
        "scenario: x\noperator: y\nsteps:\n  - at: 2024-06-03\n    when:\n      - withdraw: maria\n"
    )
    (step,) = scenario.read(written(tmp_path, text)).steps
    assert step.acts[0].arguments == {"by": "maria"}


def test_every_word_of_a_scenario_is_explained():
    for word in (*VERBS.values(), *EXPECTATIONS.values()):
        assert word.help
        assert all(f"``{each}``" in word.help for each in word.arguments), word.name


def test_the_reference_page_says_what_the_code_does():
    page = (ROOT / "docs" / "reference" / "scenario.md").read_text(encoding="utf-8")
    assert page == reference.page()
