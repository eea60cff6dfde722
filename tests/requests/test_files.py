"""A photograph that comes with a form, blocks at the desk, and what a person sees of both."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.requests.conftest import House, words
from tests.requests.test_answering import OFFICER
from tests.vault.files import noise, saved, telling_jpeg
from tests.vault.test_attachments import with_files

from tutela import app
from tutela.core import clock
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal.models import EntryRow
from tutela.policy import actions as policies
from tutela.requests import others, packaging
from tutela.requests.cases import open_case
from tutela.requests.intake import oneself
from tutela.vault import actions as vault
from tutela.vault.models import Chunk, Value

FORM = "/en/lark-bakery/forms/order/"
MY = "/en/lark-bakery/my/"
ANN = {
    "name": "Ann Larkspur",
    "email": "ann@mail.example",
    "phone": "+13055550142",
    "note": "Ring twice.",
    "consent-orders": "on",
}


class Bakery(House):
    """The bakery whose order takes a photograph; people and staff as in the sample."""

    def __init__(self, at: clock.ManualClock, folder: Path) -> None:
        app.wire()
        self.at = at
        self.policy = policies.load_folder(folder)
        policies.publish(self.policy)
        self.id = policies.operator_id("lark-bakery")
        self.sent = 0

    def post(self, client: Client, page: str, action: str = "", **sent: object):
        """The form on a page, sent as a browser sends it."""
        form = client.get(page).content.decode().partition("<main")[2]
        form = form.partition(f'action="{action}"')[2] if action else form
        token = re.search(r'name="form-token" value="([^"]+)"', form)
        assert token, f"no form for {action or page}"
        return client.post(action or page, {"form-token": token[1], **sent})

    def only(self) -> UUID:
        with operator_scope(self.id):
            (found,) = identity.subjects(self.id)
            return found.id


@pytest.fixture
def bakery(db: None, tmp_path: Path) -> Iterator[Bakery]:
    from datetime import UTC, datetime  # noqa: PLC0415

    folder = with_files(tmp_path / "bakery")
    policy = folder / "policy.yaml"
    asked = """      photo:
        required: false
        why: {en: "shows the cake you would like", ru: "покажет, какой торт вам нужен"}
      note:
        required: false
