"""Every guarantee of docs/explanation/security.md has a number and names tests that exist: a test,
or a class of them."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explanation/security.md").read_text(encoding="utf-8")
GUARANTEES = re.findall(
    r"^(\d+)\. (.*?)(?=^\d+\. |^#)",
    PAGE.partition("## What Tutela guarantees")[2],
    re.MULTILINE | re.DOTALL,
)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name.startswith(("test_", "Test"))
    )


def test_guarantees_are_numbered_without_a_gap():
    assert [int(number) for number, _ in GUARANTEES] == list(range(1, len(GUARANTEES) + 1))
    assert len(GUARANTEES) > 40


@pytest.mark.parametrize(("number", "text"), GUARANTEES, ids=[number for number, _ in GUARANTEES])
def test_each_guarantee_names_tests_that_exist(number, text):
    assert text.startswith("**"), "It begins with the guarantee in a sentence."
    named = NAMED.findall(text)
    assert named, f"Guarantee {number} names no test."
    assert len(named) == text.count("`tests/"), "Every test is named as file::function."
    for path, name in named:
        assert name in _tests_of(path), f"{path} has no {name}"


def test_only_the_gate_may_import_what_makes_permits():
    """The contract covers every room but the gate, the core it lies in, and who wires them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (contract,) = [each for each in contracts if each["name"] == "Only the gate makes permits"]
    assert contract["forbidden_modules"] == ["tutela.core.mint"]
    rooms = {
        f"tutela.{path.name}"
        for path in (ROOT / "src/tutela").iterdir()
        if (path / "__init__.py").exists()
    }
    free = {"tutela.core", "tutela.gate", "tutela.demo", "tutela.rehearsal", "tutela.service"}
    assert rooms - free == set(contract["source_modules"])
    for path in (ROOT / "src/tutela").rglob("*.py"):
        if re.search(r"^\s*(from|import) .*\bmint\b", path.read_text("utf-8"), re.MULTILINE):
            assert path.parent.name == "gate", path
