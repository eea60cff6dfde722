"""Key files under a passphrase, and processes that begin sealed."""

from __future__ import annotations

import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tutela.core import closed
from tutela.core.ids import new_id
from tutela.vault import keyfiles, passphrase, phrases, unsealing
from tutela.vault.errors import KeyLost, KeysSealed, WrongPassphrase
from tutela.vault.sealing import KEY_SIZE, new_key
from tutela.vault.wrappers.file import FileWrapper

PHRASE = "five random words are good"
OPERATOR, SUBJECT, KEY = new_id(), new_id(), new_key()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings, monkeypatch) -> Iterator[Path]:
    settings.TUTELA_HOME = tmp_path
    monkeypatch.setitem(passphrase._COST, "n", 2**12)  # fast here; one test tries the real cost
    keyfiles.forget()
    yield tmp_path
    passphrase.seal()
    keyfiles.forget()


@pytest.fixture
def wrapped() -> tuple[str, bytes]:
    wrapper = FileWrapper()
    name = wrapper.fresh(OPERATOR, ())
    return name, wrapper.wrap(OPERATOR, SUBJECT, name, KEY)


def opens(wrapped: tuple[str, bytes]) -> bool:
    keyfiles.forget()
    return FileWrapper().unwrap(OPERATOR, SUBJECT, *wrapped) == KEY


def protect(phrase: str = PHRASE) -> int:
    with keyfiles.alone():
        passphrase.set_up(phrase)
        return keyfiles.rewrite(locked=True)


def restart() -> None:
    """What a new process knows."""
    passphrase.seal()
    keyfiles.forget()


def plain_keys(home: Path) -> list[Path]:
    return [each for each in home.glob("keys/vault/*/*.key") if each.stat().st_size == KEY_SIZE]


def test_a_protected_key_is_nowhere_in_the_home_and_opens_with_the_passphrase_only(
    home: Path, wrapped: tuple[str, bytes]
) -> None:
    secret = (keyfiles.folder(OPERATOR) / "current.key").read_bytes()
    protect()
    everything = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())
    assert secret not in everything
    assert PHRASE.encode() not in everything
    assert opens(wrapped)
    restart()
    with pytest.raises(KeysSealed):
        opens(wrapped)
    with pytest.raises(KeysSealed):
        FileWrapper().fresh(new_id(), ())
    with pytest.raises(WrongPassphrase):
        passphrase.unseal(PHRASE + "!")
    assert passphrase.is_sealed()
    passphrase.unseal(PHRASE)
    assert opens(wrapped)


def test_what_is_remembered_is_not_used_once_sealed(wrapped: tuple[str, bytes]) -> None:
    protect()
    assert opens(wrapped)
    passphrase.seal()
    with pytest.raises(KeysSealed):
        FileWrapper().unwrap(OPERATOR, SUBJECT, *wrapped)


def test_keys_made_later_are_locked_too(home: Path, wrapped: tuple[str, bytes]) -> None:
    protect()
    FileWrapper().fresh(OPERATOR, (wrapped[0],))
    FileWrapper().fresh(new_id(), ())
    assert plain_keys(home) == []
    assert opens(wrapped)
    assert {stat.S_IMODE(each.stat().st_mode) for each in keyfiles.files()} == {0o600}


def test_another_operators_locked_file_does_not_open_in_this_place(
    wrapped: tuple[str, bytes],
) -> None:
    other = new_id()
    FileWrapper().fresh(other, ())
    protect()
    mine, theirs = (keyfiles.folder(each) / "current.key" for each in (OPERATOR, other))
    mine.write_bytes(theirs.read_bytes())
    with pytest.raises(KeyLost):
        opens(wrapped)


def test_the_passphrase_changes_and_the_key_files_stay(wrapped: tuple[str, bytes]) -> None:
    protect()
    before = [each.read_bytes() for each in keyfiles.files()]
    with pytest.raises(WrongPassphrase):
        passphrase.change("not the passphrase", "another one entirely")
    passphrase.change(PHRASE, "another one entirely")
    assert [each.read_bytes() for each in keyfiles.files()] == before
    restart()
    with pytest.raises(WrongPassphrase):
        passphrase.unseal(PHRASE)
    passphrase.unseal("another one entirely")
    assert opens(wrapped)


def test_the_protection_is_taken_off_and_put_on_again(
    home: Path, wrapped: tuple[str, bytes]
) -> None:
    protect()
    with keyfiles.alone():
        assert keyfiles.rewrite(locked=False) == 1
        passphrase.remove()
    restart()
    assert len(plain_keys(home)) == 1
    assert opens(wrapped)
    protect("a different passphrase")
    restart()
    passphrase.unseal("a different passphrase")
    assert opens(wrapped)