"""
    text = policy.read_text(encoding="utf-8")
    policy.write_text(
        text.replace("      note:\n        required: false\n", asked, 1), encoding="utf-8"
    )
    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 14, 0, tzinfo=UTC))) as at:
        yield Bakery(at, folder)


def picture(content: bytes | None = None, name: str = "cake.jpg", kind: str = "image/jpeg"):
    return SimpleUploadedFile(name, content or telling_jpeg(), content_type=kind)


def person(bakery: Bakery) -> Client:
    client = Client(raise_request_exception=False)
    client.cookies["subject-lark-bakery"] = bakery.session(bakery.only())
    return client


def test_a_photograph_is_sent_sealed_seen_and_fetched_by_its_owner(
    bakery: Bakery, stranger
) -> None:
    assert b'enctype="multipart/form-data"' in stranger.get(FORM).content
    assert bakery.post(stranger, FORM, **ANN, photo=picture()).status_code == 302
    own = person(bakery)
    page = own.get(MY).content.decode()
    (action,) = re.findall(r'action="([^"]+/my/files/[^"]+)"', page)
    assert "JPG, " in page
    assert "from you · stated, not checked" in page
    answer = bakery.post(own, MY, action)
    body = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert body.startswith(b"\xff\xd8")
    assert b"Larkspur" not in body
    assert answer.headers["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert own.get(action).status_code == 405


def test_a_copy_of_everything_has_the_photograph_itself_unless_others_are_in_it(
    bakery: Bakery, stranger
) -> None:
    bakery.post(stranger, FORM, **ANN, photo=picture())
    own, me = person(bakery), oneself(bakery.only())

    def taken() -> zipfile.ZipFile:
        with operator_scope(bakery.id):
            secret = packaging.make(bakery.id, bakery.only(), by=me)
            content = packaging.take(packaging.find(bakery.id, secret, bakery.only()), "en")
            return zipfile.ZipFile(io.BytesIO(content.read()))

    made = taken()
    (file,) = (
        each["file"] for each in json.loads(made.read("data.json"))["values"] if "file" in each
    )
    assert file["name"] == "files/0001-photo.jpg"
    assert hashlib.sha256(made.read(file["name"])).hexdigest() == file["sha256"]
    assert f'href="{file["name"]}"' in made.read("data.html").decode()
    assert made.read("data.pdf").startswith(b"%PDF")
    (action,) = re.findall(r'action="([^"]+/my/files/[^"]+)"', own.get(MY).content.decode())
    assert b"".join(bakery.post(own, MY, action).streaming_content) == made.read(file["name"])
    with operator_scope(bakery.id):
        case = open_case(bakery.id, "access", "portal", bakery.only())
        (place,) = others.proposal(bakery.id, bakery.only(), OFFICER)
        others.decide(bakery.id, case, seen=[place.key], hide=[place.key], words=(), by=OFFICER)
    made = taken()
    assert not [each for each in made.namelist() if each.startswith("files/")]
    assert "no copy is given, because others are in it" in made.read("data.html").decode()


def test_somebody_elses_file_is_not_found(bakery: Bakery, stranger) -> None:
    bakery.post(stranger, FORM, **ANN, photo=picture())
    own = person(bakery)
    (action,) = re.findall(r'action="([^"]+/my/files/[^"]+)"', own.get(MY).content.decode())
    bakery.post(stranger, FORM, **{**ANN, "email": "bob@mail.example"}, photo=picture())
    with operator_scope(bakery.id):
        bob = max(identity.subjects(bakery.id), key=lambda each: each.id).id
    other = Client(raise_request_exception=False)
    other.cookies["subject-lark-bakery"] = bakery.session(bob)
    (mine,) = re.findall(r'action="([^"]+/my/files/[^"]+)"', other.get(MY).content.decode())
    page = other.get(MY).content.decode().partition(f'action="{mine}"')[2]
    token = re.search(r'name="form-token" value="([^"]+)"', page)
    assert token
    assert other.post(mine, {"form-token": token[1]}).status_code == 200
    assert other.post(action, {"form-token": token[1]}).status_code == 404
    assert stranger.post(action, {"form-token": token[1]}).status_code == 302


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (picture(b"<script>alert(1)</script>"), "A file of this kind is not taken here"),
        (picture(saved(noise(), "PNG")), "called one thing and is another"),
        (picture(saved(noise(), "JPEG") + bytes(2_100_000)), "larger than 2 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_leaves_everything_typed_in_place(
    bakery: Bakery, stranger, file, sentence
) -> None:
    answer = bakery.post(stranger, FORM, **ANN, photo=file)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    for typed in ("Ann Larkspur", "ann@mail.example", "Ring twice."):
        assert typed in page
    with operator_scope(bakery.id):
        assert not Value.objects.exists()


def test_a_good_file_beside_a_mistake_is_asked_for_again(bakery: Bakery, stranger) -> None:
    sent = {**ANN, "email": "ann", "photo": picture()}
    answer = bakery.post(stranger, FORM, **sent)
    assert answer.status_code == 422
    assert "Choose this file once more" in words(answer)
    with operator_scope(bakery.id):
        assert not Chunk.objects.exists()


def test_staff_open_a_file_after_a_reason_and_the_look_is_journalled(
    bakery: Bakery, stranger
) -> None:
    bakery.post(stranger, FORM, **ANN, photo=picture())
    staff, subject = bakery.staff(), bakery.only()
    page = f"/en/desk/lark-bakery/people/{subject}/"
    shown = bakery.post(staff, page, f"{page}reveal/", reason="answer-request")
    (action,) = re.findall(r'action="([^"]+/files/[^"]+)"', shown.content.decode())
    token = re.search(
        r'name="form-token" value="([^"]+)"', shown.content.decode().partition(action)[2]
    )
    assert token
    sent = {"form-token": token[1]}
    assert staff.post(action, sent).status_code == 404
    answer = staff.post(action, {**sent, "reason": "answer-request"})
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    looks = EntryRow.objects.filter(kind="gate.permitted", purpose="oversight")
    with operator_scope(bakery.id):
        assert [each.data["fields"] for each in looks.order_by("number")][-1] == ["photo"]


def test_the_desk_blocks_a_field_and_lifts_the_block_with_a_result(
    bakery: Bakery, stranger
) -> None:
    bakery.post(stranger, FORM, **ANN)
    staff, subject = bakery.staff("clerk"), bakery.only()
    page = f"/en/desk/lark-bakery/people/{subject}/"
    said = {"what": "field:phone", "ground": "accuracy-check", "until": ""}
    assert bakery.post(staff, page, f"{page}block/", **said).status_code == 302
    use = Operation(
        operator=bakery.id,
        subject=subject,
        action=Action.USE,
        purpose="orders",
        fields=frozenset({"phone"}),
        actor=Actor(ActorKind.SYSTEM),
    )
    with operator_scope(bakery.id):
        assert gate.decide(use).reason == "blocked"
    assert "whether the data is right is being checked" in words(staff.get(page))
    assert "blocked" in words(person(bakery).get(MY))
    with operator_scope(bakery.id):
        block = gate.standing(bakery.id, subject).blocks[0].id
    lift = {"lift": str(block), "result": ""}
    assert bakery.post(staff, page, f"{page}block/", **lift).status_code == 422
    lift["result"] = "right"
    assert bakery.post(staff, page, f"{page}block/", **lift).status_code == 302
    with operator_scope(bakery.id):
        assert gate.standing(bakery.id, subject).blocks == ()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"what": "all", "ground": ""}, 422),
        ({"what": "all", "ground": "claim", "until": "2020-01-01"}, 422),
        ({"what": "all", "ground": "claim", "until": "soon"}, 422),
        ({"what": "record:nothing", "ground": "claim"}, 404),
        ({"what": "field:blood", "ground": "claim"}, 422),
        ({"lift": "nothing", "result": "right"}, 404),
    ],
)
def test_a_block_that_cannot_be_gets_a_sentence(bakery: Bakery, stranger, said, status) -> None:
    bakery.post(stranger, FORM, **ANN)
    page = f"/en/desk/lark-bakery/people/{bakery.only()}/"
    answer = bakery.post(bakery.staff(), page, f"{page}block/", **said)
    assert answer.status_code == status


def test_a_person_sees_what_was_there_before_and_where_values_are_from(
    bakery: Bakery, stranger
) -> None:
    bakery.post(stranger, FORM, **ANN)
    subject = bakery.only()
    with operator_scope(bakery.id):
        (record,) = vault.holdings(bakery.id, subject)
        leave = gate.decide(
            Operation(
                operator=bakery.id,
                subject=subject,
                action=Action.CLARIFICATION,
                purpose="subject-rights",
                fields=frozenset({"note"}),
                actor=Actor(ActorKind.STAFF, "7", "clerk"),
            )
        )
        source = vault.Provenance("third-party", "the courier’s report")
        vault.correct(leave, record, "note", "Knock.", source)
        vault.confirm(leave, record, ["note"], how="document")
    page = words(person(bakery).get(MY))
    assert "Knock." in page
    assert "from somebody else: the courier’s report · confirmed (last checked 3 June 2024)" in page
    assert "1 earlier value Ring twice. — until 3 June 2024" in page
