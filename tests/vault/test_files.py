"""What a file really is: taken if it is what it says, cleaned, and refused with a sentence."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from PIL import Image
from tests.vault import files
from tests.vault.files import PAPER, PDF, PHOTO, SECRET, VOICE, WAV, docx, noise, saved, spool

from tutela.policy.limits import LARGEST
from tutela.policy.model import Field
from tutela.policy.vocabulary import ATTACHMENT_TYPES
from tutela.vault.attachments.errors import UnfitFile
from tutela.vault.attachments.examining import Clean, examine
from tutela.vault.attachments.kinds import TAKEN
from tutela.web.uploads import LARGEST_FILE

JPEG, PNG, WEBP = (saved(noise(), kind) for kind in ("JPEG", "PNG", "WEBP"))


def look(field: Field, content: bytes, declared: str = "", name: str = "") -> Clean:
    return examine(field, spool(content), size=len(content), declared=declared, name=name)


def content_of(clean: Clean) -> bytes:
    clean.content.seek(0)
    return clean.content.read()


@pytest.mark.parametrize(
    ("field", "content", "declared", "name", "media"),
    [
        (PHOTO, JPEG, "image/jpeg", "IMG_1.JPG", "image/jpeg"),
        (PHOTO, JPEG, "image/jpg", "a.jpeg", "image/jpeg"),
        (PHOTO, PNG, "image/png", "a.png", "image/png"),
        (PHOTO, WEBP, "image/webp", "a.webp", "image/webp"),
        (PAPER, PDF, "application/pdf", "a.pdf", "application/pdf"),
        (PAPER, PDF, "", "", "application/pdf"),
        (PAPER, JPEG, "application/octet-stream", "", "image/jpeg"),
        (PAPER, docx(), "", "letter.docx", TAKEN["document"][1].name),
        (VOICE, WAV, "audio/wav", "a.wav", "audio/x-wav"),
        (VOICE, b"ID3\x03" + bytes(400), "audio/mpeg", "a.mp3", "audio/mpeg"),
        (VOICE, b"OggS" + bytes(400), "audio/ogg; codecs=opus", "a.ogg", "audio/ogg"),
    ],
)
def test_what_is_what_it_says_is_taken(field, content, declared, name, media) -> None:
    assert look(field, content, declared, name).media.name == media


@pytest.mark.parametrize("content", [files.telling_jpeg(), files.telling_png()])
def test_a_picture_keeps_nothing_but_its_points(content: bytes) -> None:
    assert any(each in content for each in (SECRET, b"Ann Larkspur", b"zTXt", b"iTXt"))
    clean = content_of(look(PHOTO, content))
    for trace in (SECRET, b"Larkspur", b"Exif", b"xmp", b"tEXt", b"iTXt", b"eXIf", b"GPS"):
        assert trace not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_picture_that_lay_on_its_side_stands_upright() -> None:
    with Image.open(io.BytesIO(content_of(look(PHOTO, files.telling_jpeg())))) as image:
        assert image.size == (40, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_survives(mode: str) -> None:
    image = Image.new("I;16", (60, 40)) if mode == "I;16" else noise().convert(mode)
    with Image.open(io.BytesIO(content_of(look(PHOTO, saved(image, "PNG"))))) as anew:
        assert anew.size == (60, 40)


class TestAnUploadThatLiesAboutItsType:
    @pytest.mark.parametrize(
        ("content", "declared", "name"),
        [
            (PNG, "image/jpeg", ""),
            (PNG, "", "holiday.jpg"),
            (JPEG, "image/jpeg", "setup.exe"),
            (JPEG, "text/html", ""),
            (JPEG, "image/jpeg", "picture.jpg.html"),
        ],
    )
    def test_is_refused(self, content: bytes, declared: str, name: str) -> None:
        with pytest.raises(UnfitFile, match="called one thing and is another") as raised:
            look(PHOTO, content, declared, name)
        assert "holiday" not in str(raised.value)

    @pytest.mark.parametrize(
        "content",
        [
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"<!doctype html><script>alert(1)</script>",
            b"MZ" + bytes(500),
            b"GIF89a" + bytes(500),
            b"\x7fELF" + bytes(500),
            b"PK\x03\x04" + bytes(500),
            PDF,
            WAV,
        ],
    )
    def test_is_no_photograph_whatever_it_is_called(self, content: bytes) -> None:
        with pytest.raises(UnfitFile, match="JPG, PNG, WEBP"):
            look(PHOTO, content, "image/jpeg", "a.jpg")

    @pytest.mark.parametrize("field", [PHOTO, PAPER])
    def test_is_no_picture_because_it_begins_like_one(self, field: Field) -> None:
        for content in (JPEG[:60] + b"<script>" * 99, PNG[:40], b"\xff\xd8\xff" + bytes(99)):
            with pytest.raises(UnfitFile, match="damaged or is none"):
                look(field, content)


class TestAPolyglot:
    def test_of_a_picture_and_something_else_is_left_with_the_picture(self) -> None:
        for more in (b"<script>alert(1)</script>", docx(), PDF, b"\0" * 300_000):
            for picture in (JPEG, PNG, WEBP):
                clean = content_of(look(PHOTO, picture + more))
                assert more[:20] not in clean

    @pytest.mark.parametrize(
        ("field", "content"),
        [
            (PAPER, PDF + docx()),
            (PAPER, PDF + b"<script>alert(1)</script>"),
            (PAPER, b"%PDF-1.7 <html><script>alert(1)</script>" + PDF),
            (PAPER, PDF[:-7]),
            (VOICE, WAV + docx()),
            (VOICE, WAV[:60] + b"<html><script>" + WAV),
            (VOICE, WAV[:60] + PDF + WAV),
        ],
    )
    def test_of_papers_or_sounds_is_refused(self, field: Field, content: bytes) -> None:
        with pytest.raises(UnfitFile, match="hidden in this file"):
            look(field, content)


class TestABomb:
    @pytest.mark.parametrize("content", [files.huge_png(), files.huge_png(1_001, 1_000)])
    def test_of_points_is_refused_before_it_is_decoded(self, content: bytes) -> None:
        with pytest.raises(UnfitFile, match="more than 1 million points"):
            look(PHOTO, content)

    def test_of_packed_text_in_a_picture_is_refused(self) -> None:
        told = files.PngInfo()
        told.add_text("Comment", "A" * 80_000_000, zip=True)
        with pytest.raises(UnfitFile, match="damaged or is none"):
            look(PHOTO, saved(noise(), "PNG", pnginfo=told))

    def test_of_one_part_that_grows_beyond_measure_is_refused(self) -> None:
        with pytest.raises(UnfitFile, match="far more than a document is"):
            look(PAPER, docx(word__media=bytes(20_000_000)))

    def test_of_many_parts_is_refused(self) -> None:
        with pytest.raises(UnfitFile, match="far more than a document is"):
            look(PAPER, docx(**{f"word__part{number}": b"" for number in range(2_100)}))

    def test_of_parts_that_lie_over_each_other_is_refused(self) -> None:
        """The list names one packed part again and again, as in a bomb that never nests."""
        content = docx(word__more=b"x" * 900_000)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            start, parts = archive.start_dir, archive.infolist()
        listed = content[start:].partition(b"PK\x05\x06")[0]
        times = 40
        end = struct.pack(
            "<4s4H2LH",
            b"PK\x05\x06",
            0,
            0,
            len(parts) * times,
            len(parts) * times,
            len(listed) * times,
            start,
            0,
        )
        with pytest.raises(UnfitFile, match="far more than a document is"):
            look(PAPER, content[:start] + listed * times + end)

    @pytest.mark.parametrize("name", ["word__vbaProject_bin", "word__x_exe", "inner_zip"])
    def test_or_program_within_a_document_is_refused(self, name: str) -> None:
        with pytest.raises(UnfitFile, match="programs or other archives"):
            look(PAPER, docx(**{name: b"x"}))


def test_a_file_that_is_empty_or_too_large_is_refused() -> None:
    with pytest.raises(UnfitFile, match="empty"):
        look(PHOTO, b"")
    with pytest.raises(UnfitFile, match="larger than 1 MB"):
        look(PHOTO, JPEG + bytes(1_000_000))


def test_the_type_of_every_field_that_holds_a_file_takes_something() -> None:
    assert set(TAKEN) == set(ATTACHMENT_TYPES)
    assert all(TAKEN.values())


def test_no_policy_allows_more_than_what_is_kept_on_the_way() -> None:
    assert LARGEST["megabytes"][1] * 1_000_000 <= LARGEST_FILE
