"""``tutela backup``: sealed copies of the data and of the keys, apart, while everything runs."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from tutela import __version__
from tutela.cli.commands import command
from tutela.cli.say import progress, tell
from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM
from tutela.db import dumping
from tutela.db.installation import installation_id
from tutela.db.migrate import fingerprint
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.vault import passphrase, phrases
from tutela.vault.backups import files, keys, register
from tutela.vault.backups.files import DATA, KEYS, Manifest
from tutela.vault.backups.sealing import Lock, Opener
from tutela.vault.errors import WrongPassphrase

_TELL_EVERY = 2.0  # seconds between lines of progress


class NoKey(TutelaError):
    """The file does not hold the private half of a key for backups."""


class StoreNotAllowed(TutelaError):
    """A policy does not let a backup lie there."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder that gets the backup")
    parser.add_argument(
        "--for",
        dest="recipient",
        type=_public,
        metavar="KEY",
        help="seal it for this key (tutela backup key), so that no passphrase is needed",
    )
    parser.add_argument(
        "--place", default="unnamed", metavar="SLUG", help="what the register calls the place"
    )
    parser.add_argument(
        "--store",
        default="",
        metavar="SLUG",
        help="the store of the policies that the folder belongs to; by default those for backups",
    )
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day on which the backup will be destroyed",
    )
    phrases.configure(parser)


@command(
    "backup data",
    help="copy the whole database into a sealed file, while everything runs",
    configure=_configure,
)
def backup_data(options: Namespace) -> int:
    return _make(options, DATA, dumping.dump())


@command(
    "backup keys",
    help="copy keys, shares and the list of what is over into a sealed file; after the data",
    configure=_configure,
)
def backup_keys(options: Namespace) -> int:
    return _make(options, KEYS, keys.content(Path(settings.TUTELA_HOME)))


def _make(options: Namespace, kind: str, content: Iterable[bytes]) -> int:
    place = register.check_place(options.place)
    check_stores(options.store)
    lock = Lock(recipient=options.recipient) if options.recipient else Lock(_new_phrase(options))
    path, known = files.write(options.folder, lock, _manifest(kind), content, _Progress(kind))
    register.enter(known, place, options.until)
    tell(f"{path}")
    tell(f"{known.size} bytes, SHA-256 {known.digest}")
    return 0


def check_stores(store: str) -> None:
    """Nothing is copied to where a policy does not let personal data lie (004 2.10/b9, 2.13).

    Each operator is asked about ``store``, or about the stores that its policy declares for
    backups; a refusal is journalled. Raises ``StoreNotAllowed``.
    """
    refused: list[gate.Refusal] = []
    for operator in policies.operators():
        with operator_scope(operator.id):
            declared = policies.in_force(operator.id).stores.values()
            asked = [store] if store else [each.slug for each in declared if each.kind == "backup"]
            said = (gate.may_write_to(operator.id, each, actor=SYSTEM) for each in asked)
            refused.extend(each for each in said if each is not None)
    if refused:
        raise StoreNotAllowed(refused[0].message("en"))


def _new_phrase(options: Namespace) -> str:
    phrase = phrases.new(options)
    if len(phrase) < passphrase.SHORTEST:
        raise WrongPassphrase(
            f"A passphrase needs at least {passphrase.SHORTEST} characters; five random words are "
            "good."
        )
    return phrase


def _manifest(kind: str) -> Manifest:
    """Journals are signed up to now first, so that the key that signs them is there to be saved."""
    heads = {}
    for operator in policies.operators():
        journal.sequence(operator.id)
        with operator_scope(operator.id):
            if note := journal.checkpoint(operator.id):
                heads[str(operator.id)] = note
    return Manifest(
        id=new_id(),
        kind=kind,
        made_at=clock.now(),
        version=__version__,
        installation=installation_id(),
        migrations=fingerprint(),
        checkpoints=heads,
    )


class _Progress:
    """Says now and then how much was written."""

    def __init__(self, kind: str) -> None:
        self._kind, self._next = kind, time.monotonic() + _TELL_EVERY

    def __call__(self, size: int) -> None:
        if time.monotonic() >= self._next:
            progress(f"{self._kind}: {size / 1e6:.0f} MB written")
            self._next = time.monotonic() + _TELL_EVERY


def _configure_key(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file for the private half; it must not exist")


@command(
    "backup key",
    help="make a pair of keys for backups: the private half in a file, the public one printed",
    configure=_configure_key,
    database=False,
)
def make_key(options: Namespace) -> int:
    private = X25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    tell(private.public_key().public_bytes_raw().hex())
    return 0


@command("backup list", help="show the register of backups")
def list_backups(_options: Namespace) -> int:
    today = clock.now().date()
    for each in register.backups():
        state = f"until {each.until}" if each.until else "no end named"
        if each.gone_at:
            state = f"destroyed {each.gone_at:%Y-%m-%d}"
        elif each.overdue(today):
            state += ", OVERDUE: destroy it and say so with tutela backup gone"
        tell(
            f"{each.id}  {each.kind:<4}  {each.made_at:%Y-%m-%d %H:%M}  {each.place}  "
            f"{each.size} bytes  {state}"
        )
    return 0


def _configure_gone(parser: ArgumentParser) -> None:
    parser.add_argument("backup", type=UUID, help="its identifier, as tutela backup list shows it")


@command(
    "backup gone",
    help="enter into the register that a backup was destroyed",
    configure=_configure_gone,
)
def say_gone(options: Namespace) -> int:
    register.gone(options.backup)
    tell("Entered.")
    return 0


def configure_opening(parser: ArgumentParser) -> None:
    """The options of every command that opens a backup."""
    parser.add_argument("file", type=Path, help="the backup, a file that ends in .tutela")
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="the private half of the key it is sealed for"
    )
    configure_phrase(parser)


configure_phrase = phrases.configure


def opener(options: Namespace) -> Opener:
    """What the options say to open a backup with. Raises ``NoKey``."""
    if options.key is None:
        return Opener(passphrase=phrases.old(options))
    try:
        private = load_pem_private_key(options.key.read_bytes(), password=None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, X25519PrivateKey):
        raise NoKey(f"{options.key} holds no key made by tutela backup key.")
    return Opener(private=private)


def _public(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004 - RFC 7748
        raise ArgumentTypeError("a key has 64 hexadecimal digits, as tutela backup key prints it")
    return key
