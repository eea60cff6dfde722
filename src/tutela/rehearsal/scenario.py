"""A scenario file, read and checked before anything runs. The format is described in
``docs/reference/scenario.md``; everything wrong in a file is reported at once, by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from tutela.core.errors import TutelaError
from tutela.rehearsal import words as _registered  # noqa: F401 - the registers are filled by it
from tutela.rehearsal.registry import EXPECTATIONS, VERBS

KEYS = ("scenario", "operator", "clauses", "parameters", "people", "steps")
STEP_KEYS = ("at", "note", "given", "when", "then")


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    message: str


class BadScenario(TutelaError):
    """The file cannot be rehearsed; ``faults`` say where and how to mend it."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        lines = "\n".join(f"{path}:{each.line}: {each.message}" for each in faults)
        super().__init__(lines)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Line:
    """One verb or expectation: its name, its arguments and where it stands."""

    name: str
    arguments: Any
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    at: str
    line: int
    note: str = ""
    acts: tuple[Line, ...] = ()
    expectations: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    path: Path
    title: str
    operator: str
    clauses: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def read(path: Path) -> Scenario:
    """Read and check a scenario. Raises ``BadScenario`` with every fault found."""
    try:
        document = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadScenario(path, [Fault(1, "There is no such file; check the path.")]) from None
    except (IsADirectoryError, PermissionError, UnicodeDecodeError):
        raise BadScenario(path, [Fault(1, "This is no readable UTF-8 text file.")]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        message = f"This is not YAML: {error.problem or 'it cannot be read'}. Mend the line."
        raise BadScenario(path, [Fault(mark.line + 1 if mark else 1, message)]) from None
    except YAMLError:
        raise BadScenario(path, [Fault(1, "This is not YAML; mend the file.")]) from None
    if not isinstance(document, CommentedMap):
        raise BadScenario(
            path, [Fault(1, "A scenario is a mapping with scenario, operator, steps.")]
        )
    faults = list(_faults(document))
    if faults:
        raise BadScenario(path, faults)
    return _compile(path, document)


def _line(node: Any, key: Any = None) -> int:
    position = getattr(node, "lc", None)
    if position is None:
        return 1
    if key is not None and isinstance(node, CommentedMap) and key in node:
        return int(position.key(key)[0]) + 1
    if key is not None and isinstance(node, CommentedSeq):
        return int(position.item(key)[0]) + 1
    return int(position.line or 0) + 1


def _faults(document: CommentedMap) -> Iterator[Fault]:
    yield from _unknown(document, KEYS)
    for key in ("scenario", "operator", "steps"):
        if not document.get(key):
            yield Fault(1, f"The key “{key}” is missing; add it.")
    for key, kind, noun in (
        ("people", CommentedMap, "a mapping of names to fields"),
        ("parameters", CommentedMap, "a mapping of policy keys to values"),
        ("clauses", CommentedSeq, "a list of clauses"),
        ("steps", CommentedSeq, "a list of steps"),
    ):
        if key in document and not isinstance(document[key], kind):
            yield Fault(_line(document, key), f"“{key}” must be {noun}.")
    people = document.get("people")
    if isinstance(people, CommentedMap):
        for name, fields in people.items():
            if fields is not None and not isinstance(fields, CommentedMap):
                yield Fault(_line(people, name), f"“{name}” must be a mapping of fields to values.")
    steps = document.get("steps")
    if isinstance(steps, CommentedSeq):
        for index, step in enumerate(steps):
            yield from _step_faults(step, _line(steps, index))


def _unknown(node: CommentedMap, known: tuple[str, ...]) -> Iterator[Fault]:
    for key in node:
        if key not in known:
            yield Fault(_line(node, key), f"“{key}” is not known here; {_near(str(key), known)}")


def _near(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean “{close[0]}”?" if close else f"use one of {', '.join(sorted(known))}."


def _step_faults(step: Any, line: int) -> Iterator[Fault]:
    if not isinstance(step, CommentedMap):
        yield Fault(line, "A step is a mapping with at, given, when, then.")
        return
    yield from _unknown(step, STEP_KEYS)
    for key, known in (("given", VERBS), ("when", VERBS), ("then", EXPECTATIONS)):
        lines = step.get(key)
        if lines is None:
            continue
        for each, where in _each(lines, _line(step, key)):
            yield from _line_faults(each, where, known)


def _each(lines: Any, line: int) -> Iterator[tuple[Any, int]]:
    if isinstance(lines, CommentedSeq):
        for index, each in enumerate(lines):
            yield each, _line(lines, index)
    else:
        yield lines, line


def _line_faults(each: Any, line: int, known: Mapping[str, Any]) -> Iterator[Fault]:
    if not isinstance(each, CommentedMap) or len(each) != 1:
        yield Fault(line, "Write one name with its arguments, such as “form: {point: order}”.")
        return
    (name,) = each
    if name not in known:
        yield Fault(line, f"“{name}” is not known here; {_near(str(name), known)}")
        return
    allowed = known[name].arguments
    arguments = each[name]
    if isinstance(arguments, CommentedMap):
        yield from _unknown(arguments, allowed)
        for needed in known[name].needed:
            if needed not in arguments:
                yield Fault(line, f"“{name}” needs “{needed}”; add it.")
    elif len(known[name].needed) > 1 or not known[name].short:
        yield Fault(line, f"“{name}” takes a mapping with {', '.join(allowed)}.")


def _lines(node: Any, line: int, known: Mapping[str, Any]) -> tuple[Line, ...]:
    found = []
    for each, where in _each(node, line):
        (name,) = each
        arguments = each[name]
        if not isinstance(arguments, CommentedMap):
            arguments = {known[name].short: arguments}
        found.append(Line(name, dict(arguments), where))
    return tuple(found)


def _compile(path: Path, document: CommentedMap) -> Scenario:
    steps = []
    for index, step in enumerate(document["steps"]):
        acts: tuple[Line, ...] = ()
        for key in ("given", "when"):
            if step.get(key) is not None:
                acts += _lines(step[key], _line(step, key), VERBS)
        then = step.get("then")
        steps.append(
            Step(
                at=str(step.get("at") or ""),
                line=_line(document["steps"], index),
                note=str(step.get("note") or ""),
                acts=acts,
                expectations=()
                if then is None
                else _lines(then, _line(step, "then"), EXPECTATIONS),
            )
        )
    return Scenario(
        path=path,
        title=str(document["scenario"]),
        operator=str(document["operator"]),
        clauses=tuple(str(each) for each in document.get("clauses", ())),
        parameters=dict(document.get("parameters") or {}),
        people={
            name: dict(fields or {}) for name, fields in (document.get("people") or {}).items()
        },
        steps=tuple(steps),
    )
