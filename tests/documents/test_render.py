from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import date

import pytest

from tutela.core.vocabulary import LANGUAGES
from tutela.documents.actions import (
    Document,
    DocumentIncomplete,
    NoTemplate,
    SignatureBlock,
    render_pdf,
)

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.fixture
def act():
    return {
        "title": "Act of destruction · Акт об уничтожении",
        "number": "2024-000017",
        "date": "2024-07-03",
        "issuer": "Example operator",
        "intro": ["The data was destroyed.", "Данные уничтожены."],
        "rows": [["Journal state", HASH], ["Ground", "Clause 9.4"]],
        "signature": {
            "signed_by": "Example operator",
            "key_id": "a1b2c3d4",
            "signature": "AA+/" * 22,
        },
        "verification": "To verify: tutela verify act.json",
    }


@pytest.fixture
def text_of(tmp_path):
    """The text a reader can copy out of a PDF."""
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext (poppler-utils)")

    def text_of(pdf):
        path = tmp_path / "document.pdf"
        path.write_bytes(pdf)
        done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
        return done.stdout.decode()

    return text_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_is_an_archival_pdf_with_its_fonts_inside(act, language):
    pdf = render_pdf("act", act, language)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert set(re.findall(rb"/FontName ?/[A-Z]{6}\+([A-Za-z]+)", pdf)) == {b"LibertinusSerif"}


def test_the_same_data_gives_the_same_bytes_in_another_process_too(act):
    program = (
        "import sys, json; from tutela.documents.actions import render_pdf;"
        "sys.stdout.buffer.write(render_pdf('act', json.load(sys.stdin), 'ru'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(act).encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout == render_pdf("act", act, "ru")
    assert done.stdout != render_pdf("act", act | {"number": "2024-000018"}, "ru")


def test_the_date_of_a_document_is_that_of_its_data(act):
    assert b"D:20240703" in render_pdf("act", act, "en")
    assert b"D:20310101" in render_pdf("act", act | {"date": date(2031, 1, 1)}, "en")


def test_what_a_document_says_can_be_read_and_long_values_can_be_copied(act, text_of):
    text = text_of(render_pdf("act", act, "ru"))
    assert "3 июля 2024 года" in text
    assert "Страница 1 из 1" in text
    assert "To verify: tutela verify act.json" in text
    assert HASH in text.replace("\n", "")
    assert "AA+/" * 22 in text.replace("\n", "")


@pytest.mark.parametrize(
    "trick",
    [
        '#panic("run")',
        "$ unclosed",
        "@missing <label>",
        "*bold* _italic_ = heading",
        '#import "x.typ"',
        "```raw",
        '"quoted" \\ back',
        "#eval(sys.inputs.data)",
    ],
)
def test_markup_in_the_data_is_shown_and_never_carried_out(act, text_of, trick):
    everywhere = act | {
        "title": trick,
        "number": trick,
        "issuer": trick,
        "intro": [trick],
        "rows": [[trick, trick]],
        "verification": trick,
        "signature": {"signed_by": trick, "key_id": trick},
    }
    text = text_of(render_pdf("act", everywhere, "en"))
    assert re.sub(r"\s", "", text).count(re.sub(r"\s", "", trick)) == 9


def test_a_long_document_goes_on_over_pages_with_the_line_at_each_foot(act, text_of):
    text = text_of(render_pdf("act", act | {"rows": act["rows"] * 30}, "en"))
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert all("To verify" in page for page in pages)
    assert f"Page 2 of {len(pages)}" in pages[1]


def test_a_document_may_be_given_as_a_value(act):
    value = Document(
        title=act["title"],
        number=act["number"],
        date=date(2024, 7, 3),
        issuer=act["issuer"],
        verification=act["verification"],
        intro=tuple(act["intro"]),
        rows=tuple(map(tuple, act["rows"])),
        signature=SignatureBlock(**act["signature"]),
    )
    assert render_pdf("act", value, "en") == render_pdf("act", act, "en")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": ""}, "title"),
        ({"number": 7}, "number"),
        ({"date": "yesterday"}, "date"),
        ({"date": None}, "date"),
        ({"rows": [["one"]]}, "rows"),
        ({"rows": ["ab"]}, "rows"),
        ({"rows": 5}, "rows"),
        ({"rows": [["a", 1]]}, "rows"),
        ({"intro": "text"}, "intro"),
        ({"signature": "me"}, "signature"),
        ({"signature": {"signed_by": "me"}}, "key_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_an_incomplete_document_is_refused_by_the_name_of_the_part(act, changes, named):
    with pytest.raises(DocumentIncomplete, match=named):
        render_pdf("act", act | changes, "en")


def test_an_unknown_template_or_language_is_refused(act):
    for name in ("absent", "../act", "words.json", ""):
        with pytest.raises(NoTemplate):
            render_pdf(name, act, "en")
    with pytest.raises(DocumentIncomplete, match="en, ru"):
        render_pdf("act", act, "de")