@pytest.mark.parametrize("locked", [True, False])
def test_cut_off_in_the_middle_both_forms_are_read_and_a_repeat_does_the_rest(
    home: Path, wrapped: tuple[str, bytes], monkeypatch, *, locked: bool
) -> None:
    others = [new_id() for _ in range(3)]
    for each in others:
        FileWrapper().fresh(each, ())
    protect()
    if locked:
        with keyfiles.alone():
            keyfiles.rewrite(locked=False)
    with monkeypatch.context() as changed:
        replace, left = keyfiles._replace, [2]

        def cut_off(path: Path, content: bytes) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            replace(path, content)

        changed.setattr(keyfiles, "_replace", cut_off)
        with pytest.raises(KeyboardInterrupt), keyfiles.alone():
            keyfiles.rewrite(locked=locked)
    assert len(plain_keys(home)) == 2
    restart()
    passphrase.unseal(PHRASE)
    assert opens(wrapped)
    with keyfiles.alone():
        assert keyfiles.rewrite(locked=locked) == 2
    assert opens(wrapped)


def test_a_short_passphrase_is_refused_and_nothing_is_made() -> None:
    with pytest.raises(WrongPassphrase, match="12 characters"):
        passphrase.set_up("short")
    assert not passphrase.is_protected()


def test_a_damaged_envelope_says_what_to_bring_back(wrapped: tuple[str, bytes]) -> None:
    protect()
    for content in ("", "{}", "[]", '{"sealed": "zz"}'):
        passphrase.path().write_text(content)
        with pytest.raises(KeyLost, match="backup"):
            passphrase.opened(PHRASE)


def test_one_guess_costs_what_it_should(monkeypatch) -> None:
    monkeypatch.setitem(passphrase._COST, "n", 2**17)
    passphrase.set_up(PHRASE)
    assert '"n": 131072' in passphrase.path().read_text()
    restart()
    passphrase.unseal(PHRASE)
    assert not passphrase.is_sealed()


class TestUnsealing:
    def test_a_running_process_is_unsealed_and_sealed_through_its_own_socket(
        self, home: Path, wrapped: tuple[str, bytes]
    ) -> None:
        protect()
        restart()
        assert isinstance(closed.reason(), KeysSealed)
        with unsealing.listening():
            (path,) = unsealing.running()
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert not unsealing.ask(path, "state")
            assert phrases.unseal_running(PHRASE) == 1
            assert unsealing.ask(path, "state")
            assert closed.reason() is None
            assert opens(wrapped)
            assert phrases.seal_running() == 1
            assert passphrase.is_sealed()
        assert unsealing.running() == []

    def test_a_wrong_passphrase_makes_the_next_attempt_wait(self) -> None:
        protect()
        restart()
        with unsealing.listening():
            with pytest.raises(WrongPassphrase):
                phrases.unseal_running("not the passphrase")
            with pytest.raises(unsealing.TooManyAttempts, match="seconds"):
                phrases.unseal_running(PHRASE)
        assert passphrase.is_sealed()

    def test_the_pause_doubles_up_to_a_minute_and_ends_with_the_right_one(self) -> None:
        moment = [0.0]
        attempts = unsealing.Attempts(lambda: moment[0])
        pauses = []
        for _ in range(8):
            attempts.wrong()
            pauses.append(attempts.left())
            moment[0] += attempts.left()
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
        attempts.right()
        attempts.wrong()
        assert attempts.left() == 1

    def test_a_deep_home_and_a_killed_process_are_no_hindrance(
        self, tmp_path: Path, settings
    ) -> None:
        settings.TUTELA_HOME = tmp_path / ("deep" * 20) / ("deeper" * 10)
        protect()
        restart()
        with unsealing.listening():
            (mine,) = unsealing.running()
            of_a_killed_one = mine.with_name(f"{unsealing._machine()}-1")
            elsewhere = mine.with_name(f"{unsealing._machine()}x-1")
            for path in (of_a_killed_one, elsewhere):
                with socket.socket(socket.AF_UNIX) as gone, unsealing._short(path) as name:
                    gone.bind(name)
            assert phrases.unseal_running(PHRASE) == 1
            assert unsealing.running() == [mine]
            assert (of_a_killed_one.exists(), elsewhere.exists()) == (False, True)
        assert unsealing.running() == []

    def test_nonsense_is_answered_and_the_next_request_is_served(self) -> None:
        protect()
        restart()
        with unsealing.listening():
            (path,) = unsealing.running()
            with unsealing._connected(path) as there:
                there.sendall(b"\xff\xfe\n")
            with unsealing._connected(path) as there:
                there.sendall(b"x" * 5000)
            assert not unsealing.ask(path, "state")
            threads = [threading.Thread(target=unsealing.ask, args=(path, "x")) for _ in range(4)]
            for each in threads:
                each.start()
            for each in threads:
                each.join(10)
            assert unsealing.ask(path, f"unseal {PHRASE}")
