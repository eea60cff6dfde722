"""The table of acceptance scenarios says what is so: compared with the numbered scenarios, with
the files, and with what is still to come."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.tools.acceptance import declared, files_of
from tests.operators.sources import SOURCES, TABLE, absent

SYSTEMS = TABLE.with_name("systems.md")
PENDING = {
    line.strip()
    for line in (Path(__file__).parents[1] / "operators" / "pending.txt")
    .read_text("utf-8")
    .splitlines()
}


def numbered(operator: str) -> set[int]:
    if not SYSTEMS.is_file():
        absent(SYSTEMS)
    parts = re.split(r"^## (\d{3})\.", SYSTEMS.read_text("utf-8"), flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True))[SOURCES[operator]]
    return {int(each) for each in re.findall(r"^(\d+)\. \*\*Given\*\*", text, re.MULTILINE)}


@pytest.mark.parametrize("operator", sorted(SOURCES))
def test_the_table_names_every_scenario_there_is(operator):
    assert set(declared()[operator]) == numbered(operator)


@pytest.mark.parametrize("operator", sorted(SOURCES))
def test_every_scenario_has_a_file_or_waits_for_a_capability_to_come(operator):
    files = files_of(operator)
    for number, said in declared()[operator].items():
        waits = set(said.get("waits", ()))
        assert waits <= PENDING, f"{operator} {number} waits for what is there: {waits - PENDING}"
        assert number in files or waits, f"{operator} {number} has no file and waits for nothing."
    assert files.keys() - {0} <= declared()[operator].keys()
