"""Documents for people: data in, PDF out, made by typst from the templates beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from tutela.core.errors import TutelaError

_TEMPLATES = Path(__file__).parent / "templates"

_WORDS: Mapping[str, Any] = json.loads((_TEMPLATES / "words.json").read_text("utf-8"))
"""What the templates say by themselves, by language."""


class DocumentIncomplete(TutelaError):
    """The data of a document lacks a part, or a part has a wrong shape; the message names it."""


class NoTemplate(TutelaError):
    """There is no template of that name for documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Who signed and how to recognise it; ``signature`` may be left empty."""

    signed_by: str
    key_id: str
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every template shows. ``rows`` are pairs of a label and a value; ``verification`` is
    the line at the foot that says how to check the document; ``date`` is its only date, so that
    the same data always gives the same bytes. ``narrow`` labels are numbers, not words."""

    title: str
    number: str
    date: date
    issuer: str
    verification: str
    intro: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    signature: SignatureBlock | None = None
    narrow: bool = False


def render_pdf(template: str, data: Mapping[str, Any] | Document, language: str) -> bytes:
    """``data`` (a ``Document``, or a mapping with its fields) as PDF/A-2a in ``language``.

    The same arguments give the same bytes. Raises ``DocumentIncomplete`` and ``NoTemplate``.
    """
    if language not in _WORDS:
        raise DocumentIncomplete(f"A document can be written in {', '.join(_WORDS)} only.")
    source = _TEMPLATES / f"{template}.typ"
    if not template.isidentifier() or not source.is_file():
        raise NoTemplate(f"There is no document template “{template}”.")
    document = data if isinstance(data, Document) else read(data)
    content = asdict(document) | {
        "date": [document.date.year, document.date.month, document.date.day],
        "dated": _in_words(document.date, language),
    }
    import typst  # noqa: PLC0415 - a quarter of all that is installed, and seldom needed

    return bytes(
        typst.compile(
            str(source),
            root=str(_TEMPLATES),
            sys_inputs={"data": json.dumps(content, ensure_ascii=False), "language": language},
            ignore_system_fonts=True,
            # PDF/A-2a keeps for decades and is tagged; PDF/UA-1 is read aloud rightly (WCAG 2.2).
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(datetime.combine(document.date, time(), UTC).timestamp()),
        )
    )


def _in_words(day: date, language: str) -> str:
    words = _WORDS[language]
    month = words["months"][day.month - 1]
    return str(words["dated"].format(day=day.day, month=month, year=day.year))


def read(data: Mapping[str, Any]) -> Document:
    """The document that ``data`` describes; ``date`` may be ISO text. Raises
    ``DocumentIncomplete`` naming the part, never its content."""
    unknown = set(data) - set(Document.__dataclass_fields__)
    if unknown:
        raise DocumentIncomplete(f"A document has no part “{min(unknown)}”.")
    signature = data.get("signature")
    return Document(
        title=_text(data, "title"),
        number=_text(data, "number"),
        date=_day(data),
        issuer=_text(data, "issuer"),
        verification=_text(data, "verification"),
        intro=tuple(_strings(data.get("intro", ()), "intro")),
        rows=tuple(_pair(each) for each in _listed(data.get("rows", ()), "rows")),
        signature=_signature(signature) if signature is not None else None,
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DocumentIncomplete(f"The part “{name}” of the document must be a text.")
    return value


def _day(data: Mapping[str, Any]) -> date:
    value = data.get("date")
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise DocumentIncomplete("The part “date” of the document must be a date.") from None


def _strings(values: Any, name: str) -> list[str]:
    if not all(isinstance(each, str) for each in _listed(values, name)):
        raise DocumentIncomplete(f"The part “{name}” of the document must be a list of texts.")
    return list(values)


def _listed(values: Any, name: str) -> Sequence[Any]:
    if not isinstance(values, list | tuple):
        raise DocumentIncomplete(f"The part “{name}” of the document must be a list.")
    return values


def _pair(row: Any) -> tuple[str, str]:
    cells = _strings(row, "rows")
    if len(cells) != 2:  # noqa: PLR2004 - a label and a value
        raise DocumentIncomplete("Each of “rows” must be a label and a value.")
    return cells[0], cells[1]


def _signature(value: Any) -> SignatureBlock:
    if isinstance(value, SignatureBlock):
        return value
    if not isinstance(value, Mapping):
        raise DocumentIncomplete("The part “signature” of the document must have its parts named.")
    signature = value.get("signature", "")
    return SignatureBlock(
        signed_by=_text(value, "signed_by"),
        key_id=_text(value, "key_id"),
        signature=signature if isinstance(signature, str) else _text(value, "signature"),
    )
