"""Everything about one person, as a page for people and a file for programs, to be taken once.

Nothing of it is stored: it is made while it is taken, some records at a time, so that much data
needs no more memory than little. The address is unguessable, works once and for seven days; only
its digest is kept. Addresses and numbers of other people in free texts are left out (004 2.10/b6).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any, cast
from uuid import UUID

from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.spool import Spool
from tutela.core.vocabulary import Action, Actor, LawPurpose, Right
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import cases, reading
from tutela.requests.entries import PackageMade, PackageTaken
from tutela.requests.intake import oneself, permit
from tutela.requests.models import Package
from tutela.requests.proving import proven
from tutela.vault import actions as vault
from tutela.web.pages import Audience, PageRequest, page, page_url, show

LASTS = timedelta(days=7)
FORMAT = 1
HIDDEN = "▇▇▇"
"""Stands where something about somebody else was left out."""
_ENTRIES = 1000
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+\d[\d\s().-]{7,17}\d")


class Spent(NotFound):
    """The address was used, has run out, or never was one."""

    status = 410


def make(operator_id: UUID, subject: UUID, *, case: UUID | None = None, by: Actor) -> str:
    """An address from which everything about the person can be taken once; its secret."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    row = Package.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        case=case,
        digest=_digest(secret),
        made_at=now,
        expires_at=now + LASTS,
    )
    journal.append(
        operator_id, PackageMade(subject=subject, actor=by, automated=False, package=row.id)
    )
    return secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find(operator_id: UUID, secret: str, subject: UUID) -> Package:
    """The package of the person behind an address that still works. Raises ``Spent``."""
    rows = Package.objects.select_for_update()
    row = rows.filter(operator_id=operator_id, subject_id=subject, digest=_digest(secret)).first()
    if row is None or row.taken_at is not None or row.expires_at <= clock.now():
        raise Spent(
            _("This address was used already or has run out. Make another one in your pages.")
        )
    return row


def take(row: Package, language: str) -> Spool:
    """The package as a file to be sent, which lies sealed while it waits; its address is spent in
    the caller's transaction."""
    operator_id = row.operator_id
    policy = policies.in_force(operator_id)
    leave = permit(
        Operation(
            operator=operator_id,
            subject=row.subject_id,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(policy.fields),
            actor=oneself(row.subject_id),
        )
    )
    content = Spool()
    writer = Writer(operator_id, row.subject_id, policy, language, leave)
    writer.into(_Appended(content))
    held = sum(len(each) for each in vault.holdings(operator_id, row.subject_id).values())
    Package.objects.filter(operator_id=operator_id, id=row.id).update(
        taken_at=clock.now(), fields=writer.values, held=held, redacted=writer.redacted
    )
    journal.append(
        operator_id,
        PackageTaken(
            subject=row.subject_id,
            actor=oneself(row.subject_id),
            automated=False,
            package=row.id,
            values=writer.values,
            left_out=writer.redacted,
        ),
    )
    content.seek(0)
    return content


