"""Keys of operators and the file of shares: made once, safe together, erasable in place."""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.vault import keyfiles, keystore
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import KEY_SIZE, new_key
from tutela.vault.wrappers.file import FileWrapper

OPERATOR = new_id()
SUBJECT = new_id()
KEY = new_key()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    settings.TUTELA_HOME = tmp_path
    return tmp_path / "keys" / "vault" / str(OPERATOR)


def wrapped() -> tuple[FileWrapper, str, bytes]:
    wrapper = FileWrapper()
    name = wrapper.fresh(OPERATOR, ())
    return wrapper, name, wrapper.wrap(OPERATOR, SUBJECT, name, KEY)


def test_the_keys_are_readable_by_their_owner_alone(home: Path) -> None:
    wrapped()
    keystore.allocate(OPERATOR, 1)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {path.name for path in home.iterdir()} == {"current.key", "shares"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}


def test_a_key_that_was_moved_aside_by_hand_goes_on_opening_what_it_wrapped(home: Path) -> None:
    wrapper, name, data = wrapped()
    (home / "current.key").rename(home / "kept-by-hand.key")
    keyfiles.forget()
    assert wrapper.fresh(OPERATOR, ()) != name
    assert wrapper.unwrap(OPERATOR, SUBJECT, name, data) == KEY


def test_a_lost_operator_key_is_missed_and_not_replaced_in_silence(home: Path) -> None:
    wrapper, name, data = wrapped()
    (home / "current.key").unlink()
    keyfiles.forget()
    with pytest.raises(KeyLost, match="missing"):
        wrapper.unwrap(OPERATOR, SUBJECT, name, data)
    assert not (home / "current.key").exists()


@pytest.mark.parametrize("name", ["file:../../../../etc/passwd", "file:", ""])
def test_the_name_of_a_wrapper_leads_nowhere_else(name: str) -> None:
    wrapped()
    with pytest.raises(KeyLost):
        FileWrapper().unwrap(OPERATOR, SUBJECT, name, bytes(60))


@pytest.mark.parametrize("content", [b"short", b"", bytes(33), b"TKL1" + bytes(60)])
def test_a_damaged_key_file_is_not_used(home: Path, content: bytes) -> None:
    wrapped()
    (home / "current.key").write_bytes(content)
    keyfiles.forget()
    with pytest.raises(TutelaError, match=r"damaged|does not open|locked"):
        FileWrapper().fresh(OPERATOR, ())


def test_the_file_of_a_destroyed_key_is_overwritten_before_it_goes(home: Path) -> None:
    wrapper, name, _ = wrapped()
    wrapper.fresh(OPERATOR, (name,))
    (retired,) = home.glob("current-*.key")
    secret = retired.read_bytes()
    other_name = home.parent / "looking-at-the-disk"
    other_name.hardlink_to(retired)
    wrapper.destroy(OPERATOR, name)
    assert not retired.exists()
    assert len(other_name.read_bytes()) == len(secret)
    assert other_name.read_bytes() != secret


def test_processes_that_start_together_take_one_key(home: Path) -> None:
    """Each process makes the operator's key and takes shares at once with the others."""
    program = f"""
from uuid import UUID
from django.conf import settings
settings.configure(TUTELA_HOME={str(home.parents[2])!r})
from tutela.vault import keyfiles, keystore
operator = UUID({str(OPERATOR)!r})
key = keyfiles.key(operator, "current", keyfiles.fresh(operator, "current", ()))
slots = [slot for _ in range(20) for slot, _ in keystore.allocate(operator, 3)]
print(key.hex(), *slots)
"""
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [each.communicate(timeout=60)[0].split() for each in running]
    assert len({answer[0] for answer in answers}) == 1
    slots = sorted(int(slot) for answer in answers for slot in answer[1:])
    assert slots == list(range(4 * 20 * 3))
    assert {path.name for path in home.iterdir()} == {"current.key", "shares"}


def test_shares_are_read_back_and_threads_never_get_the_same_slot() -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: keystore.allocate(OPERATOR, 2), range(20)))
    slots = [slot for pair in taken for slot, _ in pair]
    assert sorted(slots) == list(range(40))
    assert keystore.shares(OPERATOR, slots) == [share for pair in taken for _, share in pair]


def test_a_shredded_share_is_nowhere_in_the_file_and_its_neighbours_stay(home: Path) -> None:
    (_, first), (slot, second), (_, third) = keystore.allocate(OPERATOR, 3)
    for _ in range(2):
        keystore.shred(OPERATOR, [slot])
        assert keystore.shares(OPERATOR, [0, 1, 2]) == [first, None, third]
    assert second not in (home / "shares").read_bytes()


def test_a_slot_is_never_given_twice() -> None:
    (slot, _), *_ = keystore.allocate(OPERATOR, 1)
    keystore.shred(OPERATOR, [slot])
    assert keystore.allocate(OPERATOR, 1)[0][0] == slot + 1


def test_a_write_torn_by_a_crash_is_passed_over(home: Path) -> None:
    keystore.allocate(OPERATOR, 1)
    with (home / "shares").open("ab") as file:
        file.write(b"torn")
    slot, share = keystore.allocate(OPERATOR, 1)[0]
    assert slot == 2
    assert keystore.shares(OPERATOR, [slot]) == [share]
    assert (home / "shares").stat().st_size == 3 * KEY_SIZE


def test_a_file_cut_short_is_a_lost_key_and_not_a_destroyed_one(home: Path) -> None:
    slot, _ = keystore.allocate(OPERATOR, 2)[1]
    (home / "shares").write_bytes(bytes(KEY_SIZE))
    with pytest.raises(KeyLost):
        keystore.shares(OPERATOR, [slot])
    assert keystore.shares(OPERATOR, [0]) == [bytes(KEY_SIZE)]


def test_the_memory_holds_a_limited_number_of_keys() -> None:
    keyfiles.forget()
    wrapper = FileWrapper()
    for _ in range(keyfiles.REMEMBERED + 5):
        operator = new_id()
        wrapper.wrap(operator, SUBJECT, wrapper.fresh(operator, ()), new_key())
    assert keyfiles.remembered() == keyfiles.REMEMBERED
