"""Finds the command that was meant, reads its arguments, runs it, and speaks plainly of errors."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
from argparse import ArgumentError, ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from tutela import __version__
from tutela.cli.commands import COMMANDS, Command
from tutela.cli.database import opened
from tutela.cli.say import complain, tell
from tutela.core.errors import TutelaError

MISTAKE = 2
"""Exit code when the caller can do something about it: a wrong argument, a taken port."""
UNEXPECTED = 3
"""Exit code of an error in Tutela itself."""
_INTERRUPTED = 130
_HELP = frozenset({"-h", "--help", "help"})


class UnknownCommand(TutelaError):
    """There is no command of this name."""


def look_ahead(arguments: Sequence[str]) -> Namespace:
    """What must be known before the settings are read: the home, the port, the command.

    Unknown arguments are left for the command's own parser; so are mistakes.
    """
    parser = ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--home")
    parser.add_argument("--port", type=int)
    try:
        known, rest = parser.parse_known_args(arguments)
    except ArgumentError:
        known, rest = Namespace(home=None, port=None), list(arguments)
    words = [each for each in rest if not each.startswith("-")]
    known.command = words[0] if words else ""
    known.rest = rest
    return known


def run(
    arguments: Sequence[str],
    get_ready: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext,
) -> int:
    """Run the command in ``arguments`` (without the program's name) and return the exit code.

    ``get_ready`` loads what registers commands; it is entered first and left last.
    """
    try:
        if list(arguments[:1]) == ["--version"]:
            tell(f"Tutela {__version__}")
            return 0
        with get_ready():
            return _run(list(arguments))
    except TutelaError as error:
        complain(str(error))
        return MISTAKE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return MISTAKE
    except OSError as error:
        if error.filename is None:
            raise
        complain(f"{error.filename}: {error.strerror}.")
        return MISTAKE
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(arguments: list[str]) -> int:
    leading = _without_home(arguments)
    if not leading or leading[0] in _HELP:
        tell(overview(leading[1] if len(leading) > 1 else ""))
        return 0
    command, rest = _find(leading)
    if command is None:
        tell(overview(leading[0]))
        return 0
    options = parser_of(command).parse_args(rest)
    if not command.database:
        return command.run(options)
    with opened():
        return command.run(options)


def _without_home(arguments: list[str]) -> list[str]:
    """``--home`` may stand before the command; it has been read by ``look_ahead``."""
    if arguments[:1] == ["--home"]:
        return arguments[2:]
    if arguments and arguments[0].startswith("--home="):
        return arguments[1:]
    return arguments


def _find(arguments: list[str]) -> tuple[Command | None, list[str]]:
    """The command and what is left for it; None for a group's name alone, such as ``policy``."""
    for words in (2, 1):
        name = " ".join(arguments[:words])
        if len(arguments) >= words and name in COMMANDS:
            return COMMANDS[name], arguments[words:]
    group = arguments[0]
    members = [name for name in COMMANDS if name.startswith(f"{group} ")]
    if members and (len(arguments) == 1 or arguments[1] in _HELP):
        return None, []
    meant = f"{group} {arguments[1]}" if members else group
    close = difflib.get_close_matches(meant, list(COMMANDS), n=1, cutoff=0.5)
    hint = f"did you mean “tutela {close[0]}”? " if close else ""
    raise UnknownCommand(f"There is no command “{meant}”; {hint}tutela help lists them all.")


def parser_of(command: Command) -> ArgumentParser:
    """The parser of one command; ``--home`` belongs to every command."""
    parser = ArgumentParser(
        prog=f"tutela {command.name}", description=command.help, allow_abbrev=False
    )
    parser.add_argument(
        "--home", metavar="PATH", help="the folder of all state; goes before TUTELA_HOME"
    )
    command.configure(parser)
    return parser


def overview(group: str = "") -> str:
    """All commands with their help, or those of one group."""
    chosen = {
        name: command
        for name, command in sorted(COMMANDS.items())
        if not group or name == group or name.startswith(f"{group} ")
    }
    width = max((len(name) for name in chosen), default=0)
    lines = [f"  {name:<{width}}  {command.help}" for name, command in chosen.items()]
    head = "Carries out a published personal-data policy and proves that it is kept."
    return "\n".join(
        [
            "usage: tutela COMMAND [--home PATH] [arguments]",
            "",
            head,
            "",
            *lines,
            "",
            "tutela COMMAND --help tells more about one; tutela --version says which this is.",
        ]
    )
