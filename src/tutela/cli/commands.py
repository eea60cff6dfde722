"""The commands of ``tutela``: rooms register them, ``app`` collects them, ``run`` dispatches."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass

from tutela.core.registry import Registry


def _no_arguments(parser: ArgumentParser) -> None:
    """A command that takes none."""


@dataclass(frozen=True, slots=True)
class Command:
    """``name`` is one or two words, such as ``demo`` or ``policy check``. ``run`` returns the
    exit code. ``database`` is false where a command needs no database at all."""

    name: str
    help: str
    run: Callable[[Namespace], int]
    configure: Callable[[ArgumentParser], None] = _no_arguments
    database: bool = True


COMMANDS: Registry[Command] = Registry("command")


def command(
    name: str,
    *,
    help: str,  # noqa: A002
    configure: Callable[[ArgumentParser], None] = _no_arguments,
    database: bool = True,
) -> Callable[[Callable[[Namespace], int]], Callable[[Namespace], int]]:
    """Register the decorated function as the command ``name``."""

    def register(run: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
        COMMANDS.register(name, Command(name, help, run, configure, database))
        return run

    return register
