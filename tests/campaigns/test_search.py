"""The search for canaries can find them: a search that finds nothing anywhere proves nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from urllib.parse import quote

import pytest
from tests.campaigns.canary import Search

VALUE = "Zqcanary7 Ёжикова+x@example.com"
SEARCH = Search({"value": VALUE}, hashed=[VALUE])


@pytest.mark.parametrize(
    "dressed",
    [
        VALUE.encode(),
        VALUE.casefold().encode(),
        VALUE.upper().encode(),
        base64.b64encode(VALUE.encode()),
        base64.b64encode(b"x" + VALUE.encode() + b"yy"),
        base64.b64encode(b"xy" + VALUE.encode() + b"y"),
        base64.urlsafe_b64encode(b"{'email': '" + VALUE.encode() + b"'}"),
        VALUE.encode().hex().encode(),
        VALUE.encode().hex().upper().encode(),
        quote(VALUE).encode(),
        quote(VALUE, safe="").lower().encode(),
        VALUE.encode("utf-16-le"),
        VALUE.encode("utf-16-be"),
        VALUE.encode("utf-16-le").hex().encode(),
        json.dumps({"value": VALUE}).encode(),
        hashlib.sha256(VALUE.encode()).digest(),
        hashlib.md5(VALUE.casefold().encode(), usedforsecurity=False).hexdigest().encode(),
        base64.b64encode(hashlib.sha1(VALUE.encode(), usedforsecurity=False).digest()),
    ],
)
def test_a_planted_value_is_found_in_every_dress(dressed):
    assert SEARCH.data("here", b"\0" * 100 + dressed + b"\xff" * 100)


def test_what_was_not_planted_is_not_found():
    assert not SEARCH.data("here", b"Zqcanary8 " + VALUE.encode()[::-1] + gzip.compress(b"x"))


def test_a_value_in_a_file_or_in_its_name_is_found(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"..." + VALUE.encode("utf-16-be"))
    (tmp_path / "deep" / "mail").mkdir()
    (tmp_path / "deep" / "mail" / "letter").write_text(VALUE, encoding="utf-8")
    (tmp_path / VALUE).touch()
    found = {each.place for each in SEARCH.tree(tmp_path, leave_out=["deep/mail"])}
    assert found == {"deep/file", f"the name {VALUE}"}


def test_sealed_bytes_are_found_as_a_dump_writes_them():
    search = Search({})
    search.add_bytes("sealed", bytes(range(60, 100)))
    assert search.data("dump", b"\\x" + bytes(range(60, 100)).hex().encode())
    assert search.data("file", b"??" + bytes(range(60, 100)))
    assert not search.data("dump", b"\\x" + bytes(range(61, 101)).hex().encode())
