"""The act of a scrub as a PDF in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.documents.actions import Document, SignatureBlock, render_pdf


def scrub_pdf(envelope: Mapping[str, Any], language: str) -> bytes:
    """The act as PDF/A; the same act in the same language always gives the same bytes."""
    with translation.override(language):
        return render_pdf("act", _document(envelope, language), language)


def _document(envelope: Mapping[str, Any], language: str) -> Document:
    said = envelope["document"]
    operator = said["operator"]["legal_name"]
    return Document(
        title=_("Act on what is left in the files of the database"),
        number=str(said["id"]),
        date=datetime.fromisoformat(said["made_at"]).date(),
        issuer=operator,
        verification=_(
            "The signed document behind this page has the SHA-256 %(sha256)s. It holds no "
            "personal data; check it with the operator’s public key, against the journal entry "
            "%(entry)s."
        )
        % {"sha256": sha256_hex(canonical_bytes(said)), "entry": said["journal_entry"]},
        intro=(_intro(said["proven"]),),
        rows=tuple(_rows(said, language)),
        signature=SignatureBlock(
            signed_by=operator,
            key_id=str(envelope["key_id"]),
            signature=str(envelope["signature"]).strip(),
        ),
    )


def _intro(proven: bool) -> str:  # noqa: FBT001
    if proven:
        return _(
            "This act completes the acts of destruction before it: what was destroyed by then is "
            "in no file of the database any more, as far as is said below."
        )
    return _(
        "This act completes the acts of destruction before it: the files of the database were "
        "written anew as far as is said below. They were not searched."
    )


def _rows(said: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    covers, searched = said["covers"], said["searched"]
    rows = [(_("Destroyed before"), _moment(said["began_at"]))]
    if covers.get("last"):
        last = covers["last"]
        rows.append((_("Last act before"), f"{last['year']}-{last['number']}"))
    rows.append((_("Destroyed values and parts of files"), str(covers["values"])))
    if searched:
        rows += [
            (_("Files searched"), str(searched["files"])),
            (_("Bytes searched"), f"{searched['bytes']:,}".replace(",", "\u00a0")),
        ]
    rows += [
        (_("Done") if each["done"] else _("Not done"), each["how"][language])
        for each in said["steps"]
    ]
    rows += [(_("Not proven"), each["words"][language]) for each in said["not_proven"]]
    rows += [(_("Database"), said["database"]), (_("Stated at"), _moment(said["made_at"]))]
    return rows


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d, %H:%M:%S} (UTC)"
