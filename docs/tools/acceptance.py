"""The page that says which acceptance scenario of the sample operators is shown by which file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.tools.markdown import code, page, table
from ruamel.yaml import YAML

SCENARIOS = Path(__file__).parents[2] / "scenarios"
NUMBERED = 2
"""Digits with which the name of a file begins that shows an acceptance scenario."""


def declared() -> Mapping[str, Mapping[int, Mapping[str, Any]]]:
    """By operator, each acceptance scenario by its number."""
    text = (SCENARIOS / "acceptance.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[int, Mapping[str, Any]]] = YAML(typ="safe").load(text)
    return found


def files_of(operator: str) -> Mapping[int, list[Path]]:
    """The scenario files of an operator by the number they begin with; 0 for those without."""
    found: dict[int, list[Path]] = {}
    for path in sorted((SCENARIOS / operator).glob("*.yaml")):
        number = path.name[:NUMBERED]
        found.setdefault(int(number) if number.isdigit() else 0, []).append(path)
    return found


def acceptance() -> str:
    opening = (
        "The sample operators have acceptance scenarios, numbered by operator. Each is played by "
        "the files under `scenarios/` whose names begin with its number. It is shown whole where "
        "the last column is empty; otherwise that says what is not shown yet, and which "
        "capability brings it."
    )
    parts = [opening]
    for operator, scenarios in declared().items():
        parts += [
            f"## {operator}",
            table(("number", "what", "files", "not shown yet"), _rows(operator, scenarios)),
        ]
        if further := files_of(operator).get(0):
            parts.append(f"Further: {', '.join(map(_link, further))}.")
    return page("Acceptance scenarios", *parts)


def _rows(
    operator: str, scenarios: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[object, ...]]:
    files = files_of(operator)
    for number, said in scenarios.items():
        waits = [f"{what} ({code(slug)})" for slug, what in said.get("waits", {}).items()]
        missing = "; ".join(filter(None, [*waits, said.get("lacks", "")]))
        yield number, said["about"], ", ".join(map(_link, files.get(number, ()))), missing


def _link(path: Path) -> str:
    words = path.stem.lstrip("0123456789-").replace("-", " ")
    return f"[{words}](../../{path.relative_to(SCENARIOS.parent).as_posix()})"
