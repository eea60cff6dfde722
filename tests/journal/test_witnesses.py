"""Witnesses outside, a new key that the old one vouches for, and histories that do not agree."""

from __future__ import annotations

from argparse import Namespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.db.scope import operator_scope
from tutela.journal import actions, commands, keys, notes, offline, rotation, tree
from tutela.journal.entries import KeyUsed
from tutela.journal.notes import NoteError, WitnessKey
from tutela.journal.witnesses import NotWitnessed

SEEN = 1_767_225_600


class Witness:
    """Signs checkpoints as C2SP tlog-cosignature says."""

    def __init__(self, name="witness.example"):
        self.private = Ed25519PrivateKey.generate()
        self.key = WitnessKey(name, self.private.public_key().public_bytes_raw())
        material = notes.encode(b"\x04" + self.key.public)
        self.verifier = f"{name}+{self.key.key_id}+{material}"

    def cosign(self, note, seconds=SEEN):
        text = notes.split(note)[0]
        signature = self.private.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        stamped = bytes.fromhex(self.key.key_id) + seconds.to_bytes(8, "big") + signature
        return f"{note}— {self.key.name} {notes.encode(stamped)}\n"


@pytest.fixture
def signed(operator, write):
    write(5)
    actions.sequence(operator)
    with operator_scope(operator):
        return actions.checkpoint(operator)


pytestmark = pytest.mark.django_db(transaction=True)


def test_the_signature_of_a_witness_is_kept_shown_and_journalled_once(operator, signed, write):
    witness = Witness()
    cosigned = witness.cosign(signed)
    for _ in range(2):
        with operator_scope(operator):
            seen = actions.keep_cosignature(operator, cosigned, witness.verifier)
            assert seen.timestamp() == SEEN
    write(3)
    actions.sequence(operator)
    with operator_scope(operator):
        assert actions.witnessed(operator) == cosigned
        assert actions.count(operator, ("journal.cosigned",)) == 1
        key = notes.Verifier.parse(actions.public_key(operator))
        assert notes.open_checkpoint(cosigned, (key,))[0].size == 6


def test_a_forged_or_foreign_cosignature_is_refused_in_a_sentence(operator, signed):
    witness, other = Witness(), Witness()
    cosigned = witness.cosign(signed)
    stamped = cosigned.replace("\n6\n", "\n5\n", 1)
    strange = Witness.cosign(witness, signed.replace(str(operator), str(operator)[::-1]))
    for note, key, words in (
        (cosigned, other.verifier, "no signature by this witness"),
        (stamped, witness.verifier, "altered"),
        (strange, witness.verifier, "never had"),
        ("nonsense", witness.verifier, "no signed checkpoint"),
        (cosigned, "nonsense", "no signed checkpoint"),
        (signed, witness.verifier, "no signature by this witness"),
    ):
        with operator_scope(operator), pytest.raises(NotWitnessed, match=words):
            actions.keep_cosignature(operator, note, key)
    with operator_scope(operator):
        assert actions.witnessed(operator) is None


def test_the_cosign_command_keeps_a_file_and_refuses_in_a_sentence(
    operator, signed, tmp_path, capsys
):
    witness, path = Witness(), tmp_path / "cosigned"
    path.write_text(witness.cosign(signed), "utf-8")
    asked = Namespace(operator=str(operator), checkpoint=path, witness=witness.verifier)
    assert commands.cosign(asked) == 0
    assert "2026-01-01" in capsys.readouterr().out
    path.write_text(signed, "utf-8")
    assert commands.cosign(asked) == 2
    asked.checkpoint = tmp_path / "absent"
    assert commands.cosign(asked) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_who_trusts_the_old_key_follows_the_log_to_the_new_one(
    operator, signed, write, exported, tmp_path, capsys
):
    with operator_scope(operator):
        old = actions.public_key(operator)
    assert commands.rotate_key(Namespace(operator=str(operator))) == 0
    new = capsys.readouterr().out.split()[-1]
    write(3)
    actions.sequence(operator)
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(exported()), "utf-8")
    for trusted in (old, new):
        report = offline.verify_file(path, [trusted])
        assert (report.holds, report.key) == (True, new), report.lines("en")
    with operator_scope(operator):
        assert actions.public_keys(operator) == [old, new]
        assert actions.verify_database(operator).holds


