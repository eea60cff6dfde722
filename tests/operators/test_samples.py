"""The sample operators carry facts of published policies in new words, and no real person's."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from tests.operators.sources import (
    INVENTED,
    SAMPLES,
    SOURCES,
    figures,
    lengths,
    rows_of,
    source_of,
)

from tutela.app import wire
from tutela.core.controls import CONTROLS
from tutela.policy.clauses import Index, cut, outline
from tutela.policy.compiling import compile_sources
from tutela.policy.folders import Report, check_folder
from tutela.policy.lines import visible
from tutela.policy.model import Policy
from tutela.policy.source import Sources
from tutela.policy.vocabulary import capabilities

LONGEST_COMMON_RUN = 6
PENDING = Path(__file__).with_name("pending.txt")
"""Capabilities that clauses of the samples are bound to and that nothing carries out yet."""
MOST_PENDING = 17

WORD = re.compile(r"[^\W_]+")
LEADING_MARK = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[-•])\s*", re.MULTILINE)
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
URL_HOST = re.compile(r"https?://([\w.-]+\w)")
YAML_HOST = re.compile(r"\bhost:\s*\"?([\w.-]+\w)")
BARE_HOST = re.compile(
    r"\b([\w-]+(?:\.[\w-]+)*\.(?:com|net|org|ru|si|kz|kg|info|io|red|eu|su))\b(?!\.\w)"
)
RESERVED = (".example", ".test", ".invalid")

TEXTS = sorted(SAMPLES.glob("*/policy.*.txt"))
FILES = sorted(path for path in SAMPLES.glob("*/*") if path.suffix in {".txt", ".yaml"})


def words(text: str) -> list[str]:
    return WORD.findall(LEADING_MARK.sub("", text).lower())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of words one longer than a sample may share with its source."""
    found, length = words(text), LONGEST_COMMON_RUN + 1
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


def shape(text: str) -> list[str]:
    """The numbers and list marks that open the lines: the skeleton references hang on."""
    marks = (LEADING_MARK.match(line) for line in text.splitlines() if line.strip())
    return [mark.group().strip() if mark else "" for mark in marks]


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@cache
def report_of(name: str) -> Report:
    return check_folder(SAMPLES / name)


