"""The sample operators carry facts of published policies in new words, and no real person's."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tutela.policy.clauses import Index, cut, outline
from tutela.policy.coverage import cover
from tutela.policy.folders import check_folder, load_folder
from tutela.policy.model import Policy

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "operators"
SEEDS = Path(os.environ.get("TUTELA_SEEDS", ROOT.parent / "shared" / "seeds"))
TABLE = Path(os.environ.get("TUTELA_CLAUSES", SEEDS.parent / "requirements" / "clauses.tsv"))
LONGEST_COMMON_RUN = 6

WORD = re.compile(r"[^\W_]+")
LEADING_MARK = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[-•])\s*", re.MULTILINE)
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
URL_HOST = re.compile(r"https?://([\w.-]+\w)")
YAML_HOST = re.compile(r"\bhost:\s*\"?([\w.-]+\w)")
BARE_HOST = re.compile(
    r"\b([\w-]+(?:\.[\w-]+)*\.(?:com|net|org|ru|si|kz|kg|info|io|red|eu|su))\b(?!\.\w)"
)
RESERVED = (".example", ".test", ".invalid")

SOURCES = {"prohomeexchange": "004_ebfbea1f66e227ac.txt"}
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


@pytest.fixture(params=sorted(SOURCES))
def pair(request: pytest.FixtureRequest) -> tuple[Path, str]:
    source = SEEDS / SOURCES[request.param]
    if not source.is_file():
        pytest.skip(f"the source text of {request.param} is not at hand; set TUTELA_SEEDS")
    return SAMPLES / request.param, source.read_text("utf-8")


def test_a_sample_shares_no_run_of_seven_words_with_its_source(pair: tuple[Path, str]) -> None:
    folder, source = pair
    for path in sorted(folder.glob("policy.*.txt")):
        shared = runs(path.read_text("utf-8")) & runs(source)
        assert sorted(" ".join(run) for run in shared) == [], name_of(path)


def test_a_sample_keeps_no_address_or_host_of_its_source(pair: tuple[Path, str]) -> None:
    folder, source = pair
    real = set(EMAIL.findall(source)) | set(URL_HOST.findall(source))
    assert real, "the source names its hosts"
    labels = {host.rsplit(".", 1)[0] for host in real}
    for path in sorted(folder.iterdir()):
        text = path.read_text("utf-8").lower()
        assert [each for each in sorted(real | labels) if each in text] == [], name_of(path)


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


@pytest.fixture
def policy(pair: tuple[Path, str]) -> Policy:
    return load_folder(pair[0])


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_sample_passes_the_check_with_every_clause_accounted_for(name: str) -> None:
    report = check_folder(SAMPLES / name)
    assert [str(each.sentence) for each in report.findings] == []
    assert report.coverage is not None
    assert report.coverage.unbound == ()
    assert len(report.coverage.bound) > len(report.coverage.informative)


def test_the_source_text_has_the_same_outline_as_the_sample(
    pair: tuple[Path, str], policy: Policy
) -> None:
    assert outline(policy.clauses[policy.original]) == outline(cut(pair[1]))


def test_the_same_declarations_bind_the_source_text_whole(
    pair: tuple[Path, str], policy: Policy
) -> None:
    clauses = cut(pair[1])
    index = Index(clauses)
    lost = [each.clause for each in policy.bindings if index.resolve(each.clause) is None]
    assert lost == []
    bound = {found.ref for each in policy.bindings if (found := index.resolve(each.clause))}
    told = {found.ref for each in policy.informative if (found := index.resolve(each))}
    assert cover(clauses, bound, told).unbound == ()


def test_every_promise_read_out_of_the_source_is_bound_to_its_control(policy: Policy) -> None:
    """The table of clauses says for each statement of the source which capability answers it."""
    if not TABLE.is_file():
        pytest.skip("the table of clauses is not at hand; set TUTELA_CLAUSES")
    seed = SOURCES[policy.operator.slug].partition("_")[0]
    rows = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()]
    asked = {(row[1], row[5]) for row in rows if row[0] == seed}
    assert asked
    assert sorted(asked - {(each.clause, each.control) for each in policy.bindings}) == []


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_consent_is_one_sentence_that_names_the_operator(name: str) -> None:
    policy = load_folder(SAMPLES / name)
    asking = [each for each in policy.purposes.values() if each.consent_text]
    assert asking
    for purpose in asking:
        for text in purpose.consent_text.values():
            assert text.isprintable(), purpose.slug
            prose = text.replace(policy.operator.legal_name, "Operator")
            assert policy.operator.legal_name in text, purpose.slug
            assert prose.count(".") == 1, purpose.slug
            assert prose.endswith("."), purpose.slug


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_form_gives_a_reason_for_each_field_and_offers_marketing_apart(name: str) -> None:
    policy = load_folder(SAMPLES / name)
    marketing = {each.slug for each in policy.purposes.values() if each.marketing}
    for point in policy.points.values():
        assert all(each.why for each in point.fields), point.slug
        assert not (set(point.purposes) & marketing) or set(point.purposes) <= marketing