def test_a_key_that_nobody_vouched_for_is_not_followed(operator, signed, write, exported, tmp_path):
    """A thief of the database replaces the key file: his key signs, the old one never named it."""
    with operator_scope(operator):
        old = actions.public_key(operator)
    keys.key_path(operator).unlink()
    write(1)
    actions.sequence(operator)
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(exported()), "utf-8")
    codes = [each.code for each in offline.verify_file(path, [old]).findings]
    assert "checkpoint-unknown-key" in codes


@pytest.mark.parametrize("cut", ["sequence", "take_over", "after"])
def test_a_rotation_that_was_cut_off_goes_on_where_it_was(operator, signed, monkeypatch, cut):
    with operator_scope(operator):
        before = actions.public_key(operator)

    class Killed(Exception):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patched:
        if cut == "sequence":
            patched.setattr(rotation, "sequence", kill)
        elif cut == "take_over":
            patched.setattr(keys, "take_over", kill)
        else:
            taken = keys.take_over
            patched.setattr(keys, "take_over", lambda each: (taken(each), kill()))
        with pytest.raises(Killed):
            actions.rotate(operator)
    if cut == "after":
        with operator_scope(operator):
            actions.append(operator, KeyUsed(key="next"))
        actions.sequence(operator)
    else:
        assert actions.rotate(operator)[0] == before
    with operator_scope(operator):
        assert actions.count(operator, ("journal.key-replaced",)) == 1
        assert len(actions.public_keys(operator)) == 2
        assert actions.verify_database(operator).holds


def test_two_histories_shown_to_two_readers_are_found_by_comparing_checkpoints(
    operator, write, exported, tmp_path
):
    """The operator shows one reader a log that he later signs anew without one entry."""
    write(6)
    actions.sequence(operator)
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(exported()), "utf-8")
    leaves = [tree.leaf_hash(b"%d" % each) for each in range(7)]
    signer = keys.signer(operator)
    shown_to_another = signer.sign(str(notes.TreeHead(signer.name, 7, tree.root_of(leaves))))
    key = str(signer.verifier)
    assert offline.verify_file(log, [key]).holds, "each history is well made in itself"
    found = offline.verify_file(log, [key], shown_to_another)
    assert [each.code for each in found.findings] == ["past-rewritten"]


def test_a_rewound_log_is_found_by_a_kept_checkpoint(operator, write, exported, tmp_path):
    write(6)
    actions.sequence(operator)
    short = exported()
    write(6)
    actions.sequence(operator)
    with operator_scope(operator):
        kept, key = actions.checkpoint(operator), actions.public_key(operator)
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(short), "utf-8")
    assert offline.verify_file(log, [key]).holds
    found = offline.verify_file(log, [key], kept)
    assert [each.code for each in found.findings] == ["log-truncated"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_taken_for_the_key_of_a_witness(text):
    with pytest.raises(NoteError):
        WitnessKey.parse(text)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_bent_proof_of_inclusion_or_consistency_is_accepted(data):
    """Whatever is changed in a proof, by a bit, a step, an order or a length, it is refused."""
    size = data.draw(st.integers(2, 400))
    leaves = [tree.leaf_hash(b"%d" % each) for each in range(size)]
    tiles = tree.grow(0, leaves, lambda *_: b"")
    node = tree.nodes(lambda *place: tiles[place])
    root, index = tree.root(size, node), data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size - 1))
    inclusion = tree.inclusion_proof(index, size, node)
    consistency = tree.consistency_proof(first, size, node)
    old = tree.root_of(leaves[:first])
    for proof, accepts in (
        (inclusion, lambda it: tree.verify_inclusion(leaves[index], index, size, it, root)),
        (consistency, lambda it: tree.verify_consistency(first, size, old, root, it)),
    ):
        assert accepts(proof)
        bent = _bend(data, proof)
        assert bent == proof or not accepts(bent)


def _bend(data, proof):
    bent = list(proof)
    at = data.draw(st.integers(0, max(0, len(bent) - 1)))
    match data.draw(st.sampled_from(["bit", "drop", "repeat", "swap", "add"])):
        case "bit" if bent:
            byte = data.draw(st.integers(0, 31))
            changed = bytearray(bent[at])
            changed[byte] ^= 1 << data.draw(st.integers(0, 7))
            bent[at] = bytes(changed)
        case "drop" if bent:
            del bent[at]
        case "repeat" if bent:
            bent.insert(at, bent[at])
        case "swap" if len(bent) > 1:
            bent[at], bent[at - 1] = bent[at - 1], bent[at]
        case _:
            bent.append(data.draw(st.binary(min_size=32, max_size=32)))
    return bent
