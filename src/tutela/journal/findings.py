"""What the offline verifier says, in English and Russian, without Django."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LOCALE = Path(__file__).parent / "locale"


def gettext_noop(message: str) -> str:
    return message


SENTENCES: Mapping[str, str] = {
    "whole-log": gettext_noop("The log is whole: entries: %(entries)s, signed by %(key)s."),
    "whole-bundle": gettext_noop(
        "The bundle holds: entries: %(entries)s, all in the log of %(size)s entries "
        "signed by %(key)s."
    ),
    "whole-document": gettext_noop("The document is as it was signed by %(key)s."),
    "whole-selection": gettext_noop(
        "The selection holds: entries: %(entries)s, all in the log of %(size)s entries signed by "
        "%(key)s."
    ),
    "whole-consent-proof": gettext_noop(
        "The proof of consent holds: entries: %(entries)s, all in the log of %(size)s entries "
        "signed by %(key)s; the words are those that were agreed to."
    ),
    "proof-rewritten": gettext_noop(
        "The file is not in the form it was written in: something was added, removed or moved."
    ),
    "proof-words-differ": gettext_noop(
        "The words under the fingerprint %(hash)s do not give that fingerprint."
    ),
    "proof-words-missing": gettext_noop(
        "The words of a consent are missing: no text has the fingerprint %(hash)s."
    ),
    "proof-event-differs": gettext_noop(
        "What the proof says of entry %(id)s is not what that entry says."
    ),
    "selection-cut": gettext_noop(
        "The selection was cut off or added to: it states %(stated)s entries and holds %(entries)s."
    ),
    "pruned": gettext_noop("Pruned after their term, their hashes kept: entries: %(count)s."),
    "entry-removed-silently": gettext_noop(
        "Entry %(index)s was removed, and no entry of the log says that its term was over."
    ),
    "broken": gettext_noop("Verification failed. Problems found: %(count)s."),
    "self-asserted": gettext_noop(
        "The key comes from the file itself. This shows that the file agrees with itself, not who "
        "signed it: compare %(key)s with the key the operator publishes, or give that with --key."
    ),
    "unreadable": gettext_noop("The file cannot be read: %(reason)s."),
    "unknown-format": gettext_noop(
        "The file is neither a bundle, nor a journal export, nor a signed document of Tutela."
    ),
    "bad-shape": gettext_noop(
        "The file is not complete: “%(name)s” is missing or has a wrong type."
    ),
    "bad-key": gettext_noop(
        "The verifier key “%(key)s” is not of the form name+id+base64; copy it whole."
    ),
    "bad-checkpoint-file": gettext_noop(
        "The checkpoint given with --checkpoint is not a checkpoint signed by this log's key."
    ),
    "checkpoint-needs-log": gettext_noop(
        "A kept checkpoint can be compared with a whole journal export only."
    ),
    "line-damaged": gettext_noop("Line %(line)s is damaged: it is not a line of a journal export."),
    "entry-changed": gettext_noop(
        "Entry %(index)s (%(id)s) was changed: its content does not give the hash it was "
        "written with."
    ),
    "hash-altered": gettext_noop(
        "The hash written beside entry %(index)s (%(id)s) was altered; the entry itself is intact."
    ),
    "entry-removed": gettext_noop("Entry %(index)s was removed: the log goes on without it."),
    "entry-inserted": gettext_noop(
        "Line %(line)s (entry %(id)s) was inserted: the signed log has no such entry there."
    ),
    "entry-reordered": gettext_noop(
        "Entry %(index)s (%(id)s) was moved: it stands on line %(line)s, where entry "
        "%(expected)s belongs."
    ),
    "entry-repeated": gettext_noop(
        "Entry %(id)s was inserted a second time: it has the places %(first)s and %(index)s."
    ),
    "entry-foreign": gettext_noop(
        "Entry %(index)s (%(id)s) belongs to another operator's journal."
    ),
    "entries-swapped": gettext_noop(
        "Entries %(first)s and %(last)s (%(id)s) were reordered: they were signed the other "
        "way round."
    ),
    "range-altered": gettext_noop(
        "Between entry %(first)s and entry %(last)s (%(first_id)s … %(last_id)s) something was "
        "changed, removed, inserted or reordered: the checkpoint of %(size)s entries was signed "
        "over another content."
    ),
    "entries-unsigned": gettext_noop(
        "Entry %(index)s (%(id)s) and those after it were added later: no checkpoint covers them."
    ),
    "log-truncated": gettext_noop(
        "The end was cut off: %(size)s entries were signed, the file holds %(entries)s. The first "
        "missing one is entry %(index)s."
    ),
    "past-rewritten": gettext_noop(
        "The past was rewritten: the first %(size)s entries are not those of the checkpoint "
        "you kept."
    ),
    "no-checkpoint": gettext_noop("The file has no checkpoint: nothing in it is signed."),
    "checkpoint-malformed": gettext_noop("The checkpoint on line %(line)s is not a signed note."),
    "checkpoint-unknown-key": gettext_noop(
        "The checkpoint on line %(line)s is not signed by the expected key."
    ),
    "checkpoint-wrong-signature": gettext_noop(
        "The signature of the checkpoint on line %(line)s is wrong: the checkpoint was altered."
    ),
    "origin-differs": gettext_noop("The checkpoint was signed for another log: %(origin)s."),
    "entry-not-in-log": gettext_noop(
        "Entry %(index)s (%(id)s) is not in the signed log: its content, its place or its proof "
        "was changed."
    ),
    "document-malformed": gettext_noop("The signature of the document is not a note signature."),
    "document-unknown-key": gettext_noop("The document is not signed by the expected key."),
    "document-wrong-signature": gettext_noop(
        "The document was changed after it was signed, or its signature was altered."
    ),
}


def sentence(code: str, values: Mapping[str, Any], language: str) -> str:
    catalogue = gettext.translation("django", _LOCALE, [language], fallback=True)
    return catalogue.gettext(SENTENCES[code]) % values


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, by its code in ``SENTENCES`` and what fills the sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return sentence(self.code, self.values, language)


class Unreadable(ValueError):
    """The file is nothing that can be verified; exit code 2."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.finding = Finding(code, values)


@dataclass(slots=True)
class Report:
    """The outcome. ``kind`` is log, bundle, selection, document or consent-proof; ``key`` the
    verifier key relied on."""

    kind: str
    key: str = ""
    self_asserted: bool = True
    entries: int = 0
    size: int = 0
    pruned: int = 0
    """Entries of which a log keeps the hash alone, because their term was over."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings

    def found(self, code: str, **values: Any) -> None:
        self.findings.append(Finding(code, values))

    def lines(self, language: str) -> list[str]:
        values = {"entries": self.entries, "size": self.size, "key": self.key}
        head = Finding(f"whole-{self.kind}", values)
        if not self.holds:
            head = Finding("broken", {"count": len(self.findings)})
        told = [head, *self.findings]
        if self.pruned:
            told.append(Finding("pruned", {"count": self.pruned}))
        if self.self_asserted and self.key:
            told.append(Finding("self-asserted", values))
        return [each.text(language) for each in told]

    def to_json(self, language: str) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "holds": self.holds,
            "entries": self.entries,
            "size": self.size,
            "pruned": self.pruned,
            "key": self.key,
            "key_from_file": self.self_asserted,
            "findings": [
                {"code": each.code, "sentence": each.text(language), **each.values}
                for each in self.findings
            ],
        }
