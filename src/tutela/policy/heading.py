"""Reads what stands at the head of ``policy.yaml``: operator, sites, law, calendar, version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import LANGUAGES
from tutela.policy import model, vocabulary
from tutela.policy.calendars import ROLLS, CalendarError, WorkingCalendar
from tutela.policy.declarations import Reading, Reference, email
from tutela.policy.findings import Findings
from tutela.policy.model import FrozenDict
from tutela.policy.reading import SLUG, Block, closest
from tutela.policy.source import Node

_LANGUAGE = re.compile(r"[a-z]{2}")
_FILE = re.compile(r"[\w][\w.-]*\.txt")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?", re.IGNORECASE)
_CALENDAR_DAYS = ("holidays_added", "holidays_removed", "working_days_added")


@dataclass(frozen=True, slots=True)
class Languages:
    """The original language first, and the file of each language's text."""

    original: str
    texts: FrozenDict[str]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.original, *(code for code in self.texts if code != self.original))


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    dated: date
    effective: str


def check_format(root: Block) -> None:
    number = root.number("format", required=True, least=1)
    if number is not None and number != vocabulary.FORMAT:
        root.findings.add(
            "format",
            root.line_of("format"),
            "format",
            _("The format %(found)d is not known."),
            _("This program reads format %(known)d."),
            found=number,
            known=vocabulary.FORMAT,
        )


def languages(node: Node, findings: Findings) -> Languages:
    """Read before everything else, because each wording must be in these languages."""
    root = Block(node, "", findings, ())
    block = root.block("languages", required=True)
    if block is None:
        return Languages("en", FrozenDict())
    texts = block.block("texts", required=True)
    files: dict[str, str] = {}
    for code in texts.names if texts else ():
        name = texts.text(code, required=True) if texts else ""
        if texts and not _LANGUAGE.fullmatch(code):
            findings.add(
                "language",
                texts.line_of(code),
                texts.path(code),
                _("“%(language)s” is not a language code."),
                _("Write two letters, such as en or ru."),
                language=code,
            )
        elif texts and name and not _FILE.fullmatch(name):
            findings.add(
                "file-name",
                texts.line_of(code),
                texts.path(code),
                _("“%(name)s” is not a text file of this folder."),
                _("Write the name of a .txt file that lies beside policy.yaml."),
                name=name,
            )
        elif name:
            files[code] = name
    original = block.text("original", required=True)
    if original and original not in files:
        block.allowed("original", original, files)
        original = ""
    block.close()
    return Languages(original or next(iter(files), "en"), FrozenDict(files))


def operator(root: Block, reading: Reading) -> model.Operator:
    block = root.block("operator", required=True)
    if block is None:
        block = Block(Node(root.line, {}), "operator", Findings(), root.languages)
    slug = block.text("slug", required=True)
    if slug and not SLUG.fullmatch(slug):
        _no_slug(reading, block, slug)
    legal_name, legal_names = _legal_name(block)
    found = model.Operator(
        slug=slug,
        brand=block.text("brand", required=True),
        legal_name=legal_name,
        email=email(block, "email"),
        territory=block.text("territory", required=True),
        time_zone=_time_zone(block),
        law=_law(root, reading),
        sites=tuple(_sites(root, reading)),
        registration=block.mapping("registration"),
        address=block.words("address", required=False),
        unstated=_unstated(block, reading),
        clauses=reading.bind(block, "policy.scope"),
        legal_names=legal_names,
    )
    block.close()
    return found


def _legal_name(block: Block) -> tuple[str, model.Words]:
    """One name for all languages, or a wording where a name is written differently in each."""
    node = block.node("legal_name")
    if node is not None and isinstance(node.value, dict):
        names = block.words("legal_name")
        return names.get(block.languages[0], ""), names
    name = block.text("legal_name", required=True)
    return name, FrozenDict(dict.fromkeys((*LANGUAGES, *block.languages), name))


def _unstated(block: Block, reading: Reading) -> tuple[str, ...]:
    """What the text does not say of its operator: somebody decided it, and says so."""
    found = block.strings("unstated")
    for name in found:
        block.allowed("unstated", name, vocabulary.UNSTATED)
    reading.refer_one(block, "assumption", "assumptions", required=bool(found))
    return found


