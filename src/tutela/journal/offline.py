"""Verifies a bundle, a whole log or a signed document with nothing but the file and a key.

Imports no database and no Django: ``python -m tutela.journal.offline PATH --key KEY`` works on
an auditor's machine. The formats, all JSON, with hashes in base64:

- bundle ``tutela-bundle/1``: entries (the exact text of the leaf, its index and audit path), a
  checkpoint (C2SP tlog-checkpoint) and the verifier key;
- log ``tutela-log/1``: JSON lines: a header, entries in order, checkpoints after the entry that
  completes them;
- selection ``tutela-selection/1``: JSON lines: a header with a checkpoint, chosen entries with
  index and audit path, and how many there were;
- document ``tutela-document/1``: a document and the C2SP signature line over its canonical bytes;
- proof of a consent ``tutela-consent-proof/1``: such a document with a bundle in it, in one form.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from tutela.core.canonical import canonical_bytes
from tutela.journal import notes, offline_evidence, tree
from tutela.journal.findings import Report, Unreadable
from tutela.journal.formats import (
    BUNDLE_FORMAT,
    DOCUMENT_FORMAT,
    LOG_FORMAT,
    SELECTION_FORMAT,
    entry_id,
    parse_json,
    parse_keys,
    part,
    unpack,
)
from tutela.journal.notes import NoteError, Verifier
from tutela.journal.offline_log import verify_log

HOLDS, BROKEN, UNUSABLE = 0, 1, 2


def verify_bundle(bundle: Mapping[str, Any], given: tuple[Verifier, ...] = ()) -> Report:
    """Every entry of the bundle is in the log that its checkpoint signs."""
    keys = given or parse_keys([part(bundle, "key", str)])
    report = Report("bundle", str(keys[0]), not given)
    entries = part(bundle, "entries", list)
    report.entries = len(entries)
    try:
        head, signer = notes.open_checkpoint(part(bundle, "checkpoint", str), keys)
    except NoteError as error:
        report.found(f"checkpoint-{error.fault}", line=1)
        return report
    report.size, report.key = head.size, str(signer)
    for each in entries:
        _check_proof(each, head, report)
    if not head.origin.endswith("/" + part(bundle, "operator", str)):
        report.found("origin-differs", origin=head.origin)
    return report


def verify_selection(
    header: Mapping[str, Any], lines: Iterator[tuple[int, str]], given: tuple[Verifier, ...] = ()
) -> Report:
    """Every entry that was chosen is in the log that the checkpoint signs. That nothing else fits
    the filter cannot be proven; whoever doubts it asks for the whole log."""
    keys = given or parse_keys([part(header, "key", str)])
    report, stated = Report("selection", str(keys[0]), not given), None
    try:
        head, signer = notes.open_checkpoint(part(header, "checkpoint", str), keys)
    except NoteError as error:
        report.found(f"checkpoint-{error.fault}", line=1)
        return report
    report.size, report.key = head.size, str(signer)
    if not head.origin.endswith("/" + part(header, "operator", str)):
        report.found("origin-differs", origin=head.origin)
    for number, line in lines:
        content = parse_json(line)
        if isinstance(content, dict) and "entries" in content:
            stated = content["entries"]
            continue
        try:
            _check_proof(content, head, report)
        except Unreadable:
            report.found("line-damaged", line=number)
        report.entries += 1
    if stated != report.entries:
        report.found("selection-cut", stated=stated, entries=report.entries)
    return report


def _check_proof(each: Any, head: notes.TreeHead, report: Report) -> None:
    text, index = part(each, "entry", str), part(each, "index", int)
    proof = [unpack(str(step)) for step in part(each, "proof", list)]
    leaf = tree.leaf_hash(text.encode(errors="surrogatepass"))
    if not tree.verify_inclusion(leaf, index, head.size, proof, head.root):
        report.found("entry-not-in-log", index=index, id=entry_id(text))


def verify_document(signed: Mapping[str, Any], given: tuple[Verifier, ...] = ()) -> Report:
    """The document is byte for byte, in canonical form, what the key signed."""
    keys = given or parse_keys([part(signed, "key", str)])
    report = Report("document", str(keys[0]), not given)
    try:
        text = canonical_bytes(part(signed, "document", dict)).decode()
        _, signer = notes.open_note(f"{text}\n\n{part(signed, 'signature', str)}", keys)
        report.key = str(signer)
    except NoteError as error:
        report.found(f"document-{error.fault}")
    except (TypeError, UnicodeEncodeError):
        report.found("document-wrong-signature")
    return report


def verify_consent_proof(
    signed: Mapping[str, Any], text: str, given: tuple[Verifier, ...] = ()
) -> Report:
    """The document is as it was signed, in its one form, and says what its entries in the log
    say; ``text`` is the file as it was read."""
    report = verify_document(signed, given)
    report.kind = "consent-proof"
    (key,) = parse_keys([part(signed, "key", str)])
    if report.holds and (str(key) != report.key or key.key_id != part(signed, "key_id", str)):
        report.found("document-unknown-key")
    offline_evidence.check_form(text, signed, report)
    if not report.holds:
        return report
    document = part(signed, "document", dict)
    inner = verify_bundle(part(document, "journal", dict), given)
    report.findings += inner.findings
    report.entries, report.size = inner.entries, inner.size
    if inner.holds:
        offline_evidence.check_evidence(document, report)
    return report


def verify_file(
    path: Path, given: Sequence[str] = (), kept_checkpoint: str | None = None
) -> Report:
    """Verify whatever Tutela wrote at ``path``. Raises ``Unreadable``."""
    keys = parse_keys(given)
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            first = file.readline()
            header = parse_json(first)
            if isinstance(header, dict) and header.get("format") == LOG_FORMAT:
                return verify_log(header, lines_of(file), keys, kept_checkpoint)
            if isinstance(header, dict) and header.get("format") == SELECTION_FORMAT:
                return verify_selection(header, lines_of(file), keys)
            text = first + file.read()
            content = parse_json(text)
    except OSError as error:
        raise Unreadable("unreadable", reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise Unreadable("unreadable", reason="UTF-8") from error
    if kept_checkpoint is not None:
        raise Unreadable("checkpoint-needs-log")
    kinds = {BUNDLE_FORMAT: verify_bundle, DOCUMENT_FORMAT: verify_document}
    kind = content.get("format") if isinstance(content, dict) else None
    if kind == offline_evidence.PROOF_FORMAT:
        return verify_consent_proof(content, text, keys)
    if not isinstance(kind, str) or kind not in kinds:
        raise Unreadable("unknown-format")
    return kinds[kind](content, keys)


def lines_of(file: IO[str]) -> Iterator[tuple[int, str]]:
    """The lines after the header with their numbers, the empty ones left out."""
    return ((number, line) for number, line in enumerate(file, start=2) if line.strip())


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        type=Path,
        help="a bundle, a journal export, a signed document or a proof",
    )
    parser.add_argument(
        "--key", action="append", default=[], help="the verifier key the operator publishes"
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="an earlier checkpoint you kept; the log must contain it"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser.add_argument("--language", choices=("en", "ru"), default=_language())


def _language() -> str:
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "ru" if named.startswith("ru") else "en"


def run(arguments: argparse.Namespace) -> int:
    """Print the outcome; 0 it holds, 1 it does not, 2 there was nothing to verify."""
    try:
        kept = arguments.checkpoint.read_text("utf-8") if arguments.checkpoint else None
        report = verify_file(arguments.path, arguments.key, kept)
    except (OSError, UnicodeDecodeError):
        return _unusable(Unreadable("bad-checkpoint-file"), arguments)
    except Unreadable as error:
        return _unusable(error, arguments)
    if arguments.json:
        _print(json.dumps(report.to_json(arguments.language), ensure_ascii=False, indent=2))
    else:
        _print("\n".join(report.lines(arguments.language)))
    return HOLDS if report.holds else BROKEN


def _unusable(error: Unreadable, arguments: argparse.Namespace) -> int:
    text = error.finding.text(arguments.language)
    if arguments.json:
        _print(json.dumps({"error": error.finding.code, "sentence": text}, ensure_ascii=False))
    else:
        sys.stderr.write(text + "\n")
    return UNUSABLE


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tutela.journal.offline", description=__doc__)
    configure(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
