"""Whatever stands in a policy file, a check ends with findings and never with a crash."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tutela.policy.compiling import compile_sources
from tutela.policy.findings import ERROR
from tutela.policy.source import DECLARATIONS, Sources

FOLDER = Path(__file__).parents[1] / "data" / "policies" / "minimal"
FILES = {
    file.name: file.read_text(encoding="utf-8")
    for file in FOLDER.iterdir()
    if file.suffix in {".yaml", ".txt"}
}
WHOLE: Any = YAML(typ="safe", pure=True).load(FILES[DECLARATIONS])

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["en", "consent", "30 days", "9.4", "../x", "2024-05-01", "orders"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [way, *(place for key, each in inside for place in _places(each, (*way, key)))]


PLACES = [place for place in _places(WHOLE) if place]


def _check(content: str) -> tuple[Any, bool]:
    compiled = compile_sources(Sources({**FILES, DECLARATIONS: content}))
    for finding in compiled.findings:
        assert str(finding)
        json.dumps(finding.to_json())
    failed = any(each.severity == ERROR for each in compiled.findings)
    assert failed == (compiled.policy is None)
    return compiled, failed


def _at(tree: Any, way: tuple[Any, ...]) -> Any:
    for key in way:
        tree = tree[key]
    return tree


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PLACES), JUNK)
def test_junk_in_any_place_gives_findings_or_a_policy(way: tuple[Any, ...], junk: Any) -> None:
    tree = copy.deepcopy(WHOLE)
    _at(tree, way[:-1])[way[-1]] = junk
    _check(json.dumps(tree, default=str, ensure_ascii=False))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES))
def test_any_declaration_may_be_missing(way: tuple[Any, ...]) -> None:
    tree = copy.deepcopy(WHOLE)
    del _at(tree, way[:-1])[way[-1]]
    _check(json.dumps(tree, default=str, ensure_ascii=False))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_in_place_of_the_declarations_is_refused(content: str) -> None:
    _compiled, failed = _check(content)
    assert failed


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(FILES[DECLARATIONS])), st.text(min_size=1, max_size=5))
def test_a_slip_of_the_fingers_anywhere_never_crashes(place: int, slip: str) -> None:
    content = FILES[DECLARATIONS]
    _check(content[:place] + slip + content[place:])


def test_the_untouched_declarations_compile_from_json_as_from_yaml() -> None:
    compiled, failed = _check(json.dumps(WHOLE, default=str, ensure_ascii=False))
    assert not failed
    assert compiled.policy.operator.slug == "lark-bakery"
