"""A real home whose database files are put back from before, by other means than Tutela's."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import time
from pathlib import Path

import pytest
from tests.campaigns.homes import lived_in
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Visitor

pytestmark = pytest.mark.campaign
GONE = "SELECT subject_id FROM identity_subject WHERE destroyed_at IS NOT NULL"


def _ready(tutela: Installation) -> tuple[int, list[str]]:
    line = http.client.HTTPConnection("127.0.0.1", tutela.port, timeout=10)
    with contextlib.closing(line):
        line.request("GET", "/health/ready")
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())["lacking"]


def _page(tutela: Installation) -> int:
    line = http.client.HTTPConnection("127.0.0.1", tutela.port, timeout=10)
    with contextlib.closing(line):
        line.request("GET", "/en/")
        return line.getresponse().status


def _wait_until_only(tutela: Installation, lacking: list[str]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            if _ready(tutela)[1] == lacking:
                return
        time.sleep(0.3)
    raise AssertionError(tutela.last_words())


def test_files_from_before_serve_nobody_until_the_home_has_put_them_right(tmp_path: Path) -> None:
    tutela = lived_in(tmp_path / "home")
    files = tutela.home / "postgres"
    shutil.copytree(files, tmp_path / "before", symlinks=True)
    with tutela.running():
        earlier = {subject for (subject,) in tutela.sql(GONE)}
        visitor = Visitor(tutela.url)
        for _ in range(2):
            page = visitor.get("/en/demo/")
            assert visitor.send(page, page.form("/demo/clock/"), jump="month").status == 200
        destroyed = {subject for (subject,) in tutela.sql(GONE)} - earlier
        assert destroyed, "time has destroyed nobody; nothing would be shown"
    shutil.rmtree(files)
    shutil.copytree(tmp_path / "before", files, symlinks=True)

    tutela._main = tutela._spawn("demo", "--no-browser", "--port", str(tutela.port))
    try:
        _wait_until_only(tutela, ["journal-whole"])
        assert _page(tutela) == 503
        assert {subject for (subject,) in tutela.sql(GONE)} >= destroyed
        left = tutela.sql(
            "SELECT count(*) FROM vault_value WHERE subject_id = ANY(%s)", list(destroyed)
        )
        assert left == [(0,)]
    finally:
        tutela.stop()

    given_up = tutela.run("restore", "finish", "--lost")
    assert given_up.returncode == 0, given_up.stderr
    with tutela.running():
        assert _ready(tutela) == (200, [])
        assert _page(tutela) == 200
