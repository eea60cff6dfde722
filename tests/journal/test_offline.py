"""Files are tampered with as an adversary would, and the verifier says where."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from tutela.db.scope import operator_scope
from tutela.journal import actions, findings, keys, notes, offline
from tutela.journal.notes import encode
from tutela.journal.tree import leaf_hash

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(operator, write, exported, tmp_path):
    """Three batches of four entries, exported; ``check(lines)`` verifies an altered copy."""
    for _ in range(3):
        write(4)
        actions.sequence(operator)
    lines = exported()

    class Log:
        key = ""
        path = tmp_path / "log.jsonl"

        def __init__(self):
            self.lines = list(lines)
            with operator_scope(operator):
                self.key = actions.public_key(operator)

        def place(self, index):
            """The line, from 0, on which the entry of that index stands."""
            return next(
                number
                for number, line in enumerate(self.lines)
                if json.loads(line).get("index") == index
            )

        def replace(self, index, **changes):
            number = self.place(index)
            self.lines[number] = json.dumps(json.loads(self.lines[number]) | changes)

        def renumber(self):
            """Give the entries indexes in the order of lines, as a careful forger would."""
            index = 0
            for number, line in enumerate(self.lines):
                content = json.loads(line)
                if "index" in content:
                    self.lines[number] = json.dumps(content | {"index": index})
                    index += 1

        def check(self, *given, kept=None):
            self.path.write_text("\n".join(self.lines) + "\n", "utf-8")
            return offline.verify_file(self.path, given or [self.key], kept)

    return Log()


def codes(report):
    return [each.code for each in report.findings]


def text_of(log, index):
    return json.loads(log.lines[log.place(index)])["entry"]


def test_an_untouched_log_is_whole(log):
    report = log.check()
    assert (report.holds, report.entries, report.size) == (True, 13, 13)
    assert not report.self_asserted
    assert "цел" in report.lines("ru")[0]


def test_a_changed_entry_is_named(log):
    log.replace(6, entry=text_of(log, 6).replace("k0", "k9").replace("k1", "k9"))
    report = log.check()
    assert codes(report) == ["entry-changed"]
    assert report.findings[0].values["index"] == 6
    assert "Entry 6 (" in report.lines("en")[1]


def test_a_changed_entry_whose_hash_was_recomputed_is_found_between_two_checkpoints(log):
    changed = text_of(log, 6).replace('"automated":true', '"automated":false')
    log.replace(6, entry=changed, hash=encode(leaf_hash(changed.encode())))
    (finding,) = log.check().findings
    assert finding.code == "range-altered"
    assert (finding.values["first"], finding.values["last"]) == (5, 8)


def test_an_altered_hash_beside_an_intact_entry_is_told_apart(log):
    log.replace(6, hash=encode(b"0" * 32))
    assert codes(log.check()) == ["hash-altered"]


@pytest.mark.parametrize("index", [0, 6, 11])
def test_a_removed_entry_is_named(log, index):
    del log.lines[log.place(index)]
    (finding,) = log.check().findings
    assert (finding.code, finding.values["index"]) == ("entry-removed", index)


def test_a_removed_entry_is_found_even_if_the_rest_was_renumbered(log):
    del log.lines[log.place(6)]
    log.renumber()
    found = log.check()
    assert codes(found) == ["range-altered", "log-truncated"]
    assert found.findings[0].values["first"] == 5


def test_an_inserted_entry_is_named(log):
    number = log.place(6)
    forged = text_of(log, 6).replace('"automated":true', '"automated":false')
    line = {"index": 6, "entry": forged, "hash": encode(leaf_hash(forged.encode()))}
    log.lines.insert(number + 1, json.dumps(line))
    (finding,) = log.check().findings
    assert (finding.code, finding.values["line"]) == ("entry-inserted", number + 2)


def test_an_inserted_entry_is_named_even_if_the_rest_was_renumbered(log):
    number = log.place(6)
    forged = text_of(log, 6).replace('"id":"', '"id":"f')
    line = {"index": 6, "entry": forged, "hash": encode(leaf_hash(forged.encode()))}
    log.lines.insert(number, json.dumps(line))
    log.renumber()
    found = log.check()
    assert codes(found)[0] == "entry-inserted"
    assert found.findings[0].values["line"] == number + 1


def test_reordered_entries_are_named(log):
    one, two = log.place(6), log.place(7)
    log.lines[one], log.lines[two] = log.lines[two], log.lines[one]
    found = log.check()
    assert codes(found) == ["entry-reordered", "entry-reordered"]
    assert [each.values["index"] for each in found.findings] == [7, 6]


def test_reordered_and_renumbered_entries_are_named(log):
    one, two = log.place(6), log.place(7)
    log.lines[one], log.lines[two] = log.lines[two], log.lines[one]
    log.renumber()
    (finding,) = log.check().findings
    assert (finding.code, finding.values["first"]) == ("entries-swapped", 6)


def test_an_entry_repeated_elsewhere_is_named(log):
    log.replace(8, entry=text_of(log, 2), hash=encode(leaf_hash(text_of(log, 2).encode())))
    assert codes(log.check())[0] == "entry-repeated"


def test_an_entry_added_behind_the_last_checkpoint_is_named(log):
    forged = text_of(log, 6).replace('"id":"', '"id":"f')
    line = {"index": 13, "entry": forged, "hash": encode(leaf_hash(forged.encode()))}
    log.lines.append(json.dumps(line))
    (finding,) = log.check().findings
    assert (finding.code, finding.values["index"]) == ("entries-unsigned", 13)


def test_a_log_cut_off_at_its_end_is_found(log):
    del log.lines[log.place(11) :]
    found = log.check()
    assert codes(found)[-1] == "log-truncated"
    assert found.findings[-1].values["index"] == 11


def test_a_log_cut_off_at_an_earlier_checkpoint_is_found_by_a_checkpoint_that_was_kept(log):
    kept = json.loads(log.lines[-1])["checkpoint"]
    del log.lines[log.place(9) :]
    log.lines[0] = json.dumps(json.loads(log.lines[0]) | {"size": 9})
    assert log.check().holds, "without a kept checkpoint an earlier state is a true state"
    assert codes(log.check(kept=kept)) == ["log-truncated"]


def test_a_checkpoint_that_was_kept_must_be_in_the_past_of_the_log(log, operator):
    past = json.loads(log.lines[log.place(4) + 1])["checkpoint"]
    assert log.check(kept=past).holds
    signer = keys.signer(operator)
    forged = signer.sign(str(notes.TreeHead(signer.name, 5, b"1" * 32)))
    assert codes(log.check(kept=forged)) == ["past-rewritten"]
    with pytest.raises(findings.Unreadable, match="bad-checkpoint-file"):
        log.check(kept="nothing\n")


def test_an_altered_checkpoint_is_found(log):
    last = json.loads(log.lines[-1])["checkpoint"]
    log.lines[-1] = json.dumps({"checkpoint": last.replace("\n13\n", "\n12\n")})
    assert "checkpoint-wrong-signature" in codes(log.check())


def test_a_log_signed_by_another_key_is_refused_and_by_its_own_is_self_asserted(log, operator):
    private = notes.Ed25519PrivateKey.generate()
    other = notes.Signer(keys.origin(operator), private).verifier
    assert codes(log.check(str(other))) == ["checkpoint-unknown-key"]
    log.path.write_text("\n".join(log.lines), "utf-8")
    report = offline.verify_file(log.path)
    assert report.holds
    assert report.self_asserted
    assert "--key" in report.lines("en")[-1]


def test_a_whole_log_of_another_operator_is_not_taken_for_this_ones(log):
    log.lines[0] = json.dumps(
        json.loads(log.lines[0]) | {"operator": "018f0000-0000-7000-8000-000000000009"}
    )
    assert set(codes(log.check())) == {"entry-foreign", "origin-differs"}


def test_a_damaged_line_is_named(log):
    number = log.place(6)
    log.lines[number] = log.lines[number][:40]
    found = log.check()
    assert found.findings[0].code == "line-damaged"
    assert found.findings[0].values["line"] == number + 1


@pytest.fixture
def bundle(operator, write):
    ids = write(40)
    actions.sequence(operator, batch=7)
    with operator_scope(operator):
        return actions.bundle(operator, [ids[3], ids[30], ids[3]])


def test_a_bundle_proves_its_entries(bundle):
    report = offline.verify_bundle(bundle)
    assert (report.holds, report.entries, report.size) == (True, 2, 41)
    assert report.self_asserted


@pytest.mark.parametrize("change", ["entry", "index", "proof", "swap"])
def test_a_bundle_that_was_touched_names_the_entry(bundle, change):
    first, second = bundle["entries"]
    if change == "entry":
        first["entry"] = first["entry"].replace("k3", "k4")
    elif change == "index":
        first["index"] += 1
    elif change == "proof":
        first["proof"][0] = encode(b"0" * 32)
    else:
        first["proof"], second["proof"] = second["proof"], first["proof"]
    found = offline.verify_bundle(bundle)
    assert set(codes(found)) == {"entry-not-in-log"}
    assert found.findings[0].values["index"] == first["index"]


def test_a_bundle_under_anothers_name_or_checkpoint_is_refused(bundle):
    assert codes(offline.verify_bundle(bundle | {"operator": "someone-else"})) == ["origin-differs"]
    altered = bundle["checkpoint"].replace("\n41\n", "\n40\n")
    assert codes(offline.verify_bundle(bundle | {"checkpoint": altered})) == [
        "checkpoint-wrong-signature"
    ]
    assert codes(offline.verify_bundle(bundle | {"checkpoint": "?"})) == ["checkpoint-malformed"]


@pytest.fixture
def document(operator):
    with operator_scope(operator):
        return actions.sign_document(operator, {"title": "Акт", "count": 3, "id": operator})


def test_a_signed_document_holds_after_a_trip_through_json(document):
    again = json.loads(json.dumps(document, indent=2))
    assert offline.verify_document(again).holds


def test_a_document_changed_after_signing_is_found(document):
    document["document"]["count"] = 4
    assert codes(offline.verify_document(document)) == ["document-wrong-signature"]
    assert codes(offline.verify_document(document | {"signature": "?"})) == ["document-malformed"]


def test_a_document_cannot_be_passed_off_as_a_checkpoint_or_data(document, operator):
    text = notes.open_note(
        json.dumps(document["document"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        + "\n\n"
        + document["signature"],
        (notes.Verifier.parse(document["key"]),),
    )[0]
    with pytest.raises(notes.NoteError):
        notes.TreeHead.parse(text)
    with operator_scope(operator):
        signed = actions.sign(operator, text.encode())
    assert signed.key_id == document["key_id"]
    assert encode(signed.signature) not in document["signature"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "null",
        "plain text",
        '{"format": "tutela-bundle/1"}',
        '{"format": "tutela-bundle/1", "key": "x", "entries": []}',
        '{"format": "tutela-log/1"}',
        '{"format": "tutela-log/1", "keys": [], "size": 1, "operator": "o"}',
        '{"format": "tutela-document/1", "document": 3}',
        '{"format": ["tutela-log/1"]}',
        "[" * 100_000,
        "\x00",
    ],
)
def test_what_is_no_evidence_is_refused_in_a_sentence(content, tmp_path, capsys):
    path = tmp_path / "file"
    path.write_text(content, "utf-8")
    assert offline.run(arguments(path)) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith(".\n")


def arguments(path, *more):
    parser = argparse.ArgumentParser()
    offline.configure(parser)
    return parser.parse_args([str(path), *more])


def test_the_command_answers_with_its_exit_code_a_sentence_or_json(log, capsys, tmp_path):
    log.check()
    assert offline.run(arguments(log.path, "--key", log.key, "--language", "en")) == 0
    assert capsys.readouterr().out == f"The log is whole: entries: 13, signed by {log.key}.\n"
    log.replace(6, entry=text_of(log, 6) + " ")
    log.check()
    assert offline.run(arguments(log.path, "--json", "--language", "ru")) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["key_from_file"]) == (False, True)
    assert told["findings"][0]["index"] == 6
    assert told["findings"][0]["sentence"].startswith("Запись 6 (")
    assert offline.run(arguments(tmp_path / "absent")) == 2
    assert offline.run(arguments(log.path, "--key", "nonsense")) == 2
    assert offline.run(arguments(log.path, "--checkpoint", str(tmp_path / "absent"))) == 2
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    assert offline.run(arguments(tmp_path / "latin")) == 2


def test_the_verifier_runs_without_django_and_without_a_database(log):
    log.check()
    program = (
        "import sys; sys.modules['django'] = sys.modules['psycopg'] = None;"
        "from tutela.journal import offline;"
        "sys.exit(offline.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(log.path), "--key", log.key],
        capture_output=True,
        text=True,
        check=False,
        env={"LANG": "ru_RU.UTF-8", "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.startswith("Журнал цел")
