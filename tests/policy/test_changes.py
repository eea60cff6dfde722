"""What changed between two versions is shown clause by clause, and nobody is remembered for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from tests.policy.spoiling import Copy

from tutela import app
from tutela.cli.commands import COMMANDS
from tutela.core import clock
from tutela.policy import actions, differences
from tutela.policy.clauses import cut
from tutela.policy.folders import load_folder

app.wire()
MakeCopy = Callable[[str], Copy]
CHANGES = "/en/lark-bakery/policy/changes/"


def second(make: MakeCopy, name: str = "second") -> Copy:
    copy = make(name).change("number: 1, dated: 2024-03-01", "number: 2, dated: 2024-07-01")
    copy.change("term: 30 days", "term: 20 days")
    for file, old, new in (
        ("policy.en.txt", "data within 30 days", "data within 20 days"),
        ("policy.ru.txt", "в течение 30 дней с получения", "в течение 20 дней с получения"),
    ):
        copy.change(old, new, file)
    return copy


def test_a_changed_clause_shows_which_words_are_new() -> None:
    (one,) = differences.differences(
        cut("1 Terms\n1.1. We answer in 10 days.\n1.2. We are kind.\n"),
        cut("1 Terms\n1.1. We answer in 5 days.\n1.2. We are kind.\n"),
    )
    assert (one.kind, one.ref) == ("changed", "1.1")
    assert [each.text for each in one.before if each.marked] == ["10"]
    assert [each.text for each in one.after if each.marked] == ["5"]


def test_added_removed_and_renumbered_clauses_are_told_apart() -> None:
    found = differences.differences(
        cut("1 Terms\n1.1. Bread is baked at night.\n1.2. Letters are answered on Mondays.\n"),
        cut("1 Terms\n1.1. Letters are answered on Mondays.\n1.2. Ovens are lit at four.\n"),
    )
    assert {(each.kind, each.ref_before, each.ref_after) for each in found} == {
        ("changed", "1.1", "1.1"),
        ("changed", "1.2", "1.2"),
    }
    longer = differences.differences(cut("1 A\n1.1. One.\n"), cut("1 A\n1.1. One.\n1.2. Two.\n"))
    assert [(each.kind, each.ref) for each in longer] == [("added", "1.2")]
    shorter = differences.differences(cut("1 A\n1.1. One.\n1.2. Two.\n"), cut("1 A\n1.1. One.\n"))
    assert [(each.kind, each.ref) for each in shorter] == [("removed", "1.2")]


def test_equal_texts_have_no_difference(minimal: Path) -> None:
    policy = load_folder(minimal)
    assert differences.between(policy, policy, "en") == ()
    assert differences.terms(policy, policy, "en") == ()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_command_prints_what_changes_in_either_language(
    minimal: Path, copy_of_minimal: MakeCopy, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    command = COMMANDS["policy diff"]
    parser = ArgumentParser()
    command.configure(parser)
    folders = [str(minimal), str(second(copy_of_minimal).path)]
    assert command.run(parser.parse_args([*folders, "--language", language])) == 1
    told = capsys.readouterr().out
    assert "3.2 (changed)" in told
    assert {"en": "30 days → 20 days", "ru": "30 дней → 20 дней"}[language] in told
    assert command.run(parser.parse_args([folders[0], folders[0]])) == 0
    capsys.readouterr()
    assert command.run(parser.parse_args([*folders, "--json"])) == 1
    document = json.loads(capsys.readouterr().out)
    assert [each["clause_after"] for each in document["clauses"]] == ["3.2"]


@pytest.fixture
def two_versions(db: None, minimal: Path, copy_of_minimal: MakeCopy) -> Client:
    with clock.use(clock.ManualClock(datetime(2024, 3, 1, 12, tzinfo=UTC))):
        actions.publish(load_folder(minimal))
    with clock.use(clock.ManualClock(datetime(2024, 7, 1, 12, tzinfo=UTC))):
        actions.publish(load_folder(second(copy_of_minimal).path))
    return Client()


def test_the_page_sets_two_versions_side_by_side_and_keeps_nothing(two_versions: Client) -> None:
    answer = two_versions.get(CHANGES)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<del>30</del>" in page
    assert "<ins>20</ins>" in page
    assert "20 days" in page
    assert not answer.cookies
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in page


@pytest.mark.parametrize(
    ("since", "changed"),
    [("1", True), ("2", False), ("2024-05-01", True), ("2024-08-01", False), ("1999-01-01", True)],
)
def test_a_reader_says_since_when_by_a_version_or_a_day(
    two_versions: Client, since: str, changed: bool
) -> None:
    page = two_versions.get(CHANGES, {"since": since}).content.decode()
    assert ("<ins>20</ins>" in page) is changed
    assert ("No clause changed" in page) is not changed


@pytest.mark.parametrize("since", ["99", "yesterday", "-1", "<script>", "９", "\0", "1" * 200])
def test_a_version_that_was_never_published_is_not_found(two_versions: Client, since: str) -> None:
    answer = two_versions.get(CHANGES, {"since": since})
    assert answer.status_code in {400, 404}
    assert b"<script>" not in answer.content


def test_each_version_is_a_pdf_with_every_clause_and_its_fingerprint(
    two_versions: Client, tmp_path: Path
) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext (poppler-utils)")
    for number, words in ((1, "data within 30 days"), (2, "data within 20 days")):
        answer = two_versions.get(f"/en/lark-bakery/policy/v/{number}/pdf/")
        assert answer.headers["Content-Type"] == "application/pdf"
        (tmp_path / "policy.pdf").write_bytes(answer.content)
        command = ["pdftotext", "-layout", str(tmp_path / "policy.pdf"), "-"]
        text = " ".join(
            subprocess.run(command, capture_output=True, check=True).stdout.decode().split()
        )
        row = actions.versions(actions.operator_id("lark-bakery"))[2 - number]
        assert words in text
        assert row.digest[:20] in text
    assert two_versions.get("/ru/lark-bakery/policy/v/9/pdf/").status_code == 404


POLICY = "/en/lark-bakery/policy/"


def test_the_page_tells_of_a_version_while_it_is_new(two_versions: Client) -> None:
    for month, told in ((7, True), (9, False)):
        with clock.use(clock.ManualClock(datetime(2024, month, 2, tzinfo=UTC))):
            page = two_versions.get(POLICY).content.decode()
        assert ("Version 2 is new" in page) is told


def test_the_page_tells_of_a_version_that_is_to_come(
    db: None, minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    with clock.use(clock.ManualClock(datetime(2024, 6, 1, 12, tzinfo=UTC))):
        actions.publish(load_folder(minimal))
        assert "takes force on" not in Client().get(POLICY).content.decode()
        copy = second(copy_of_minimal).change("effective: at-posting", "effective: 2024-08-01")
        actions.publish(load_folder(copy.path))
        page = Client().get(POLICY).content.decode()
    assert "Version 2 takes force on" in page
    assert "?to=2" in page
    assert "within 30 days" in page
