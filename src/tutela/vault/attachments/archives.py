"""Documents that are archives inside (DOCX, ODT) are judged by their list of contents alone.

Nothing is unpacked. A bomb shows in that list: too many parts, parts that would grow beyond
measure, parts that lie over each other, archives in the archive.
"""

from __future__ import annotations

import zipfile

from django.utils.translation import gettext as _

from tutela.core.spool import Spool
from tutela.vault.attachments.errors import UnfitFile

MOST_PARTS = 2_000
LARGEST_UNPACKED = 200_000_000
STEEPEST = 100
"""How many bytes of a part one packed byte may stand for; text of a letter packs to a tenth."""
_FREE = 1_000_000
"""Bytes that a part may grow to whatever its packing is; repetition in small parts is harmless."""
_NESTED = (".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".docx", ".xlsx", ".odt", ".jar")
_PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")


def check(content: Spool) -> None:
    """Raises ``UnfitFile`` for what is no sound document or could do harm when it is opened."""
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            start = archive.start_dir
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UnfitFile(
            _("This document is damaged. Open it, save it anew and send that.")
        ) from None
    if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > LARGEST_UNPACKED:
        raise _bomb()
    if any(_grows(each) for each in parts) or _overlap(parts, start):
        raise _bomb()
    names = [each.filename.lower() for each in parts]
    if any(each.flag_bits & 1 for each in parts):
        raise UnfitFile(_("This document is locked by a password. Send it without one."))
    if any(name.endswith(_NESTED) or name.endswith(_PROGRAMS) for name in names):
        raise UnfitFile(
            _("This document holds programs or other archives. Save it as PDF and send that.")
        )
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise UnfitFile(_("This document is damaged. Open it, save it anew and send that."))


def _grows(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _FREE and part.file_size > STEEPEST * max(part.compress_size, 1)


def _overlap(parts: list[zipfile.ZipInfo], end: int) -> bool:
    """Whether parts share bytes, or the list of contents lies about where they are."""
    places = sorted((each.header_offset, each.compress_size) for each in parts)
    reached = 0
    for offset, length in places:
        if offset < reached:
            return True
        reached = offset + length
    return reached > end


def _bomb() -> UnfitFile:
    return UnfitFile(
        _("This document would unpack to far more than a document is. Save it as PDF instead.")
    )
