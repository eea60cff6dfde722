from __future__ import annotations

import json

import pytest

from tutela.cli.commands import COMMANDS
from tutela.cli.main import parser_of
from tutela.policy import due_command


def counted(capsys, *arguments):
    command = COMMANDS["due"]
    assert command.run(parser_of(command).parse_args([*arguments, "--json"])) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("term", "calendar", "last_day"),
    [
        ("30 days", "RU", "2024-07-03"),
        ("7 working days", "none", "2024-06-12"),
        ("7 working days", "RU", "2024-06-13"),
        ("10 business days", "US-FL", "2024-06-17"),
        ("10 (десяти) рабочих дней", "RU", "2024-06-18"),
        ("6 months", "RU", "2024-12-03"),
    ],
)
def test_a_term_of_3_june_ends_on_its_day(capsys, term, calendar, last_day):
    arguments = ("--from", "2024-06-03", "--calendar", calendar, "--zone", "America/New_York")
    assert counted(capsys, term, *arguments)["last_day"] == last_day


def test_an_extension_and_own_days_change_the_date_and_are_explained(capsys):
    told = counted(
        capsys,
        "10 working days",
        "--from",
        "2024-06-03",
        "--calendar",
        "RU",
        "--extension",
        "5 working days",
        "--holiday",
        "2024-06-14",
    )
    assert told["last_day"] == "2024-06-26"
    assert "14 June" in told["explained"]


def test_hours_are_told_as_a_moment(capsys):
    assert counted(capsys, "24 hours", "--from", "2024-06-07T22:15Z")["due"].startswith(
        "2024-06-08T22:15"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("soon", "--from", "2024-06-03"),
        ("5 days", "--from", "yesterday"),
        ("5 days", "--from", "2024-06-03", "--calendar", "Narnia"),
        ("5 days", "--from", "2024-06-03", "--zone", "Mars/Olympus"),
        ("until: purpose.reached", "--from", "2024-06-03"),
    ],
)
def test_what_cannot_be_counted_gets_a_sentence(arguments):
    command = COMMANDS["due"]
    with pytest.raises(due_command.NotCountable, match=r"\.$"):
        command.run(parser_of(command).parse_args(list(arguments)))
