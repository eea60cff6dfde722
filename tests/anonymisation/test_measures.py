"""What is alike is measured as others measure it, and the attack finds what should not be there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tutela.anonymisation.attack import Attack, Known, attack
from tutela.anonymisation.joining import JoinNotMade, Pair, combine
from tutela.anonymisation.rules import Blurred, Measured, blur, measure, select
from tutela.policy.model import AnonymousSet, Method

MEASURED = json.loads(Path(__file__).with_name("measured.json").read_text())
"""Tables and what pyCANON, the reference implementation, says of them (ADR 0032)."""

KEEP, GONE = Method("keep"), Method("suppress")
DECADE = Method("generalise", "decade")


def into(*sensitive: str, k: int = 3, l: int = 1, **fields: Method) -> AnonymousSet:  # noqa: E741
    return AnonymousSet("people", {}, (), fields, k, l, sensitive)


@pytest.mark.parametrize("table", MEASURED["tables"], ids=lambda table: str(len(table["rows"])))
def test_k_and_l_are_what_the_reference_implementation_finds(table) -> None:
    rows = [Blurred(tuple(row[:2]), tuple(row[2:])) for row in table["rows"]]
    assert measure(rows) == Measured(table["k"], table["l"])


@pytest.mark.parametrize(
    ("to", "text", "becomes"),
    [
        ("year", "1984-05-06", "1984"),
        ("decade", "1984-05-06", "1980s"),
        ("decade", "in May", ""),
        ("first 3", "Алматы", "алм"),
        ("step 10", "47", "40 to 49"),
        ("step 10", "-3.5", "-10 to -1"),
        ("step 10", "NaN", ""),
    ],
)
def test_a_value_becomes_as_coarse_as_the_policy_says(to: str, text: str, becomes: str) -> None:
    assert blur(Method("generalise", to), text) == becomes


def test_only_those_who_are_alike_with_enough_others_stay() -> None:
    people = [{"city": "Tampa", "email": f"p{n}@a.example"} for n in range(3)]
    people += [{"city": "Miami", "email": "m@a.example"}]
    assert select(into(city=KEEP, email=GONE), people, ["email"]) == [0, 1, 2]


def test_those_who_share_the_sensitive_value_do_not_stay() -> None:
    same = [{"city": "Tampa", "ill": "flu"} for _ in range(3)]
    mixed = [{"city": "Miami", "ill": f"ill {n}"} for n in range(3)]
    wanted = into("ill", city=KEEP, ill=KEEP, l=2)
    assert select(wanted, [*same, *mixed], []) == [3, 4, 5]


def test_whoever_wrote_their_name_into_a_field_that_stays_is_turned_away() -> None:
    people = [{"city": "Tampa", "name": "Anna Canary"} for _ in range(3)]
    people += [{"city": "Tampa by Canary", "name": "Anna Canary"}]
    assert select(into(city=KEEP, name=GONE), people, ["name"]) == [0, 1, 2]


TRIED = [
    pytest.param([({"born": "1980s"}, 3)], {}, 0, id="three-alike"),
    pytest.param([({"born": "1980s"}, 2), ({"born": "1990s"}, 1)], {}, 1, id="one-alone"),
    pytest.param([({"born": "1980s", "ill": "flu"}, 3)], {"ill": "keep"}, 0, id="told"),
    pytest.param([({"born": "1980s", "note": "Canary"}, 3)], {}, 0, id="three-share-a-word"),
]


@pytest.mark.parametrize(("rows", "more", "found"), TRIED)
def test_the_attack_finds_whom_the_rows_give_away(rows, more, found) -> None:
    born = ["1981-01-01", "1985-02-02", "1990-03-03" if found else "1989-03-03"]
    people = [{"born": each, "ill": "flu", "name": "Anna Canary"} for each in born]
    known = Known({"born": "generalise decade", **more}, tuple(more), ("name",), 3)
    result = attack(people, rows, known)
    assert result.found == found
    assert result.fails(3, 2) == bool(found or more)


def test_a_name_in_a_row_is_found() -> None:
    people = [{"city": "Tampa", "name": "Anna Canary"}] * 3
    rows = [({"city": "Tampa"}, 2), ({"city": "Tampa", "note": "for Canary"}, 1)]
    result = attack(people, rows, Known({"city": "keep"}, (), ("name",), 3))
    assert (result.named, result.fails(3, 1)) == (3, True)


def test_nobody_is_found_among_nobody() -> None:
    assert attack([], [], Known({}, (), (), 3)) == Attack(0, 0, 0, 0, 0)


def test_sets_that_together_tell_a_sensitive_value_are_not_combined() -> None:
    people = replace(into("illness", k=2, l=2, city=KEEP, illness=KEEP), joins=("others",))
    policy: Any = SimpleNamespace(number=1)
    told = [({"city": "Tampa", "illness": "flu"}, 8)]
    with pytest.raises(JoinNotMade, match="sensitive"):
        combine(UUID(int=1), policy, Pair(people, "others"), told, "city,people\nTampa,8\n")
