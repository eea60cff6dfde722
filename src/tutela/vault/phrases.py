"""Where a passphrase comes from (never an argument, never a variable), and where it is taken."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from tutela.core.errors import TutelaError
from tutela.vault import passphrase, unsealing


class NoPassphrase(TutelaError):
    """No passphrase was given."""


def configure(parser: ArgumentParser) -> None:
    """Without an option it is asked for on the terminal, or read from standard input."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--fd", type=int, metavar="N", help="read the passphrase from this open file descriptor"
    )
    source.add_argument(
        "--credential", metavar="NAME", help="read it from a credential of the systemd service"
    )


def old(options: Namespace) -> str:
    """The present passphrase."""
    return _given(options, ("Passphrase: ",))[0]


def new(options: Namespace) -> str:
    """A new passphrase, asked for twice where somebody types it."""
    return _twice(_given(options, ("New passphrase: ", "Once more: ")))


def both(options: Namespace) -> tuple[str, str]:
    """The present one and the new one, in two lines unless they are typed."""
    lines = _given(options, ("Present passphrase: ", "New passphrase: ", "Once more: "))
    if len(lines) < 2:  # noqa: PLR2004 - two lines
        raise NoPassphrase("Give two lines: the present passphrase, then the new one.")
    return lines[0], _twice(lines[1:])


def open_keys(options: Namespace) -> None:
    """Let this process open the keys, if they are protected and it was not unsealed yet."""
    if passphrase.is_sealed():
        passphrase.unseal(old(options))


def unseal_running(phrase: str) -> int:
    """Give the passphrase to every process of this home; how many are unsealed by it.

    Raises ``WrongPassphrase`` if they refuse it, ``unsealing.TooManyAttempts`` while they wait.
    """
    return sum(unsealing.ask(each, f"unseal {phrase}") for each in unsealing.running())


def seal_running() -> int:
    """How many processes of this home have forgotten the keys."""
    return sum(unsealing.ask(each, "seal") for each in unsealing.running())


def wait_for_running(seconds: float) -> None:
    unsealing.wait(seconds)


def _twice(lines: list[str]) -> str:
    if len(set(lines)) > 1:
        raise NoPassphrase("The two passphrases differ; nothing was changed. Try again.")
    return lines[0]


def _given(options: Namespace, prompts: tuple[str, ...]) -> list[str]:
    if options.fd is None and options.credential is None and sys.stdin.isatty():
        return [getpass.getpass(prompt) for prompt in prompts]
    lines = _text(options).splitlines()[: len(prompts)]
    if not lines or not all(lines):
        raise NoPassphrase("No passphrase came; nothing was changed.")
    return lines


def _text(options: Namespace) -> str:
    if options.fd is not None:
        try:
            with os.fdopen(options.fd, encoding="utf-8") as file:
                return file.read()
        except (OSError, ValueError):
            raise NoPassphrase(f"File descriptor {options.fd} cannot be read.") from None
    if options.credential is not None:
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        try:
            return Path(folder, Path(options.credential).name).read_text(encoding="utf-8")
        except OSError:
            raise NoPassphrase(
                f"There is no credential “{options.credential}”; name it in the service with "
                "LoadCredential= or LoadCredentialEncrypted=."
            ) from None
    return sys.stdin.read()