@pytest.fixture(params=sorted(SOURCES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(name: str) -> str:
    return source_of(name)


@pytest.fixture
def policy(name: str) -> Policy:
    found = report_of(name).policy
    assert found is not None
    return found


def test_every_sample_has_a_source_to_be_compared_with() -> None:
    assert sorted({path.parent.name for path in TEXTS}) == sorted(SOURCES)


def markers(policy: Policy) -> set[str]:
    """The subject lines that the original asks for: facts, and the same in source and sample."""
    return {each.marker[policy.original] for each in policy.channels.values() if each.marker}


def test_a_sample_asks_for_the_subject_lines_of_its_source(source: str, policy: Policy) -> None:
    assert [each for each in sorted(markers(policy)) if each not in visible(source)] == []


def test_a_sample_shares_no_run_of_seven_words_with_its_source_but_a_subject_line(
    name: str, source: str, policy: Policy
) -> None:
    facts = re.compile("|".join(map(re.escape, sorted(markers(policy)))) or "$")
    told = runs(facts.sub("[]", visible(source)))
    for path in sorted((SAMPLES / name).iterdir()):
        shared = runs(facts.sub("[]", path.read_text("utf-8"))) & told
        assert sorted(" ".join(run) for run in shared) == [], name_of(path)


def test_a_sample_keeps_no_address_or_host_of_its_source(name: str, source: str) -> None:
    real = set(EMAIL.findall(source)) | set(URL_HOST.findall(source))
    brand = {name}
    labels = {host.rsplit(".", 1)[0] for host in real} - brand
    for path in sorted((SAMPLES / name).iterdir()):
        text = path.read_text("utf-8").lower()
        kept = [each for each in sorted(real | labels) if each in text]
        assert kept == [], name_of(path)


def test_addresses_and_hosts_of_a_source_are_recognised() -> None:
    text = "Write to mail@shop.real-name.com or see https://docs.real-name.com/privacy."
    assert EMAIL.findall(text) == ["shop.real-name.com"]
    assert URL_HOST.findall(text) == ["docs.real-name.com"]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_address_in_a_sample_is_reserved_for_examples(path: Path) -> None:
    text = path.read_text("utf-8")
    hosts = {
        host
        for pattern in (EMAIL, URL_HOST, YAML_HOST, BARE_HOST)
        for host in pattern.findall(text)
    }
    assert [host for host in sorted(hosts) if not host.endswith(RESERVED)] == []


@pytest.mark.parametrize("folder", sorted({path.parent for path in TEXTS}), ids=lambda it: it.name)
def test_every_language_of_a_policy_has_the_same_numbers_and_lists(folder: Path) -> None:
    shapes = [shape(path.read_text("utf-8")) for path in sorted(folder.glob("policy.*.txt"))]
    assert len(shapes) > 1
    assert all(each == shapes[0] for each in shapes)


def test_a_sample_passes_the_check_with_every_clause_accounted_for(name: str) -> None:
    report = report_of(name)
    assert [str(each.sentence) for each in report.findings] == []
    assert report.coverage is not None
    assert report.coverage.unbound == ()
    assert len(report.coverage.bound) > len(report.coverage.informative)


def test_the_source_text_has_the_same_outline_as_the_sample(source: str, policy: Policy) -> None:
    assert outline(policy.clauses[policy.original]) == outline(cut(source))


def test_the_same_declarations_bind_the_source_text_whole(source: str, policy: Policy) -> None:
    """The published text takes the place of the sample's, and nothing else is changed."""
    (file,) = [
        file for file, text in policy.sources.items() if text == policy.texts[policy.original]
    ]
    compiled = compile_sources(Sources({**policy.sources, file: source}))
    assert [str(each.sentence) for each in compiled.findings] == []
    assert compiled.coverage is not None
    assert compiled.coverage.unbound == ()
    assert compiled.policy is not None
    assert compiled.policy.texts[policy.original] == source


def test_a_sample_names_the_figures_and_terms_of_its_source_clause_by_clause(
    name: str, source: str, policy: Policy
) -> None:
    """Clause by clause and in each language; only what registers a company is invented."""
    lost = []
    invented = INVENTED.get(name, set())
    for position, clause in enumerate(cut(source)):
        for language, clauses in policy.clauses.items():
            text = clauses[position].text
            wanted = (figures(clause.text) - invented) | lengths(clause.text)
            missing = wanted - figures(text) - lengths(text)
            lost += [(clause.ref, language, each) for each in sorted(missing)]
    assert lost == []


def test_figures_and_terms_are_found_however_they_are_written() -> None:
    assert lengths("within 10 (ten) working days, thirty days or twenty-four hours") == {
        "10 working day",
        "30 day",
        "24 hour",
    }
    assert lengths("в течение пяти лет и 3 (трёх) рабочих дней") == {"5 year", "3 working day"}
    assert lengths("one day the policy may change") == {"1 day"}
    assert lengths("the day and the year") == set()
    assert figures("clause 9.4 of Law No. 58, mail a1@b2.example, 20702198650055") == {"9.4", "58"}


def test_every_promise_read_out_of_the_source_is_bound_to_its_control(
    name: str, policy: Policy
) -> None:
    """The table of clauses says for each statement of the source which capability answers it."""
    index = Index(policy.clauses[policy.original])
    asked = {(row["clause"], row["capability"]) for row in rows_of(name)}
    assert asked
    told = {found.ref for each in policy.informative if (found := index.resolve(each))}
    carried = {(each.clause, each.control) for each in policy.bindings}
    lost = [
        (clause, control)
        for clause, control in sorted(asked - carried)
        if (found := index.resolve(clause)) is None or found.ref not in told
    ]
    assert lost == []


def test_every_consent_is_one_sentence_that_names_the_operator(policy: Policy) -> None:
    asking = [each for each in policy.purposes.values() if each.consent_text]
    assert asking
    for purpose in asking:
        for language, text in purpose.consent_text.items():
            legal_name = policy.operator.legal_names[language]
            assert text.isprintable(), purpose.slug
            assert legal_name in text, purpose.slug
            prose = text.replace(legal_name, "Operator")
            assert prose.count(".") == 1, purpose.slug
            assert prose.endswith("."), purpose.slug


def test_every_form_gives_a_reason_for_each_field_and_offers_marketing_apart(
    policy: Policy,
) -> None:
    marketing = {each.slug for each in policy.purposes.values() if each.marketing}
    for point in policy.points.values():
        assert all(each.why for each in point.fields), point.slug
        assert not (set(point.purposes) & marketing) or set(point.purposes) <= marketing


def all_rows() -> list[tuple[str, dict[str, str]]]:
    return [(name, row) for name in sorted(SOURCES) for row in rows_of(name)]


def pending() -> list[str]:
    return PENDING.read_text("utf-8").split()


def test_all_statements_of_the_five_sources_are_bound_built_or_pending_by_name() -> None:
    """674 statements: each is bound in its clause, and what carries it out exists, or is named
    in a list that only shrinks: what is built has no place in it any more."""
    wire()
    rows = all_rows()
    assert len(rows) == 674
    asked = {row["capability"] for _name, row in rows}
    assert asked == {*capabilities()}
    assert sorted(asked - {*CONTROLS}) == pending()
    assert len(pending()) <= MOST_PENDING


def test_no_statement_rests_on_an_informative_clause_without_a_reason_in_both_languages() -> None:
    for name in sorted(SOURCES):
        policy = report_of(name).policy
        assert policy is not None
        for ref, reason in policy.informative.items():
            assert reason["en"], (name, ref)
            assert reason["ru"], (name, ref)
