"""A photograph on its way to the real server: kept whole, or not at all, whatever is killed."""

from __future__ import annotations

import contextlib
import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.campaigns.processes import Installation
from tests.policy.spoiling import Copy
from tests.vault.files import noise, saved
from tests.vault.test_attachments import with_files

FORM = "/en/lark-bakery/forms/order/"
ASKED = """      photo:
        required: false
        why: {en: "shows the cake you would like", ru: "покажет, какой торт вам нужен"}
      note:
        required: false
"""
FIELDS = {
    "name": "Ann Larkspur",
    "email": "ann@mail.example",
    "phone": "+13055550142",
    "note": "Ring twice.",
    "consent-orders": "on",
}
BOUNDARY = "larkspur-boundary"
TABLES = ("identity_subject", "vault_record", "vault_value", "vault_chunk", "retention_schedule")

pytestmark = pytest.mark.campaign


class Served(Installation):
    """``tutela up`` of one operator, from a home of its own."""

    def start(self, *, worker: bool = False, patience: float = 240.0) -> Served:
        assert not worker
        self._main = self._spawn("up", "--port", str(self.port))
        self.wait(patience)
        return self

    def counted(self) -> dict[str, int]:
        return {each: self.sql(f"SELECT count(*) FROM {each}")[0][0] for each in TABLES}  # noqa: S608

    def halves(self) -> int:
        """Photographs without a chunk, chunks without their photograph, records without values."""
        (row,) = self.sql(
            """SELECT
            (SELECT count(*) FROM vault_value v WHERE field = 'photo' AND NOT EXISTS
                (SELECT 1 FROM vault_chunk c WHERE (c.operator_id, c.subject_id, c.record_id)
                    = (v.operator_id, v.subject_id, v.record_id))),
            (SELECT count(*) FROM vault_chunk c WHERE NOT EXISTS
                (SELECT 1 FROM vault_value v WHERE (c.operator_id, c.subject_id, c.record_id,
                    c.field) = (v.operator_id, v.subject_id, v.record_id, v.field))),
            (SELECT count(*) FROM vault_record r WHERE NOT EXISTS
                (SELECT 1 FROM vault_value v WHERE (v.operator_id, v.subject_id, v.record_id)
                    = (r.operator_id, r.subject_id, r.id)))"""
        )
        return sum(row)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = with_files(tmp_path_factory.mktemp("served") / "bakery")
    Copy(folder).change("      note:\n        required: false\n", ASKED)
    made = Served(folder.parent / "home")
    published = made.run("policy", "publish", str(folder))
    assert published.returncode == 0, published.stderr
    try:
        yield made.start()
    finally:
        made.stop()


@pytest.fixture(scope="module")
def photograph() -> bytes:
    """Some hundred kilobytes that cannot be pressed together."""
    return saved(noise(500, 500), "PNG")


def line(served: Served) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)


def body_of(served: Served, photograph: bytes) -> bytes:
    """The form as a browser would send it, with a token that the page gave."""
    with contextlib.closing(line(served)) as asked:
        asked.request("GET", FORM)
        page = asked.getresponse().read().decode()
    token = re.search(r'name="form-token" value="([^"]+)"', page)
    assert token
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"form-token": token[1], **FIELDS}.items()
    ]
    head = (
        "".join(parts).encode()
        + (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="cake.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
    )
    return head + photograph + f"\r\n--{BOUNDARY}--\r\n".encode()


def begin(served: Served, body: bytes, share: float) -> http.client.HTTPConnection:
    """Send the head of the request and a share of its body; the answer is not waited for."""
    sending = line(served)
    sending.putrequest("POST", FORM)
    sending.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    sending.putheader("Content-Length", str(len(body)))
    sending.endheaders()
    with contextlib.suppress(OSError):
        sending.send(body[: int(len(body) * share)])
    return sending


def test_a_photograph_that_the_server_takes_in_is_kept_whole(
    served: Served, photograph: bytes
) -> None:
    before = served.counted()
    with contextlib.closing(begin(served, body_of(served, photograph), 1)) as sending:
        answer = sending.getresponse()
        assert answer.status == http.HTTPStatus.FOUND, answer.read()[-2000:]
        assert urlsplit(answer.headers["Location"]).path.startswith("/en/lark-bakery/")
    after = served.counted()
    assert after["vault_record"] == before["vault_record"] + 1
    assert after["vault_chunk"] > before["vault_chunk"]
    assert served.halves() == 0


def test_a_photograph_that_lies_about_itself_is_refused_with_a_sentence(served: Served) -> None:
    before = served.counted()
    with contextlib.closing(begin(served, body_of(served, b"MZ" + bytes(5000)), 1)) as sending:
        answer = sending.getresponse()
        page = answer.read().decode()
    assert answer.status == http.HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ring twice." in page, "what was typed is not lost"
    assert served.counted() == before


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        (FORM, "application/x-www-form-urlencoded", 413),
        ("/api/v1/subjects", "application/json", 413),
        ("/en/lark-bakery/nothing/", "application/x-www-form-urlencoded", 404),
        ("/nothing", "text/plain", 404),
        ("/static/tutela/tutela.css", "text/plain", 405),
        ("/health/live", "text/plain", 200),
    ],
)
def test_a_body_that_nobody_reads_does_not_cut_off_the_answer(
    served: Served, path: str, kind: str, status: int
) -> None:
    for _ in range(3):
        with contextlib.closing(line(served)) as asked:
            asked.request("POST", path, b"a" * 5_000_000, {"Content-Type": kind})
            assert asked.getresponse().status == status


@pytest.mark.parametrize("share", [0.05, 0.6, 0.99])
def test_kill_9_in_the_middle_of_an_upload_leaves_nothing(
    served: Served, photograph: bytes, share: float
) -> None:
    before, body = served.counted(), body_of(served, photograph)
    with contextlib.closing(begin(served, body, share)):
        time.sleep(0.1)
        served.kill_main()
    served.start()
    assert served.counted() == before
    assert found(served.home, photograph) == []


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1])
def test_kill_9_while_a_photograph_is_sealed_leaves_all_of_it_or_nothing(
    served: Served, photograph: bytes, delay: float
) -> None:
    before = served.counted()
    with contextlib.closing(begin(served, body_of(served, photograph), 1)):
        time.sleep(delay)
        served.kill_main()
    served.start()
    after = served.counted()
    assert after["vault_record"] - before["vault_record"] in {0, 1}
    assert (after == before) == (after["vault_record"] == before["vault_record"])
    assert served.halves() == 0
    assert found(served.home, photograph) == []


def found(home: Path, photograph: bytes) -> list[str]:
    """Files of the home that hold a piece of it open."""
    piece = photograph[len(photograph) // 2 :][:64]
    files = (each for each in home.rglob("*") if each.is_file())
    return [str(each) for each in files if holds(each, piece)]


def holds(path: Path, piece: bytes) -> bool:
    try:
        return piece in path.read_bytes()
    except OSError:
        return False
