"""What a package of somebody's data is made of: one file for programs, one page and one document
for people, and every file they gave.

Each value is opened once and only some at a time, so that much data needs no more memory than
little. What waits (the lines of the page) lies sealed (``core.spool``).
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from html import escape
from typing import IO, Any, cast
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.spool import Spool
from tutela.documents.actions import Document, render_pdf
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.requests import cases, reading
from tutela.requests.others import Spotter
from tutela.requests.parts import PARTS, Line, Part
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import BY_NAME
from tutela.web import dates

FORMAT = 2
ON_PAPER = 500
"""Values that stand in the document; a page takes about fifteen. All stand in the other two."""
TOLD_ON_PAPER = 100
"""Lines of each other part that stand in the document."""
_LONGEST = 600


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_encoded = json.JSONEncoder(ensure_ascii=False, default=_said).encode


@dataclass
class Writer:
    """Writes one package; counts what went in and what was left out."""

    operator_id: UUID
    subject: UUID
    policy: Policy
    language: str
    leave: Permit
    values: int = 0
    redacted: int = 0
    _files: dict[str, vault.Value] = field(default_factory=dict)
    _paper: list[tuple[str, str]] = field(default_factory=list)
    _told_on_paper: list[tuple[str, str]] = field(default_factory=list)
    _titles: dict[tuple[str, str, str], tuple[str, str, str]] = field(default_factory=dict)

    def into(self, content: Spool) -> None:
        """First the file for programs, then the page for people, whose lines were set aside while
        the same values were open, the document, and the files one by one."""
        file_ = cast("IO[bytes]", _Appended(content))
        with (
            override(self.language),
            Spool() as aside,
            Spool() as told,
            zipfile.ZipFile(file_, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        ):
            with made.open("data.json", "w") as file:
                for part in self._json(aside, told):
                    file.write(part.encode())
            with made.open("data.html", "w") as file:
                before, between, after = self._page()
                for words, waiting in ((before, aside), (between, told)):
                    file.write(words.encode())
                    waiting.seek(0)
                    shutil.copyfileobj(waiting, file)
                file.write(after.encode())
            with made.open("data.pdf", "w") as file:
                file.write(self._pdf())
            for name, value in self._files.items():
                opened = vault.open_file(self.leave, value.record, value.field).content
                with opened, made.open(name, "w") as file:
                    opened.seek(0)
                    shutil.copyfileobj(opened, file)

    @cached_property
    def _spotter(self) -> Spotter:
        return Spotter(self.policy, self.leave, self.subject)

    def _json(self, aside: Spool, told: Spool) -> Iterator[str]:
        head = {
            "format": FORMAT,
            "operator": self.policy.operator.legal_name,
            "subject": str(self.subject),
            "policy_version": self.policy.number,
            "made_at": clock.now().isoformat(),
        }
        yield _encoded(head)[:-1] + ', "values": ['
        yield from _joined(self._values(aside))
        yield "]"
        for name, lines in self._rest(told).items():
            yield f',\n"{name}": ['
            yield from _joined(map(_encoded, part) for part in lines)
            yield "]"
        yield "}\n"

    def _values(self, aside: Spool) -> Iterator[Iterable[str]]:
        """The values for programs, part by part; those for people are written aside."""
        for part in vault.look_in_parts(self.leave):
            self.values += len(part.values)
            purposes = {each.id: each.purposes for each in part.records}
            lines, rows = [], []
            for each in part.values:
                text, kept = self._told(each)
                lines.append(_encoded(self._value(each, text, purposes[each.record], kept)))
                rows.append(self._row(each, text, kept))
            aside.write("".join(rows).encode())
            yield lines

    def _told(self, each: vault.Value) -> tuple[str, str]:
        """What is said of the value, and where its copy lies if it is a file."""
        if each.file is None:
            text, hidden = self._spotter.told(each)
            self.redacted += hidden
            return text, ""
        if self._spotter.keeps_back(each):
            self.redacted += 1
            return "", ""
        ending = BY_NAME[each.file.media].ending
        name = f"files/{len(self._files) + 1:04d}-{each.field}.{ending}"
        self._files[name] = each
        return "", name

    @staticmethod
    def _value(
        each: vault.Value, text: str, purposes: tuple[str, ...], kept: str
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "field": each.field,
            "value": text,
            "record": str(each.record),
            "point": each.point,
            "received_at": each.received_at.isoformat(),
            "source": each.source,
            "status": each.status,
            "purposes": purposes,
        }
        if each.reference:
            shown["source_reference"] = each.reference
        if each.file is not None:
            shown["file"] = {
                "name": kept,
                "withheld": not kept,
                "media": each.file.media,
                "size": each.file.size,
                "sha256": each.file.sha256,
            }
        return shown

    def _rest(self, aside: Spool) -> dict[str, Iterable[Iterable[Mapping[str, Any]]]]:
        """What stands beside the values, each in parts of lines."""
        told = (self.operator_id, self.subject, self.language)
        more = {name: self._part(part, aside) for name, part in PARTS.items()}
        return {
            "earlier_values": self._earlier(aside),
            "consents": [self._consents()],
            "disclosures": (map(_disclosure, part) for part in reading.disclosed(*told)),
            "requests": [self._requests()],
            **more,
            "journal": (
                map(_journalled, part) for part in journal.told_of(self.operator_id, self.subject)
            ),
        }

    def _earlier(self, aside: Spool) -> Iterator[Iterable[Mapping[str, Any]]]:
        """What values said before they were corrected; it is kept, so it is told."""
        part = Part(_("What it said before it was corrected"), self._superseded)
        yield from self._part(part, aside)

    def _superseded(self, _operator: UUID, _subject: UUID, _language: str) -> Iterator[Line]:
        for part in vault.look_in_parts(self.leave, superseded=True):
            for each in part.values:
                text, hidden = self._spotter.told(each)
                self.redacted += hidden
                title, point, _source = self._title(each)
                until = each.superseded_at or each.received_at
                data = {
                    "field": each.field,
                    "value": text,
                    "record": str(each.record),
                    "received_at": each.received_at.isoformat(),
                    "corrected_at": until.isoformat(),
                }
                said = _("%(field)s (%(form)s), until %(day)s: %(value)s") % {
                    "field": title,
                    "form": point,
                    "day": dates.day(until),
                    "value": text,
                }
                yield Line(data, said)

    def _part(self, part: Part, aside: Spool) -> Iterator[Iterable[Mapping[str, Any]]]:
        """What another room keeps, for programs; the sentences for people are written aside."""
        title, said = str(part.title), 0
        aside.write(f"<h2>{escape(title)}</h2>\n<ul>".encode())
        for line in part.lines(self.operator_id, self.subject, self.language):
            aside.write(f"<li>{escape(line.said)}</li>\n".encode())
            if said < TOLD_ON_PAPER:
                self._told_on_paper.append((title, _shortened(line.said)))
            said += 1
            yield [line.data]
        aside.write(("</ul>" if said else f"<li>{escape(_('nothing'))}</li></ul>").encode())

    def _consents(self) -> Iterator[Mapping[str, Any]]:
        for each in reading.consents(self.operator_id, self.subject, self.language):
            yield {
                "purpose": each.purpose,
                "state": each.state,
                "text": each.text,
                "at": each.at,
                "ended_at": each.ended_at,
                "policy_version": each.policy_number,
            }

    def _requests(self) -> Iterator[Mapping[str, Any]]:
        for each in cases.listing(self.operator_id, subject=self.subject):
            yield {
                "number": each.number,
                "kind": each.kind,
                "received_at": each.received_at,
                "due_at": each.due_at,
                "state": each.state,
                "decision": each.outcome,
                "refused_because": each.refusal,
                "ended_at": each.ended_at,
            }

    def _page(self) -> tuple[str, str, str]:
        """What stands before the lines of the values, between them and those of other rooms, and
        after both."""
        told = (self.operator_id, self.subject, self.language)
        context = {
            "policy": self.policy,
            "made_at": clock.now(),
            "consents": reading.consents(*told),
            "given": reading.disclosures(*told),
            "asked": reading.requests_of(*told),
            "redacted": self.redacted,
            "language": self.language,
        }
        page_ = render_to_string("requests/everything.html", context)
        before, rest = page_.split("<!--values-->")
        between, after = rest.split("<!--parts-->")
        return before, between, after

    def _row(self, each: vault.Value, text: str, kept: str) -> str:
        title, point, source = self._title(each)
        value = escape(text)
        if each.file is not None:
            words = reading.file_words(each)
            value = f'<a href="{kept}">{escape(words)}</a>' if kept else _withheld(words)
        day = each.received_at.date().isoformat()
        if len(self._paper) < ON_PAPER:
            said = text if each.file is None else kept or _withheld(reading.file_words(each))
            self._paper.append((title, f"{_shortened(said)}\n{point}, {day}"))
        return (
            f"<tr><td>{escape(title)}</td><td>{value}</td><td>{escape(point)}</td>"
            f"<td>{day}</td><td>{escape(source)}</td></tr>\n"
        )

    def _title(self, each: vault.Value) -> tuple[str, str, str]:
        """What the field, the form and the origin are called; looked up once each."""
        key = (each.field, each.point, each.source if not each.reference else "")
        if key not in self._titles:
            self._titles[key] = (*self._title_of(each), reading.source_of(each))
        title, point, source = self._titles[key]
        return title, point, reading.source_of(each) if each.reference else source

    def _title_of(self, each: vault.Value) -> tuple[str, str]:
        declared = self.policy.fields.get(each.field)
        title = reading.words(declared.title, self.language) if declared else each.field
        return title, reading.point_title(self.policy, each.point, self.language)

    def _pdf(self) -> bytes:
        """The document to print: what is held as far as it fits, the consents, who received it."""
        told = (self.operator_id, self.subject, self.language)
        left = self.values - len(self._paper)
        intro = [_("Everything stands in the page and in the file for programs beside it.")]
        if left > 0:
            intro.append(
                ngettext(
                    "%(count)d more value is not printed here.",
                    "%(count)d more values are not printed here.",
                    left,
                )
                % {"count": left}
            )
        agreed = [
            (_("Consent"), f"{each.title}\n{dates.day(each.at)}. {each.text}")
            for each in reading.consents(*told)
        ]
        given = [
            (_("Received by"), f"{each.recipient}, {dates.day(each.at)}: {', '.join(each.fields)}")
            for each in reading.disclosures(*told, most=100)
        ]
        name = self.policy.operator.legal_name
        return render_pdf(
            "act",
            Document(
                title=_("What %(name)s holds about you") % {"name": name},
                number=self.subject.hex[-6:],
                date=clock.now().date(),
                issuer=name,
                verification=_("Made for you alone when you took it; nothing of it is kept."),
                intro=tuple(intro),
                rows=(*self._paper, *agreed, *given, *self._told_on_paper),
            ),
            self.language,
        )


class _Appended:
    """A spool as a stream that is only added to: an archive would go back to fill in sizes
    otherwise, and writes them behind each file here."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: bytes) -> int:
        return self._spool.write(data)

    def flush(self) -> None:
        """Nothing waits here."""


def _joined(parts: Iterable[Iterable[str]]) -> Iterator[str]:
    """The lines with commas between them, a part at a time."""
    first = True
    for part in parts:
        if text := ",\n".join(part):
            yield text if first else ",\n" + text
            first = False


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _withheld(words: str) -> str:
    return _("%(file)s; no copy is given, because others are in it") % {"file": words}


def _disclosure(each: reading.Disclosure) -> Mapping[str, Any]:
    return {"recipient": each.recipient, "at": each.at, "fields": each.fields}


def _journalled(each: journal.Told) -> Mapping[str, Any]:
    return {
        "at": each.at,
        "kind": each.kind,
        "by": each.by,
        "action": each.action,
        "purpose": each.purpose,
        "clause": each.clause,
        "automated": each.automated,
    }
