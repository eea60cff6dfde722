"""What a person meets at the command line: help, mistakes, and errors in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tutela.app import wire
from tutela.cli import main as cli
from tutela.cli.commands import COMMANDS, Command
from tutela.core.errors import TutelaError
from tutela.core.registry import Registry
from tutela.db.locks import Lock, Running, tell_running


@pytest.fixture
def commands(monkeypatch):
    """Three commands without a database instead of the real ones."""
    seen: list[object] = []
    made: Registry[Command] = Registry("command")

    def add(name, run=lambda _: 0, **more):
        made.register(name, Command(name, f"does {name}", run, database=False, **more))

    def configure(parser):
        parser.add_argument("what")
        parser.add_argument("--port", type=int)

    add("show", lambda options: seen.append((options.what, options.port)) or 0, configure=configure)
    add("policy check", lambda _: seen.append("checked") or 1)
    add("policy publish")
    monkeypatch.setattr(cli, "COMMANDS", made)
    made.seen = seen
    made.add = add
    return made


def test_a_command_gets_its_arguments_and_gives_its_exit_code(commands):
    assert cli.run(["show", "this", "--port", "8700"]) == 0
    assert cli.run(["policy", "check"]) == 1
    assert commands.seen == [("this", 8700), "checked"]


@pytest.mark.parametrize("home", [["--home", "/some/x"], ["--home=/some/x"]])
def test_the_home_may_be_named_before_or_after_the_command(commands, home):
    assert cli.run([*home, "show", "a"]) == 0
    assert cli.run(["show", "a", *home]) == 0
    for arguments in ([*home, "show", "a"], ["show", "a", *home]):
        known = cli.look_ahead(arguments)
        assert (known.home, known.command) == ("/some/x", "show")


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_help_lists_every_command_with_what_it_does(commands, capsys, arguments):
    assert cli.run(arguments) == 0
    shown = capsys.readouterr().out
    assert all(f"does {name}" in shown for name in commands)


def test_the_name_of_a_group_lists_its_commands(commands, capsys):
    assert cli.run(["policy"]) == 0
    shown = capsys.readouterr().out
    assert "policy check" in shown
    assert "show" not in shown.splitlines()[-3]


def test_an_unknown_command_is_answered_with_the_nearest_one(commands, capsys):
    assert cli.run(["polcy"]) == cli.MISTAKE
    assert cli.run(["policy", "chek"]) == cli.MISTAKE
    complaint = capsys.readouterr().err
    assert "“tutela policy check”" in complaint
    assert "Traceback" not in complaint


def test_an_error_that_can_be_acted_on_is_one_sentence_and_exit_code_two(commands, capsys):
    def fail(_options):
        raise TutelaError("The file is not there; name another.")

    commands.add("fail", fail)
    assert cli.run(["fail"]) == 2
    shown = capsys.readouterr()
    assert shown.err == "tutela: The file is not there; name another.\n"
    assert shown.out == ""


def test_a_missing_file_is_named(commands, capsys):
    commands.add("read", lambda _: len(open("/nowhere/at/all").read()))  # noqa: PTH123, SIM115
    assert cli.run(["read"]) == 2
    assert "/nowhere/at/all" in capsys.readouterr().err


def test_an_interrupted_command_ends_quietly(commands, capsys):
    def interrupted(_options):
        raise KeyboardInterrupt

    commands.add("wait", interrupted)
    assert cli.run(["wait"]) == 130
    assert capsys.readouterr().err == ""


def test_looking_ahead_leaves_mistakes_to_the_command():
    assert cli.look_ahead(["demo", "--port"]).command == "demo"
    assert cli.look_ahead(["demo", "--port", "many"]).port is None
    assert cli.look_ahead([]).command == ""


def tutela(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("tutela")), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=60,
    )


def test_the_program_says_which_version_it_is():
    done = tutela("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Tutela ")


def test_the_program_lists_the_commands_of_all_rooms():
    done = tutela("help")
    assert done.returncode == 0
    for name in ("demo", "up", "worker", "policy check", "policy publish", "staff add", "verify"):
        assert f"  {name} " in done.stdout


def test_an_address_of_no_database_is_refused_in_one_sentence():
    done = tutela("worker", DATABASE_URL="mysql://root@localhost/x")
    assert done.returncode == 2
    assert done.stderr.startswith("tutela: DATABASE_URL must look like")
    assert done.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_named_without_its_password():
    done = tutela("worker", DATABASE_URL="postgresql://tutela:hunter2@127.0.0.1:9/tutela")
    assert done.returncode == 2
    assert "does not answer" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_the_database_of_the_home_is_not_blamed_on_a_setting_while_it_is_away(tmp_path):
    """Somebody runs the home, and PostgreSQL is not there: between its end and its start."""
    home, sockets = tmp_path / "home", tmp_path / "sockets"
    sockets.mkdir()
    holder = Lock(home / "lock")
    assert holder.take()
    try:
        tell_running(home, Running(os.getpid(), str(sockets), 5999))
        away = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        done = subprocess.run(
            [str(Path(sys.executable).with_name("tutela")), "backup", "list"],
            capture_output=True,
            text=True,
            check=False,
            env={**away, "TUTELA_HOME": str(home)},
            timeout=60,
        )
    finally:
        holder.release()
    assert done.returncode == 2, done.stderr
    assert "another Tutela runs in this home" in done.stderr
    assert "try again" in done.stderr
    assert "DATABASE_URL" not in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_help_in_a_few_words_and_a_parser():
    wire()
    assert len(COMMANDS) > 5
    for name, command in COMMANDS.items():
        assert 3 <= len(command.help.split()) <= 20, name
        assert command.help[0].islower(), name
        assert "--home" in cli.parser_of(command).format_help()


def test_what_few_installations_need_is_not_loaded_at_a_start(tmp_path):
    program = (
        "import django, sys; django.setup()\n"
        "from tutela import app\n"
        "app.application\n"
        "print(sorted({'PIL', 'imap_tools', 'aiosmtpd', 'pydantic', 'typst'} & sys.modules.keys()))"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "tutela.settings", "TUTELA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
