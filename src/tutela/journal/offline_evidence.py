"""Verifies the proof of a consent: the words, the act and the place in the log agree. No Django.

The file ``tutela-consent-proof/1`` is a signed document in canonical form, so that no byte of it
can change unseen. The document holds the words by their hash, the events of one person's consent
to one purpose, and a bundle with the journal's own entry of each event. What the document says is
compared with what the entries say: the signature shows who wrote it, the log when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.journal.findings import Report, Unreadable
from tutela.journal.formats import parse_json, part

PROOF_FORMAT = "tutela-consent-proof/1"
SAID = ("mode", "act", "point", "language", "text_hash")
"""What an event of a consent given repeats of its entry."""


def written(envelope: Mapping[str, Any]) -> str:
    """The one form of the file: canonical JSON and a newline."""
    return canonical_bytes(envelope).decode() + "\n"


def check_form(text: str, envelope: Mapping[str, Any], report: Report) -> None:
    """The file is byte for byte in its one form."""
    try:
        same = written(envelope) == text
    except (TypeError, UnicodeEncodeError):
        same = False
    if not same:
        report.found("proof-rewritten")


def check_evidence(document: Mapping[str, Any], report: Report) -> None:
    """Words give their hashes, and each event is what its entry in the log says."""
    subject, purpose = part(document, "subject", str), part(document, "purpose", str)
    for sha256, text in part(document, "texts", dict).items():
        if not isinstance(text, str) or sha256_hex(text.encode()) != sha256:
            report.found("proof-words-differ", hash=sha256)
    logged = _entries(part(document, "journal", dict))
    for event in part(document, "events", list):
        entry = logged.get(part(event, "entry", str))
        if entry is None or not _agrees(event, entry, subject, purpose):
            report.found("proof-event-differs", id=part(event, "entry", str))
        elif event["kind"] == "given" and event["text_hash"] not in document["texts"]:
            report.found("proof-words-missing", hash=event["text_hash"])
    use = document.get("use")
    if use is not None:
        entry = logged.get(str(use))
        if entry is None or entry.get("subject") != subject or entry.get("purpose") != purpose:
            report.found("proof-event-differs", id=str(use))


def _entries(bundle: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for each in part(bundle, "entries", list):
        content = parse_json(part(each, "entry", str))
        if not isinstance(content, dict):
            raise Unreadable("bad-shape", name="entries")
        found[str(content.get("id"))] = content
    return found


def _agrees(event: Mapping[str, Any], entry: Mapping[str, Any], subject: str, purpose: str) -> bool:
    kind = part(event, "kind", str)
    data = entry.get("data")
    if not isinstance(data, Mapping) or entry.get("kind") != f"consent.{kind}":
        return False
    about = entry.get("purpose") == purpose or purpose in (data.get("purposes") or ())
    if entry.get("subject") != subject or not about or entry.get("at") != event.get("journalled"):
        return False
    return kind != "given" or all(data.get(name) == event.get(name) for name in SAID)
