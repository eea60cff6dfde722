"""What a file really is, whatever it is called: looked at before anything is stored.

The first bytes tell the kind (the library ``filetype``); the kind must be one that the field
takes, and the one that the sender's browser declared. Pictures are then written anew
(``pictures``). Papers and sounds are kept as they are, so nothing may hide in them: no second
kind of file at their head or tail, no bomb among their parts (``archives``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

import filetype
from django.utils.translation import gettext as _

from tutela.core.spool import Spool
from tutela.policy.model import Field
from tutela.vault.attachments import archives, pictures
from tutela.vault.attachments.errors import UnfitFile
from tutela.vault.attachments.kinds import BY_NAME, TAKEN, Media, endings

_HEAD, _TAIL = 8192, 65_557  # as far as filetype looks; the longest end of a zip archive
_UNKNOWN = {"", "application/octet-stream", "binary/octet-stream"}
_MARKUP = (b"<html", b"<script", b"<svg", b"<!doctype", b"<body", b"<iframe")
_START = 1024
"""Readers of PDF and browsers that guess look no further for a beginning."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A file that may be sealed: what it is, and its content to the last byte."""

    media: Media
    content: Spool


def examine(field: Field, sent: Spool, *, size: int, declared: str = "", name: str = "") -> Clean:
    """The file, fit to be kept in ``field``. ``size`` is what was sent, in bytes; ``declared``
    and ``name`` are what the sender's browser calls it, and are kept nowhere.

    Raises ``UnfitFile`` with a sentence for the sender.
    """
    if not size:
        raise UnfitFile(_("This file is empty. Choose another one."))
    if size > field.megabytes * 1_000_000:
        raise _too_large(field)
    head = _read(sent, 0, _HEAD)
    media = _kind(field, head)
    _check_claim(media, declared, name)
    if media.picture:
        clean = pictures.written_anew(sent, media, field.megapixels)
        if clean.size > 2 * field.megabytes * 1_000_000:
            raise _too_large(field)
        return Clean(media, clean)
    _check_nothing_hides(media, sent, head)
    return Clean(media, sent)


def _kind(field: Field, head: bytes) -> Media:
    guessed = filetype.guess(head)
    media = BY_NAME.get(guessed.mime) if guessed else None
    if media is None or media not in TAKEN[field.type]:
        raise UnfitFile(
            _("A file of this kind is not taken here. Choose one of these: %(kinds)s.")
            % {"kinds": endings(field.type)}
        )
    return media


def _check_claim(media: Media, declared: str, name: str) -> None:
    ending = PurePath(name).suffix.lower().removeprefix(".")
    said = declared.partition(";")[0].strip().lower()
    if (ending and ending not in media.endings) or said not in _UNKNOWN | media.declared:
        raise UnfitFile(
            _("This file is called one thing and is another: really it is %(kind)s. Save it anew.")
            % {"kind": media.ending.upper()}
        )


def _check_nothing_hides(media: Media, sent: Spool, head: bytes) -> None:
    tail = _read(sent, max(0, sent.size - _TAIL), _TAIL)
    start = head[:_START].lower()
    hides = any(each in start for each in _MARKUP)
    if media.zipped:
        archives.check(sent)
        hides |= not head.startswith(b"PK\x03\x04") or b"%pdf-" in start
    else:
        hides |= b"PK\x05\x06" in tail
    if media.name == "application/pdf":
        hides |= not head.startswith(b"%PDF-") or not _ends_as_pdf(tail)
    else:
        hides |= b"%pdf-" in start
    if hides:
        raise UnfitFile(
            _("Something else is hidden in this file, or it is cut short. Save it anew, send that.")
        )


def _ends_as_pdf(tail: bytes) -> bool:
    """Nothing but blanks follows the mark of the end (ISO 32000-1, 7.5.5)."""
    _before, mark, after = tail.rpartition(b"%%EOF")
    return bool(mark) and not after.strip(b"\x00\t\n\x0c\r ")


def _too_large(field: Field) -> UnfitFile:
    return UnfitFile(
        _("This file is larger than %(count)d MB. Make it smaller, then send it.")
        % {"count": field.megabytes}
    )


def _read(content: Spool, start: int, count: int) -> bytes:
    content.seek(start)
    return content.read(count)
