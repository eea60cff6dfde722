"""``tutela keys``: what it prints and does."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.vault.conftest import Allow

from tutela.cli.commands import COMMANDS
from tutela.cli.main import parser_of
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.vault import actions as vault
from tutela.vault import keyfiles, passphrase, phrases, rotation
from tutela.vault.errors import WrongPassphrase
from tutela.vault.models import Key, OperatorKey, State

PHRASE = "five random words are good"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings, monkeypatch) -> Iterator[Path]:
    settings.TUTELA_HOME = tmp_path
    monkeypatch.setitem(passphrase._COST, "n", 2**12)
    keyfiles.forget()
    yield tmp_path
    passphrase.seal()
    keyfiles.forget()


@pytest.fixture
def kept(operator: UUID, sealed: Callable[..., None]) -> UUID:
    subject = new_id()
    with operator_scope(operator):
        sealed(into=new_id(), subject=subject)
    return subject


def typed(line: str, *lines: str) -> int:
    """Runs a command; ``lines`` come through an open descriptor, as --fd reads them."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write("".join(f"{each}\n" for each in lines))
    words = line.split()
    command = COMMANDS[" ".join(words[:2])]
    extra = ["--fd", str(reading)] if lines else []
    try:
        return command.run(parser_of(command).parse_args([*words[2:], *extra]))
    finally:
        with contextlib.suppress(OSError):
            os.close(reading)


def test_keys_show_tells_names_ages_and_what_each_key_protects(
    operator: UUID, kept: UUID, capsys
) -> None:
    assert typed("keys show") == 0
    told = capsys.readouterr().out
    with operator_scope(operator):
        names = set(OperatorKey.objects.values_list("name", flat=True))
    assert len(names) == 2
    for words in (*names, "lark-bakery", "1 data keys wrapped", "2 index rows", "0 days old"):
        assert words in told
    assert "protected by no passphrase" in told
    with operator_scope(operator):
        wrapped = Key.objects.get().wrapped
    secrets = [each.read_bytes() for each in keyfiles.files()]
    assert not any(secret.hex() in told for secret in (*secrets, bytes(wrapped)))


def test_keys_rotate_changes_each_kind_and_says_how_many(
    operator: UUID, kept: UUID, allow: Allow, capsys
) -> None:
    for kind in rotation.Kind:
        assert typed(f"keys rotate {kind} lark-bakery") == 0
        assert "people taken over: 1" in capsys.readouterr().out
    assert typed("keys destroy lark-bakery") == 0
    assert "keys destroyed: 2" in capsys.readouterr().out
    with operator_scope(operator):
        states = sorted(OperatorKey.objects.values_list("state", flat=True))
        assert states == [State.CURRENT, State.CURRENT, State.DESTROYED, State.DESTROYED]
        assert len(vault.read(allow(Action.EXTRACTION, subject=kept))) == 4


def test_what_was_begun_in_the_background_is_shown(operator: UUID, kept: UUID, capsys) -> None:
    assert typed("keys rotate data --background") == 0
    assert typed("keys show lark-bakery") == 0
    assert "change under way: data, 0 of 1 people" in capsys.readouterr().out


def test_an_operator_that_is_not_there_is_named_with_those_that_are(operator: UUID) -> None:
    for line in ("keys show nobody", "keys rotate data nobody", "keys destroy nobody"):
        with pytest.raises(NotFound, match="lark-bakery"):
            typed(line)


def test_the_whole_life_of_a_passphrase(operator: UUID, kept: UUID, allow: Allow, capsys) -> None:
    assert typed("keys protect", PHRASE) == 0
    assert typed("keys protect", PHRASE) == 0, "to repeat does no harm"
    passphrase.seal()
    with pytest.raises(WrongPassphrase):
        typed("keys rotate operator", "another long phrase")
    assert typed("keys rotate operator", PHRASE) == 0
    assert typed("keys show") == 0
    assert "key files: 4, locked by the passphrase: 4" in capsys.readouterr().out
    with pytest.raises(phrases.NoPassphrase, match="two lines"):
        typed("keys passphrase", PHRASE)
    assert typed("keys passphrase", PHRASE, "another long phrase") == 0
    with pytest.raises(NotFound, match="tutela up"):
        typed("keys unseal", "another long phrase")
    assert typed("keys seal") == 0
    assert typed("keys unprotect", "another long phrase") == 0
    assert not passphrase.is_protected()
    keyfiles.forget()
    with operator_scope(operator):
        assert len(vault.read(allow(Action.EXTRACTION, subject=kept))) == 4
    assert typed("keys unseal") == typed("keys unprotect") == 0


def test_a_passphrase_comes_from_a_credential_and_never_from_an_argument(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    (tmp_path / "tutela").write_text(f"{PHRASE}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert typed("keys protect --credential tutela") == 0
    with pytest.raises(phrases.NoPassphrase, match="LoadCredential"):
        typed("keys unprotect --credential another")
    with pytest.raises(SystemExit):
        typed(f"keys unprotect {PHRASE}")
    with pytest.raises(phrases.NoPassphrase, match="descriptor"):
        typed("keys unprotect --fd 987")
    assert typed("keys unprotect --credential tutela") == 0
