"""The reference says what the code does: made pages are compared, written ones are searched."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from docs.tools import reference
from tests.docs.conftest import DOCS, ROOT

from tutela.core.variables import SETTINGS
from tutela.core.vocabulary import LANGUAGES
from tutela.policy import vocabulary

FOLDER = DOCS / "reference"
SOURCE = ROOT / "src" / "tutela"
WRITTEN = {"log-format.md", "policy-format.md"}
_READERS = {
    *("text", "choice", "words", "flag", "term", "lined", "strings", "number", "day", "block"),
    *("named", "listed", "mapping", "node", "refer", "refer_one", "email"),
}
_GIVEN = {"PATH", "LD_LIBRARY_PATH", "LC_ALL", "LC_MESSAGES", "LANG", "DJANGO_SETTINGS_MODULE"}
"""Variables that every system sets by itself, or that only our own program sets."""


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_made_page_is_up_to_date(name: str) -> None:
    kept = (FOLDER / name).read_text(encoding="utf-8")
    assert kept == reference.pages()[name](), "run: make reference"


def test_every_page_of_the_reference_is_made_or_known_to_be_written() -> None:
    found = {path.name for path in FOLDER.iterdir()}
    assert found == set(reference.pages()) | WRITTEN


def test_a_page_that_differs_is_found_and_no_other(tmp_path) -> None:
    for name, make in reference.pages().items():
        (tmp_path / name).write_text(make(), encoding="utf-8")
    (tmp_path / "gate.md").write_text("something else", encoding="utf-8")
    (tmp_path / "tables.md").unlink()
    assert set(reference.differing(tmp_path)) == {"gate.md", "tables.md"}


def _variables() -> Iterator[str]:
    """Names that the code asks of its environment."""
    asked = re.compile(r"environ(?:\.get|\.setdefault|\.pop)?[\[(]\s*\"([A-Z_]+)\"")
    for path in SOURCE.rglob("*.py"):
        yield from asked.findall(path.read_text(encoding="utf-8"))


def test_every_variable_that_the_code_reads_is_a_documented_setting() -> None:
    known = {each.name for each in SETTINGS}
    read = set(_variables())
    assert read
    assert read - known <= _GIVEN


def _keys(module: str) -> Iterator[str]:
    """Words that a module of the loader reads out of policy.yaml."""
    tree = ast.parse((SOURCE / "policy" / module).read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        texts = [
            each.value
            for each in call.args[:2]
            if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if name in _READERS and texts:
            yield texts[0]


@pytest.mark.parametrize("module", ["declarations.py", "heading.py", "office.py", "places.py"])
def test_every_key_that_the_loader_reads_is_on_the_page_of_the_policy_folder(module: str) -> None:
    page = (FOLDER / "policy-format.md").read_text(encoding="utf-8")
    keys = set(_keys(module))
    assert len(keys) > 5
    for key in keys - {"control"}:
        assert re.search(rf"`{key}[`:]", page), key
    assert "`control:`" in page


@pytest.mark.parametrize(
    "words",
    [
        vocabulary.EVENTS,
        vocabulary.OUTCOMES,
        vocabulary.FIELD_TYPES,
        vocabulary.SENSITIVITIES,
        vocabulary.STORE_KINDS,
        vocabulary.BASIS_KINDS,
        vocabulary.POINT_KINDS,
        vocabulary.RECIPIENT_ROLES,
        vocabulary.CHANNEL_KINDS,
        vocabulary.COOKIE_CLASSES,
        vocabulary.ENDINGS,
        vocabulary.COUNTED_FROM,
        vocabulary.AWAITED,
        vocabulary.UNLESS,
        vocabulary.EFFECTIVE,
        vocabulary.INSTRUCTION_PARTS,
    ],
    ids=lambda words: words[0],
)
def test_every_word_of_a_closed_list_is_on_the_page_of_the_policy_folder(words) -> None:
    page = (FOLDER / "policy-format.md").read_text(encoding="utf-8")
    for word in words:
        assert re.search(rf"\b{re.escape(word)}\b", page), word


def test_the_lists_in_two_languages_are_in_two_languages() -> None:
    assert LANGUAGES == ("en", "ru")
    for name in ("journal-entries.md", "gate.md"):
        rows = [
            line.strip("| \n").split(" | ")
            for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
            if line.startswith("| `")
        ]
        worded = [row for row in rows if len(row) == 4]
        assert worded
        for row in worded:
            assert re.search("[а-яё]", row[3]), f"{row[0]} has no Russian wording"
            assert not re.search("[а-яё]", row[2])