class _Appended:
    """A spool as a stream that is only added to: an archive would go back to fill in sizes
    otherwise, and writes them behind each file here."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: bytes) -> int:
        return self._spool.write(data)

    def flush(self) -> None:
        """Nothing waits here."""


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
    own: set[str] = field(default_factory=set)

    def into(self, content: _Appended) -> None:
        """First the file for programs, then the page for people, whose lines were set aside while
        the same values were open."""
        self.own = self._own()
        file_ = cast("IO[bytes]", content)
        with (
            Spool() as aside,
            zipfile.ZipFile(file_, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
        ):
            with made.open("data.json", "w") as file:
                for part in self._json(aside):
                    file.write(part.encode())
            with made.open("data.html", "w") as file:
                before, after = self._page()
                file.write(before.encode())
                aside.seek(0)
                shutil.copyfileobj(aside, file)
                file.write(after.encode())

    def _own(self) -> set[str]:
        """The person's own addresses and numbers, which stay readable in texts."""
        found = set[str]()
        kinds = {
            slug for slug, each in self.policy.fields.items() if each.type in {"email", "phone"}
        }
        for part in vault.read_in_parts(self.leave, fields=kinds):
            found |= {_plain(each.value) for each in part}
        return found

    def _json(self, aside: Spool) -> Iterator[str]:
        head = {
            "format": FORMAT,
            "operator": self.policy.operator.legal_name,
            "subject": str(self.subject),
            "policy_version": self.policy.number,
            "made_at": clock.now().isoformat(),
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "values": ['
        first, self.values, self.redacted = True, 0, 0
        purposes = {
            each.id: each.purposes for each in vault.records(self.operator_id, self.subject)
        }
        for part in vault.read_in_parts(self.leave):
            self.values += len(part)
            shown = [(each, self._without_others(each)) for each in part]
            aside.write("".join(self._row(each, text) for each, text in shown).encode())
            lines = (self._value(each, text, purposes) for each, text in shown)
            text = ",\n".join(json.dumps(each, ensure_ascii=False) for each in lines)
            if text:
                yield text if first else ",\n" + text
                first = False
        yield "]"
        for name, rows in self._rest().items():
            yield f',\n"{name}": ' + json.dumps(rows, ensure_ascii=False, default=_said)
        yield ',\n"journal": ['
        yield from self._journal()
        yield "]}\n"

    def _value(
        self, each: vault.Value, text: str, purposes: dict[UUID, tuple[str, ...]]
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "field": each.field,
            "value": text,
            "record": str(each.record),
            "point": each.point,
            "received_at": each.received_at.isoformat(),
            "source": each.source,
            "status": each.status,
            "purposes": list(purposes.get(each.record, ())),
        }
        if each.reference:
            shown["source_reference"] = each.reference
        if each.file is not None:
            shown["file"] = {
                "media": each.file.media,
                "size": each.file.size,
                "sha256": each.file.sha256,
            }
        return shown

    def _without_others(self, each: vault.Value) -> str:
        declared = self.policy.fields.get(each.field)
        if declared is None or declared.type != "long-text":
            return each.value

        def hide(found: re.Match[str]) -> str:
            if _plain(found[0]) in self.own or found[0] == self.policy.operator.email:
                return found[0]
            self.redacted += 1
            return HIDDEN

        return _NUMBER.sub(hide, _ADDRESS.sub(hide, each.value))

    def _rest(self) -> dict[str, Any]:
        asked = cases.listing(self.operator_id, subject=self.subject)
        return {
            "consents": [
                {
                    "purpose": each.purpose,
                    "state": each.state,
                    "text": each.text,
                    "at": each.at,
                    "ended_at": each.ended_at,
                    "policy_version": each.policy_number,
                }
                for each in reading.consents(self.operator_id, self.subject, self.language)
            ],
            "disclosures": [
                {"recipient": each.recipient, "at": each.at, "fields": each.fields}
                for each in reading.disclosures(self.operator_id, self.subject, self.language)
            ],
            "requests": [
                {
                    "number": each.number,
                    "kind": each.kind,
                    "received_at": each.received_at,
                    "due_at": each.due_at,
                    "state": each.state,
                    "decision": each.outcome,
                    "refused_because": each.refusal,
                    "ended_at": each.ended_at,
                }
                for each in asked
            ],
        }

    def _journal(self) -> Iterator[str]:
        """The journal of the person's data, a thousand entries at a time."""
        after: UUID | None = None
        first = True
        while rows := journal.entries(
            self.operator_id, subject=self.subject, after=after, limit=_ENTRIES
        ):
            lines = [
                json.dumps(
                    {
                        "at": each.at.isoformat(),
                        "kind": each.kind,
                        "by": str(each.actor.kind),
                        "purpose": each.purpose,
                        "clause": each.clause,
                    },
                    ensure_ascii=False,
                )
                for each in rows
            ]
            yield ("" if first else ",\n") + ",\n".join(lines)
            first, after = False, rows[-1].id

    def _page(self) -> tuple[str, str]:
        """What stands before and after the lines of the values."""
        context = {
            "policy": self.policy,
            "made_at": clock.now(),
            "consents": reading.consents(self.operator_id, self.subject, self.language),
            "given": reading.disclosures(self.operator_id, self.subject, self.language),
            "asked": reading.requests_of(self.operator_id, self.subject, self.language),
            "language": self.language,
        }
        page_ = render_to_string("requests/everything.html", context)
        before, after = page_.split("<!--values-->")
        return before, after

    def _row(self, each: vault.Value, text: str) -> str:
        declared = self.policy.fields.get(each.field)
        title = reading.words(declared.title, self.language) if declared else each.field
        value = reading.file_words(each) or text
        point = reading.point_title(self.policy, each.point, self.language)
        cells = (title, value, point, each.received_at.date().isoformat(), reading.source_of(each))
        return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>\n"


def _plain(text: str) -> str:
    return re.sub(r"[\s().-]", "", text.casefold()) if text.startswith("+") else text.casefold()


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@page(
    "<operator>/my/everything/",
    name="my-everything",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-requests",
)
@proven(Right.ACCESS)
def my_everything(request: PageRequest) -> HttpResponseBase:
    """Make an address from which everything can be taken once."""
    visit = request.visit
    if request.method == "POST":
        secret = make(visit.operator_id, visit.subject_id, by=visit.actor)
        return HttpResponseRedirect(page_url(request, "package", secret=secret))
    made = Package.objects.filter(operator_id=visit.operator_id, subject_id=visit.subject_id)
    context = {"made": made.order_by("-made_at")[:10], "now": clock.now()}
    return show(request, "requests/my_everything.html", context)


@page(
    "<operator>/my/everything/<str:secret>/",
    name="package",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-requests",
)
@proven(Right.ACCESS)
def package(request: PageRequest, secret: str) -> HttpResponseBase:
    """Opening the address shows a button; only pressing it spends the address. Whoever has it and
    is not the person has nothing."""
    visit = request.visit
    row = find(visit.operator_id, secret, visit.subject_id)
    if request.method != "POST":
        return show(request, "requests/package.html", {"until": row.expires_at})
    content = take(row, visit.language)
    response = FileResponse(content, as_attachment=True, filename="my-data.zip")
    response.headers["Content-Type"] = "application/zip"
    return response
