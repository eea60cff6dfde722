"""What ISO 19005-2 asks of a file that shall be read in decades, looked for in the papers we make.

No checker of the whole standard is packaged for us, so these are the rules whose breach makes a
file unreadable or changeable later, read from its objects and by poppler, which shares no code
with what wrote it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

from tutela.core.vocabulary import LANGUAGES
from tutela.documents.actions import render_pdf

ACT = {
    "title": "Act of destruction · Акт об уничтожении",
    "number": "2024-000017",
    "date": "2024-07-03",
    "issuer": "Example operator",
    "intro": ["The data was destroyed.", "Данные уничтожены."],
    "rows": [[f"Row {number} · Строка", "Clause 9.4 · пункт 9.4 ≥ —"] for number in range(60)],
    "signature": {"signed_by": "Example operator", "key_id": "a1b2c3d4", "signature": "AA+/" * 22},
    "verification": "To verify: tutela verify act.json",
}
FORBIDDEN = (
    *(b"/Encrypt", b"/JavaScript", b"/JS", b"/Launch", b"/Movie", b"/Sound", b"/RichMedia"),
    *(b"/ImportData", b"/ResetForm", b"/SubmitForm", b"/GoToR", b"/URI", b"/EmbeddedFile"),
    *(b"/XFA", b"/AcroForm", b"/AA", b"/OpenAction", b"/LZWDecode", b"/Crypt", b"/F ("),
    *(b"/Alternates", b"/OPI", b"/PS", b"/TR ", b"/HTP", b"/Ref", b"/NeedAppearances"),
)


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Each object by its number, streams unpacked; none hides in a stream of objects."""
    assert b"/ObjStm" not in pdf
    found = {}
    for number, body in re.findall(rb"(?s)(?<!\d)(\d+) 0 obj\s(.*?)\sendobj", pdf):
        head, stream, rest = body.partition(b"stream\n")
        packed = rest.rpartition(b"\nendstream")[0]
        if stream and b"/FlateDecode" in head:
            packed = zlib.decompress(packed)
        found[int(number)] = head + packed
    return found


def _at(objects: dict[int, bytes], name: bytes, of: bytes) -> bytes:
    """What an entry of an object leads to."""
    reference = re.search(name + rb"\s*(\d+) 0 R", of)
    assert reference, name
    return objects[int(reference[1])]


@pytest.fixture(scope="module", params=LANGUAGES)
def pdf(request: pytest.FixtureRequest) -> bytes:
    return render_pdf("act", ACT, request.param)


@pytest.fixture(scope="module")
def objects(pdf: bytes) -> dict[int, bytes]:
    return _objects(pdf)


@pytest.fixture(scope="module")
def catalog(objects: dict[int, bytes]) -> bytes:
    (found,) = [each for each in objects.values() if b"/Type/Catalog" in each]
    return found


def test_the_file_begins_and_ends_as_it_must(pdf: bytes) -> None:
    header, comment = pdf.split(b"\n", 2)[:2]
    assert re.fullmatch(rb"%PDF-1\.[4-7]", header)
    assert comment.startswith(b"%")
    assert len([byte for byte in comment[1:] if byte > 127]) >= 4
    assert pdf.rstrip(b"\r\n").endswith(b"%%EOF")
    assert pdf.count(b"%%EOF") == 1, "nothing was added later"
    assert re.search(rb"/ID\s*\[\s*[(<]", pdf), "6.1.3"


def test_nothing_in_it_acts_hides_or_points_elsewhere(
    pdf: bytes, objects: dict[int, bytes]
) -> None:
    heads = b"\n".join(each.partition(b"stream\n")[0] for each in objects.values())
    for name in FORBIDDEN:
        assert not re.search(re.escape(name) + rb"(?![A-Za-z])", heads), name
    assert b"/Encrypt" not in pdf[pdf.rindex(b"trailer") if b"trailer" in pdf else -2000 :]


def test_its_colours_are_defined_in_it(objects: dict[int, bytes], catalog: bytes) -> None:
    intents = _at(objects, b"/OutputIntents", catalog)
    if b"/GTS_PDFA1" not in intents:
        intents = _at(objects, rb"\[", intents)
    assert b"/GTS_PDFA1" in intents
    assert b"/OutputConditionIdentifier" in intents
    profile = _at(objects, b"/DestOutputProfile", intents)
    icc = profile[profile.index(b"acsp") - 36 :]
    assert int.from_bytes(icc[:4], "big") == len(icc), "the profile is whole"
    assert icc[8] <= 4
    assert (icc[12:16], icc[16:20]) in {(b"mntr", b"RGB "), (b"prtr", b"RGB ")}


def test_its_metadata_says_what_it_is_and_agrees_with_itself(
    pdf: bytes, objects: dict[int, bytes], catalog: bytes
) -> None:
    xmp = _at(objects, b"/Metadata", catalog)
    assert b"/Filter" not in xmp.partition(b"<?xpacket")[0], "readable without unpacking"
    text = xmp[xmp.index(b"<?xpacket") :].decode()
    assert re.findall(r"<pdfaid:part>(\d)</pdfaid:part>", text) == ["2"]
    assert re.findall(r"<pdfaid:conformance>(\w)</pdfaid:conformance>", text) == ["A"]
    assert re.findall(r"<pdfuaid:part>(\d)</pdfuaid:part>", text) == ["1"]
    assert ACT["title"] in text
    assert "2024-07-03T00:00:00" in text
    assert b"D:20240703000000" in pdf, "6.6.3: both say the same moment"


def test_it_is_tagged_in_its_language(pdf: bytes, catalog: bytes) -> None:
    assert re.search(rb"/MarkInfo\s*<<[^>]*/Marked true", catalog)
    assert b"/StructTreeRoot" in catalog
    assert re.search(rb"/Lang\((en|ru)\)", catalog)


@pytest.fixture(scope="module")
def asked(pdf: bytes, tmp_path_factory: pytest.TempPathFactory):
    """What a program of poppler says of the file."""
    path: Path = tmp_path_factory.mktemp("archival") / "act.pdf"
    path.write_bytes(pdf)

    def ask(program: str) -> str:
        if not shutil.which(program):
            pytest.skip(f"needs {program} (poppler-utils)")
        done = subprocess.run([program, str(path)], capture_output=True, text=True, check=True)
        return done.stdout

    return ask


def test_every_font_is_inside_with_what_its_letters_mean(asked) -> None:
    lines = asked("pdffonts").splitlines()[2:]
    assert lines
    for line in lines:
        embedded, subset, unicode = line.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes"), line


def test_another_program_reads_it_as_we_meant_it(asked) -> None:
    said = dict(re.findall(r"(?m)^(\w[\w ]*):\s+(.*)$", asked("pdfinfo")))
    assert (said["Encrypted"], said["JavaScript"], said["Tagged"]) == ("no", "no", "yes")
    assert (said["Form"], said["Title"]) == ("none", ACT["title"])
    assert int(said["Pages"]) > 1


def test_the_rules_find_what_breaks_them(objects: dict[int, bytes]) -> None:
    bad = b"1 0 obj\n<</S/JavaScript/JS (app.alert(1))>>\nendobj\n"
    with pytest.raises(AssertionError):
        test_nothing_in_it_acts_hides_or_points_elsewhere(bad, objects | _objects(bad))
    with pytest.raises(AssertionError):
        test_its_colours_are_defined_in_it(objects, b"<</Type/Catalog>>")
