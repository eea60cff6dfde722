"""``tutela policy check`` prints findings and coverage, and says by its code if all is well."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest
from tests.policy.spoiling import Copy

from tutela.cli.commands import COMMANDS
from tutela.policy import commands


def run(name: str, *arguments: str) -> int:
    command = COMMANDS[name]
    parser = ArgumentParser()
    command.configure(parser)
    parsed: Namespace = parser.parse_args(arguments)
    assert not command.database
    return command.run(parsed)


def test_the_commands_are_registered() -> None:
    assert commands.check_command is COMMANDS["policy check"].run


def test_a_good_folder_shows_its_coverage_and_its_assumptions(
    minimal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("policy check", str(minimal)) == 0
    out = capsys.readouterr().out
    assert "Lark Bakery (lark-bakery), version 1 of 2024-03-01" in out
    assert "     25  clauses\n" in out
    assert "      1  informative\n" in out
    assert "      0  unbound\n" in out
    assert "calendar (1.1, 3.3): Working days are counted by the Russian calendar" in out
    assert "No errors." in out


def test_a_bad_folder_fails_with_its_findings(
    spoilt: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt.change("term: 30 days", "term: later")
    spoilt.change('  - {control: marketing.unsubscribe, clauses: ["3.4"]}\n', "")
    assert run("policy check", str(spoilt.path)) == 1
    out = capsys.readouterr().out
    assert "The term “later” cannot be understood." in out
    assert "      1  unbound\n         3.4\n" in out
    assert "2 errors: nothing was loaded." in out


def test_findings_and_coverage_are_said_in_russian(
    spoilt: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt.change("term: 30 days", "term: later")
    assert run("policy check", str(spoilt.path), "--language", "ru") == 1
    out = capsys.readouterr().out
    assert "Срок «later» непонятен." in out
    assert "пунктов" in out
    assert "1 ошибка: ничего не загружено." in out


def test_json_holds_every_finding_and_the_coverage(
    spoilt: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt.change("term: 30 days", "term: later")
    assert run("policy check", str(spoilt.path), "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["passed"] is False
    (operator,) = document["operators"]
    (finding,) = operator["findings"]
    assert finding["code"] == "term"
    assert finding["key"] == "promises.destroy-after-withdrawal.term"
    assert finding["file"] == "policy.yaml"
    assert finding["line"] > 0
    assert operator["coverage"]["total"] == 25
    assert operator["coverage"]["unbound"] == []


def test_a_clause_is_shown_with_what_carries_it_out(
    minimal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("policy show", str(minimal), "3.2(b)", "--language", "ru") == 0
    out = capsys.readouterr().out
    assert "Когда покупатель отзывает согласие" in out
    assert "retention.purge  (promises.destroy-after-withdrawal: 3.2)" in out
    assert run("policy show", str(minimal), "9.9") == 1
    assert "The text has no clause “9.9”." in capsys.readouterr().err
