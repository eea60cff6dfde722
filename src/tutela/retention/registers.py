"""The register of acts, as a Russian operator keeps it, and a report for whoever asks in Europe.

152-FZ article 21(7) and the order that it rests on ask for an act wherever data is destroyed, and
beside it, where that is done by automated means, for an export from the log: whose data, which
categories, in which system, why and when. Without automated means the act alone is the proof; it
names the medium. Both are kept for three years. Persons are opaque identifiers.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from tutela.policy import actions as policies
from tutela.policy.wording import EVENTS
from tutela.retention import keeping
from tutela.retention.acts import Kind
from tutela.retention.models import Act

GONE = (Kind.DESTRUCTION, Kind.PARTIAL, Kind.ANONYMISATION)


class Case(StrEnum):
    """How data was destroyed, which decides what the register must show."""

    AUTOMATED = "automated"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Line:
    """One act in the register, in the reader's language and without personal data."""

    act: UUID
    number: str
    kind: str
    subject: UUID
    categories: str
    stores: str
    method: str
    reasons: str
    at: datetime
    in_time: bool
    sha256: str


def years(operator_id: UUID) -> list[int]:
    """The years in which acts were made, the newest first."""
    rows = Act.objects.filter(operator_id=operator_id).values_list("year", flat=True)
    return sorted(set(rows.distinct()), reverse=True)


def lines(
    operator_id: UUID,
    language: str,
    *,
    year: int | None = None,
    run: UUID | None = None,
    made: tuple[datetime, datetime] | None = None,
    limit: int | None = None,
) -> list[Line]:
    """Acts of destruction and of impossibility in their order, of a year or all of them, those
    of one ``run`` in which data was turned into a set, or those ``made`` from then until then."""
    rows = Act.objects.filter(operator_id=operator_id).exclude(kind=Kind.JOURNAL)
    if year is not None:
        rows = rows.filter(year=year)
    if run is not None:
        rows = rows.filter(kind=Kind.ANONYMISATION, envelope__document__anonymised__run=str(run))
    if made is not None:
        rows = rows.filter(made_at__range=made)
    with translation.override(language):
        return [_line(row, language) for row in rows.order_by("-year", "-number")[:limit]]


def _line(row: Act, language: str) -> Line:
    said = row.envelope["document"]
    return Line(
        act=row.id,
        number=f"{row.year}-{row.number}",
        kind=row.kind,
        subject=row.subject_id,
        categories=_titles(said["what"]["categories"], language),
        stores=_titles(said["stores"], language),
        method=said["method"][language],
        reasons="; ".join(_reason(each) for each in said["because"]),
        at=row.made_at,
        in_time=said["in_time"],
        sha256=row.sha256,
    )


def _titles(titled: Sequence[dict[str, Any]], language: str) -> str:
    return ", ".join(each["title"].get(language) or each["slug"] for each in titled)


def _reason(said: dict[str, Any]) -> str:
    event = str(EVENTS.get(said["event"], said["event"]))
    return f"{event} ({said['clause']})" if said["clause"] else event


def export(operator_id: UUID, language: str, case: Case, *, year: int | None = None) -> str:
    """The register as CSV. ``automated`` is the export from the log that goes with the acts;
    ``manual`` is the register of the acts themselves, with method and number."""
    policy = policies.in_force(operator_id)
    zone = ZoneInfo(policy.operator.time_zone)
    gone = [each for each in lines(operator_id, language, year=year) if each.kind in GONE]
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\r\n")
    with translation.override(language):
        writer.writerow(_HEADS[case]())
    for each in reversed(gone):
        at = f"{each.at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        common = [str(each.subject), each.categories, each.stores, each.reasons, at]
        if case is Case.MANUAL:
            head = [each.number, policy.operator.legal_name]
            common = [*head, *common[:3], each.method, *common[3:], each.sha256]
        writer.writerow([_plain(cell) for cell in common])
    return content.getvalue()


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell


_HEADS = {
    Case.AUTOMATED: lambda: [
        _("Person"),
        _("Categories"),
        _("Information system"),
        _("Reason"),
        _("Date"),
    ],
    Case.MANUAL: lambda: [
        _("Act"),
        _("Operator"),
        _("Person"),
        _("Categories"),
        _("Medium"),
        _("Method"),
        _("Reason"),
        _("Date"),
        "SHA-256",
    ],
}


def report(operator_id: UUID, since: datetime, until: datetime) -> dict[str, Any]:
    """How erasure went in a period, as an authority may ask (GDPR articles 5(2), 17 and 30): only
    counts, the reasons by event and clause, and what stands in the way or is held now."""
    rows = Act.objects.filter(operator_id=operator_id, made_at__gte=since, made_at__lt=until)
    acts = [(row.kind, row.made_at, row.envelope["document"]) for row in rows]
    gone = [(at, said) for kind, at, said in acts if kind in GONE]
    return {
        "format": "tutela/erasures/1",
        "operator": policies.in_force(operator_id).operator.legal_name,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "erased_whole": sum(kind == Kind.DESTRUCTION for kind, _at, _said in acts),
        "erased_in_part": sum(kind == Kind.PARTIAL for kind, _at, _said in acts),
        "anonymised": sum(kind == Kind.ANONYMISATION for kind, _at, _said in acts),
        "impossible_in_term": sum(kind == Kind.IMPOSSIBILITY for kind, _at, _said in acts),
        "in_time": sum(bool(said["in_time"]) for _at, said in gone),
        "too_late": sum(not said["in_time"] for _at, said in gone),
        "values": sum(said["counts"]["values"] for _at, said in gone),
        "reasons": dict(_reasons(said for _at, said in gone)),
        "median_days": _days(gone),
        "held_now": dict(Counter(each.ground for each in keeping.holds(operator_id))),
    }


def _reasons(documents: Iterable[dict[str, Any]]) -> Counter[str]:
    return Counter(
        f"{each['event']} {each['clause']}".strip()
        for said in documents
        for each in said["because"]
    )


def _days(gone: Sequence[tuple[datetime, dict[str, Any]]]) -> float | None:
    """The median time from the event to the erasure, in days."""
    taken = [
        (at - datetime.fromisoformat(said["because"][0]["event_at"])) / timedelta(days=1)
        for at, said in gone
        if said["because"]
    ]
    return round(median(taken), 2) if taken else None
