"""The consent record beside the published vocabulary and the examples of its guide."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from tests.operators.sources import SEEDS

from tutela.consent import iso27560
from tutela.consent.events import ConsentEvent
from tutela.consent.rules import Kind, Mode, rests_on_consent
from tutela.policy import actions as policies

PUBLISHED = SEEDS.parent / "vocabularies"
FILES = {"dpv": "dpv-2.3.csv", "pd": "pd.csv", "eu-gdpr": "eu-gdpr.csv"}
NAMED = re.compile(r"(dpv|pd|eu-gdpr):[A-Za-z0-9-]+")
OPERATORS = sorted(each.name for each in policies.samples().iterdir() if each.is_dir())

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir() and os.environ.get("CI") != "true",
    reason="the published vocabulary is not on this machine",
)


@cache
def terms() -> frozenset[str]:
    found = set()
    for prefix, name in FILES.items():
        with (PUBLISHED / name).open(encoding="utf-8", newline="") as file:
            found |= {f"{prefix}:{row['term']}" for row in csv.DictReader(file)}
    return frozenset(found)


def _event(kind: Kind, purpose: str, **more: Any) -> ConsentEvent:
    values = {
        "id": uuid4(),
        "subject_id": uuid4(),
        "kind": kind,
        "purpose": purpose,
        "at": datetime(2024, 6, 3, 9, tzinfo=UTC),
        "mode": Mode.TICK,
        "act": "form.sent",
        "point": "account",
        "language": "en",
        "text_hash": "0" * 64,
        "policy_version": 1,
        "expires_at": None,
        "record": None,
        "cause": None,
        **more,
    }
    return ConsentEvent(**values)


def _names(value: Any) -> Iterator[str]:
    """Every key and every short name of a term in the record."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "@context":
                yield name
                yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)
    elif isinstance(value, str) and NAMED.fullmatch(value):
        yield value


def _records(operator: str) -> Iterator[dict[str, Any]]:
    policy = policies.load_folder(policies.samples() / operator)
    for slug in policy.purposes:
        if rests_on_consent(policy, slug):
            for mode in Mode:
                given = _event(Kind.GIVEN, slug, mode=mode, language=policy.original)
                dated = _event(Kind.GIVEN, slug, expires_at=datetime(2025, 1, 1, tzinfo=UTC))
                ends = [_event(kind, slug) for kind in Kind if kind != Kind.GIVEN]
                text = iso27560.record(policy, uuid4(), [given, *ends, dated], {"0" * 64: "Yes."})
                yield json.loads(text)


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_term_of_every_record_is_published(operator: str) -> None:
    used = {name for each in _records(operator) for name in _names(each) if NAMED.fullmatch(name)}
    assert {"dpv:ConsentRecord", "dpv:ConsentGiven", "dpv:hasPersonalData"} <= used
    assert used <= terms()


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_record_has_the_shape_of_the_guides_own_example(operator: str) -> None:
    examples = (PUBLISHED / "consent-27560-examples.txt").read_text(encoding="utf-8")
    shown = set(re.findall(r'"((?:@|dpv:|dct:|skos:|rdf:|schema:)[A-Za-z]+)":', examples))
    needed = {
        *("@id", "@type", "dct:identifier", "dct:conformsTo", "dpv:hasDataSubject"),
        *("dpv:hasDataController", "dpv:hasProcess", "dpv:hasNotice", "dpv:hasConsentStatus"),
    }
    assert needed <= shown
    for record in _records(operator):
        assert needed <= record.keys()
        assert record["dct:conformsTo"] in examples
        top = {name for name in record if name != "@context"}
        assert top <= shown
        for status in record["dpv:hasConsentStatus"]:
            assert {"@type", "dpv:isIndicatedAtTime"} <= status.keys()


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_term_that_a_policy_chooses_is_published(operator: str) -> None:
    policy = policies.load_folder(policies.samples() / operator)
    chosen = {each.dpv for each in (*policy.purposes.values(), *policy.fields.values())} - {""}
    assert chosen <= terms()
