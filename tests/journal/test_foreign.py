"""A program that we did not write judges our log: ``golang.org/x/mod/sumdb``, by which Go checks
what its modules are. ``foreign/main.go`` only fetches and asks it.

Needs ``go`` and Debian's ``golang-golang-x-mod-dev``; no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.journal.test_pruning import leave

from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.gate.entries import Permitted
from tutela.journal import actions, folders, keys, notes, tree
from tutela.journal.entries import KeyUsed
from tutela.journal.notes import Signer, TreeHead
from tutela.policy import actions as policies

SOURCE = Path(__file__).parent / "foreign" / "main.go"
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
LEAVES = 300
"""More than a tile holds, so that there are two levels and an unfinished tile."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def verifier(tmp_path_factory):
    """``verifier(log, key, older="")`` gives (accepted, what was printed)."""
    go = shutil.which("go")
    if go is None or not SUMDB.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("Install golang-go and golang-golang-x-mod-dev: CI must run this.")
        pytest.skip("needs golang-go and golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("foreign") / "verifier"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "go-build"
    surroundings = {
        **os.environ,
        "GOPATH": "/usr/share/gocode",
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOCACHE": os.environ.get("GOCACHE", str(cache)),
        "CGO_ENABLED": "0",
    }
    subprocess.run([go, "build", "-o", program, SOURCE], env=surroundings, check=True)

    def verify(log, key, older=""):
        asked = [program, str(log), key, *([str(older)] if older else [])]
        run = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode in {0, 1}, run.stderr
        return run.returncode == 0, run.stdout.strip()

    return verify


def grow(operator, count):
    with operator_scope(operator):
        for each in range(count):
            actions.append(operator, KeyUsed(key=f"k{each}"))
    actions.sequence(operator)


@pytest.fixture
def bakery():
    """The log of an operator whose policy is published, so that it has an address."""
    policies.publish(policies.load_folder(MINIMAL))
    operator = policies.operator_id("lark-bakery")
    grow(operator, LEAVES)
    return operator


@pytest.fixture
def log(bakery, tmp_path):
    """The folder with its tiles and entries, its key, and its size."""

    class Log:
        operator = bakery
        folder = tmp_path / "log"

        def write(self):
            with operator_scope(bakery):
                self.size = folders.write_tiles(bakery, self.folder, entries=True)
                self.key = actions.public_key(bakery)
            return self

        def path(self, name):
            return self.folder / name

    return Log().write()


def test_the_log_is_accepted_over_http_with_the_proof_of_every_leaf(
    bakery, live_server, verifier, log
):
    address = f"{live_server.url}/log/lark-bakery"
    assert verifier(address, log.key) == (True, f"leaves {log.size} entries 0")


def test_the_folder_is_accepted_with_the_data_of_every_entry(verifier, log):
    assert verifier(log.folder, log.key) == (True, f"leaves {log.size} entries {log.size}")


def test_the_log_that_went_on_is_consistent_with_an_older_checkpoint(verifier, log, tmp_path):
    older = tmp_path / "older"
    older.write_bytes(log.path("checkpoint").read_bytes())
    before = log.size
    grow(log.operator, 40)
    assert log.write().size == before + 40
    assert verifier(log.folder, log.key, older)[0]


def test_a_tile_in_which_one_byte_changed_is_refused(verifier, log):
    for name in ("tile/0/000", f"tile/0/001.p/{log.size - 256}", "tile/1/000.p/1"):
        path = log.path(name)
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert not verifier(log.folder, log.key)[0], name
        path.write_bytes(whole)
    assert verifier(log.folder, log.key)[0]


def test_a_truncated_journal_is_refused(verifier, log):
    path = log.path(f"tile/0/001.p/{log.size - 256}")
    whole = path.read_bytes()
    path.write_bytes(whole[:-32])
    assert not verifier(log.folder, log.key)[0]
    path.unlink()
    assert not verifier(log.folder, log.key)[0]


def test_a_log_whose_entries_were_removed_after_their_term_is_accepted(verifier, log, bakery):
    """Hashes stay; a bundle that would hold what is gone is neither written nor left over."""
    subject = new_id()
    with operator_scope(bakery):
        actions.append(bakery, Permitted(rule="law", count=1, fields=(), subject=subject))
    grow(bakery, 5)
    log.write()
    older = log.path("checkpoint").read_text("utf-8")
    with operator_scope(bakery):
        assert actions.prune(leave(bakery, subject), subject) == 1
    actions.sequence(bakery)
    log.write()
    whole = log.size - log.size % 256
    assert verifier(log.folder, log.key) == (True, f"leaves {log.size} entries {whole}")
    left = [each for each in log.path("tile/entries").rglob("*") if each.is_file()]
    assert left
    assert not any(str(subject).encode() in each.read_bytes() for each in left)
    kept = log.folder.parent / "older"
    kept.write_text(older, "utf-8")
    assert verifier(log.folder, log.key, kept)[0]


def _head(log):
    note = log.path("checkpoint").read_text("utf-8")
    return notes.open_checkpoint(note, (notes.Verifier.parse(log.key),))[0]


def test_a_forged_checkpoint_is_refused(verifier, log):
    """By another key under the same name, and with a size that was not signed."""
    head, path = _head(log), log.path("checkpoint")
    signed = path.read_text("utf-8")
    stranger = Signer(head.origin, Ed25519PrivateKey.generate())
    path.write_text(stranger.sign(str(head)), "utf-8")
    assert not verifier(log.folder, log.key)[0]
    path.write_text(signed.replace(f"\n{head.size}\n", f"\n{head.size - 1}\n", 1), "utf-8")
    assert not verifier(log.folder, log.key)[0]


def test_swapped_entries_are_refused(verifier, log):
    path = log.path("tile/entries/000")
    whole = path.read_bytes()
    first = 2 + int.from_bytes(whole[:2], "big")
    second = first + 2 + int.from_bytes(whole[first : first + 2], "big")
    path.write_bytes(whole[first:second] + whole[:first] + whole[second:])
    accepted, said = verifier(log.folder, log.key)
    assert (accepted, said.partition(":")[0]) == (False, "entry 0")


def test_a_rewound_log_is_refused_by_who_kept_a_checkpoint(verifier, log, tmp_path):
    """The operator's own key signs a shorter tree of the same leaves."""
    older = tmp_path / "older"
    older.write_bytes(log.path("checkpoint").read_bytes())
    hashes = log.path("tile/0/000").read_bytes()[: 200 * 32]
    root = tree.root(200, tree.nodes(lambda *_: hashes))
    rewound = tmp_path / "rewound"
    rewound.joinpath("tile/0/000.p").mkdir(parents=True)
    rewound.joinpath("tile/0/000.p/200").write_bytes(hashes)
    signer = keys.signer(log.operator)
    head = TreeHead(signer.name, 200, root)
    rewound.joinpath("checkpoint").write_text(signer.sign(str(head)), "utf-8")
    assert verifier(rewound, log.key)[0], "it is well made in itself"
    accepted, said = verifier(rewound, log.key, older)
    assert (accepted, "rewound" in said) == (False, True)


def test_another_history_signed_by_the_right_key_is_refused_by_who_kept_a_checkpoint(
    verifier, log, tmp_path
):
    older = tmp_path / "older"
    older.write_bytes(log.path("checkpoint").read_bytes())
    leaves = [tree.leaf_hash(b"other %d" % each) for each in range(log.size + 5)]
    tiles = tree.grow(0, leaves, lambda *_: b"")
    other = tmp_path / "other"
    for (level, index), tile in tiles.items():
        width = len(tile) // 32
        name = f"tile/{level}/{index:03d}" + ("" if width == 256 else f".p/{width}")
        other.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        other.joinpath(name).write_bytes(tile)
    signer = keys.signer(log.operator)
    head = TreeHead(signer.name, len(leaves), tree.root_of(leaves))
    other.joinpath("checkpoint").write_text(signer.sign(str(head)), "utf-8")
    assert verifier(other, log.key)[0], "it is well made in itself"
    accepted, said = verifier(other, log.key, older)
    assert (accepted, "another past" in said) == (False, True)
