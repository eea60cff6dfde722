"""Which files are taken, by the type of the policy's field. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """One kind of file. ``declared`` are the names under which browsers send it, ``endings``
    those of its name; ``picture`` is Pillow's name if it is decoded and written anew."""

    name: str
    ending: str
    declared: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()
    picture: str = ""
    zipped: bool = False


def _media(
    name: str, endings: str, *declared: str, picture: str = "", zipped: bool = False
) -> Media:
    first, *_others = names = endings.split()
    return Media(name, first, frozenset({name, *declared}), frozenset(names), picture, zipped)


PICTURES = (
    _media("image/jpeg", "jpg jpeg jpe jfif", "image/jpg", "image/pjpeg", picture="JPEG"),
    _media("image/png", "png", "image/x-png", picture="PNG"),
    _media("image/webp", "webp", picture="WEBP"),
)
SOUNDS = (
    _media("audio/mpeg", "mp3", "audio/mp3", "audio/x-mp3", "audio/mpeg3"),
    _media("audio/mp4", "m4a mp4", "audio/x-m4a", "audio/m4a"),
    _media("audio/ogg", "ogg oga opus", "audio/opus", "application/ogg", "audio/vorbis"),
    _media("audio/x-wav", "wav", "audio/wav", "audio/wave", "audio/vnd.wave"),
    _media("audio/x-flac", "flac", "audio/flac"),
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAPERS = (
    _media("application/pdf", "pdf", "application/x-pdf"),
    _media(_WORD, "docx", zipped=True),
    _media("application/vnd.oasis.opendocument.text", "odt", zipped=True),
    *PICTURES,
)

MAIL = _media("message/rfc822", "eml")
"""A message as it arrived (RFC 5322). It is never shown, only taken apart or downloaded."""

TAKEN: Mapping[str, tuple[Media, ...]] = {
    "photo": PICTURES,
    "voice": SOUNDS,
    "document": PAPERS,
    "mail": (MAIL,),
}
"""The kinds of files each type of field takes; a copy of a document may be photographed."""

BY_NAME: Mapping[str, Media] = {each.name: each for each in (*SOUNDS, *PAPERS, MAIL)}


def accept(kind: str) -> str:
    """What the form tells the browser to offer: ``.jpg,.jpeg,.png``."""
    return ",".join(f".{ending}" for each in TAKEN[kind] for ending in sorted(each.endings))


def endings(kind: str) -> str:
    """The same for people: “JPG, PNG, WEBP”."""
    return ", ".join(each.ending.upper() for each in TAKEN[kind])