def _time_zone(block: Block) -> str:
    zone = block.text("time_zone", required=True)
    if zone and zone not in available_timezones():
        block.findings.add(
            "time-zone",
            block.line_of("time_zone"),
            block.path("time_zone"),
            _("There is no time zone “%(zone)s”."),
            _("Did you mean “%(meant)s”?")
            if (meant := closest(zone, available_timezones()))
            else _("Write it as Europe/Moscow."),
            zone=zone,
            meant=meant,
        )
        return "UTC"
    return zone or "UTC"


def _law(root: Block, reading: Reading) -> tuple[str, ...]:
    block = root.block("law", required=True)
    if block is None:
        return ()
    governing = block.strings("governing", required=True)
    reading.bind(block, "policy.scope")
    block.close()
    return governing


def _sites(root: Block, reading: Reading) -> list[model.Site]:
    found: list[model.Site] = []
    if not root.has("sites"):
        root.missing("sites")
    for block in root.listed("sites"):
        host = block.text("host", required=True).lower()
        if host and not _HOST.fullmatch(host):
            reading.findings.add(
                "host",
                block.line_of("host"),
                block.path("host"),
                _("“%(host)s” is not the name of a host."),
                _("Write it without https:// and without a path, as example.org."),
                host=host,
            )
        path = block.text("path", "/")
        name = block.text("slug")
        if name and not SLUG.fullmatch(name):
            _no_slug(reading, block, name)
        found.append(
            model.Site(
                host=host,
                path=path if path.startswith("/") else f"/{path}",
                subdomains=block.flag("subdomains"),
                clauses=reading.bind(block, "policy.scope"),
                slug=name,
                posted=block.choice("posted", vocabulary.POSTED, model.WITH_THE_SITE),
            )
        )
        block.close()
    return found


def _no_slug(reading: Reading, block: Block, slug: str) -> None:
    reading.findings.add(
        "slug",
        block.line_of("slug"),
        block.path("slug"),
        _("“%(slug)s” is not a name that can stand in addresses."),
        _("Use small Latin letters, digits and hyphens."),
        slug=slug,
    )


def calendar(root: Block, reading: Reading, zone: str) -> WorkingCalendar:
    block = root.block("calendar", required=True)
    if block is None:
        return WorkingCalendar("none", zone)
    code = block.text("code", required=True) or "none"
    receipt_counts = block.flag("day_of_receipt_counts")
    roll = block.choice("roll", ROLLS, "none")
    added, removed, worked = (_days(block, name) for name in _CALENDAR_DAYS)
    if assumption := block.text("assumption"):
        reading.references.append(
            Reference(
                "assumptions", assumption, block.line_of("assumption"), block.path("assumption")
            )
        )
    reading.bind(block, "request.clock")
    block.close()
    try:
        return WorkingCalendar(code, zone, receipt_counts, added, removed, worked, roll)
    except CalendarError:
        _no_calendar(block, code, zone)
        return WorkingCalendar("none", zone)


def _no_calendar(block: Block, code: str, zone: str) -> None:
    """Say whether the code is unknown or the added and removed days contradict each other."""
    try:
        WorkingCalendar(code, zone)
    except CalendarError:
        block.findings.add(
            "calendar",
            block.line_of("code"),
            block.path("code"),
            _("There is no working calendar “%(calendar)s”."),
            _("Write RU, KZ, KG, US-FL, the two letters of another country, or “none”."),
            calendar=code,
        )
        return
    block.findings.add(
        "calendar",
        block.line,
        block.key,
        _("One day is both an added holiday and an added working day."),
        _("Leave it in one of the two lists."),
    )


def _days(block: Block, name: str) -> frozenset[date]:
    found = set()
    for text, line in block.dated(name):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            block.findings.add(
                "date",
                line,
                block.path(name),
                _("“%(text)s” is not a date."),
                _("Write it as year-month-day: 2024-12-31."),
                text=text,
            )
    return frozenset(found)


def version(root: Block, reading: Reading) -> Version:
    block = root.block("version", required=True)
    if block is None:
        return Version(0, date.min, "at-posting")
    number = block.number("number", required=True, least=1)
    dated = block.day("dated")
    effective = block.text("effective", "at-posting")
    if effective not in vocabulary.EFFECTIVE:
        try:
            effective = date.fromisoformat(effective).isoformat()
        except ValueError:
            block.allowed("effective", effective, (*vocabulary.EFFECTIVE, "2024-05-01"))
    reading.bind(block, "policy.version")
    block.close()
    return Version(number or 0, dated, effective)
