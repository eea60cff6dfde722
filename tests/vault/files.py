"""Files as people send them, and as attackers do."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from tutela.core.spool import Spool
from tutela.policy.model import Field

PHOTO = Field("photo", "order", "photo", {}, megabytes=1, megapixels=1)
VOICE = Field("voice", "order", "voice", {}, megabytes=1)
PAPER = Field("paper", "order", "document", {}, megabytes=1, megapixels=1)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
WAV = (
    b"RIFF"
    + struct.pack("<I", 36 + 800)
    + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    + b"data"
    + struct.pack("<I", 800)
    + bytes(800)
)
SECRET = b"48.1372 N 11.5755 E, Ann Larkspur"


def spool(content: bytes) -> Spool:
    made = Spool()
    made.write(content)
    return made


def noise(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    return Image.effect_noise((width, height), 90).convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def telling_jpeg() -> bytes:
    """A photograph that tells where it was taken, by whom, and lies on its side."""
    exif = Image.Exif()
    exif[Base.Artist] = "Ann Larkspur"
    exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 8.0, 14.0)
    return saved(noise(), "JPEG", exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET)


def telling_png() -> bytes:
    told = PngInfo()
    told.add_text("Author", SECRET.decode())
    told.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=True)
    return saved(noise(), "PNG", pnginfo=told, exif=Image.Exif().tobytes())


def huge_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few kilobytes that would be decoded to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checked

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def docx(**more: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document>Hello</document>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


FIELDS_WITH_FILES = """  photo:
    category: order
    type: photo
    title: {en: Photograph, ru: Фотография}
    megabytes: 2
  paper:
    category: order
    type: document
    title: {en: Paper, ru: Документ}
"""
