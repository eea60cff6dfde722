"""``tutela verify``, ``tutela journal export`` and ``tutela journal tiles``."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from tutela.cli.commands import command
from tutela.core.errors import NotFound, TutelaError
from tutela.core.registry import Registry
from tutela.journal import offline
from tutela.journal.errors import NothingSigned

OPERATOR_FINDERS: Registry[Callable[[str], UUID | None]] = Registry("operator finder")
"""How an operator's name on the command line becomes an identifier; a room above registers it,
because the journal knows operators by identifier only."""


@command(
    "verify",
    help="verify a bundle, a journal export or a signed document offline",
    configure=offline.configure,
    database=False,
)
def verify(arguments: Namespace) -> int:
    return offline.run(arguments)


def _configure_export(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("path", type=Path, help="the file to write; it must not exist")


@command(
    "journal export",
    help="sequence the journal of an operator and write the whole signed log to a file",
    configure=_configure_export,
)
def export(arguments: Namespace) -> int:
    from tutela.db.scope import operator_scope  # noqa: PLC0415 - verify must not load the database
    from tutela.journal import actions  # noqa: PLC0415

    try:
        operator_id = find_operator(arguments.operator)
        actions.sequence(operator_id)
        with operator_scope(operator_id):
            key = actions.public_key(operator_id)
            handle = os.open(arguments.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                count = actions.export_log(operator_id, file)
    except NothingSigned as error:
        arguments.path.unlink()
        return _refuse(str(error))
    except FileExistsError:
        return _refuse(f"{arguments.path} exists already; name a new file.")
    except OSError as error:
        return _refuse(f"{arguments.path} cannot be written: {error.strerror}.")
    except TutelaError as error:
        return _refuse(str(error))
    sys.stdout.write(f"{arguments.path}: entries: {count}\nverifier key: {key}\n")
    return 0


def _configure_tiles(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("folder", type=Path, help="the folder to write; what it has already stays")
    parser.add_argument(
        "--entries", action="store_true", help="also write the entries, not their hashes alone"
    )


@command(
    "journal tiles",
    help="write the journal of an operator as a folder of tiles for witnesses (C2SP tlog-tiles)",
    configure=_configure_tiles,
)
def write_tiles(arguments: Namespace) -> int:
    from tutela.db.scope import operator_scope  # noqa: PLC0415 - verify must not load the database
    from tutela.journal import actions, folders  # noqa: PLC0415

    try:
        operator_id = find_operator(arguments.operator)
        actions.sequence(operator_id)
        with operator_scope(operator_id):
            key = actions.public_key(operator_id)
            size = folders.write_tiles(operator_id, arguments.folder, entries=arguments.entries)
    except OSError as error:
        return _refuse(f"{arguments.folder} cannot be written: {error.strerror}.")
    except TutelaError as error:
        return _refuse(str(error))
    sys.stdout.write(f"{arguments.folder}: leaves: {size}\nverifier key: {key}\n")
    return 0


def _configure_cosign(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")
    parser.add_argument("checkpoint", type=Path, help="the checkpoint with the witness's signature")
    parser.add_argument("--witness", required=True, help="the verifier key of the witness")


@command(
    "journal cosign",
    help="keep the signature of an outside witness under a checkpoint (C2SP tlog-cosignature)",
    configure=_configure_cosign,
)
def cosign(arguments: Namespace) -> int:
    from tutela.db.scope import operator_scope  # noqa: PLC0415 - verify must not load the database
    from tutela.journal import actions  # noqa: PLC0415

    try:
        note = arguments.checkpoint.read_text("utf-8")
        operator_id = find_operator(arguments.operator)
        with operator_scope(operator_id):
            seen = actions.keep_cosignature(operator_id, note, arguments.witness)
    except (OSError, UnicodeDecodeError):
        return _refuse(f"{arguments.checkpoint} cannot be read; name the file with the checkpoint.")
    except TutelaError as error:
        return _refuse(str(error))
    sys.stdout.write(f"kept: seen by the witness at {seen.isoformat()}\n")
    return 0


def _configure_rotation(parser: ArgumentParser) -> None:
    parser.add_argument("operator", help="the operator's slug or identifier")


@command(
    "journal rotate",
    help="replace the key that signs an operator's journal; the old one vouches for the new one",
    configure=_configure_rotation,
)
def rotate_key(arguments: Namespace) -> int:
    from tutela.journal import actions  # noqa: PLC0415 - verify must not load the database

    try:
        before, after = actions.rotate(find_operator(arguments.operator))
    except TutelaError as error:
        return _refuse(str(error))
    sys.stdout.write(f"old verifier key: {before}\nnew verifier key: {after}\n")
    return 0


def find_operator(name: str) -> UUID:
    """Raises ``NotFound``."""
    for find in OPERATOR_FINDERS.values():
        if found := find(name):
            return found
    try:
        return UUID(name)
    except ValueError:
        raise NotFound(f"There is no operator “{name}”; give its slug or identifier.") from None


def _refuse(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 2
