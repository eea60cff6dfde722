"""Everything about one person: whole, of nobody else, and to be taken once."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from tests.requests.conftest import STARTED, my, post, words

from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.spool import BLOCK
from tutela.core.vocabulary import SYSTEM, LawPurpose
from tutela.db.scope import operator_scope
from tutela.requests import contents, packaging
from tutela.requests.intake import mend, oneself
from tutela.requests.machine_decisions import Made, register
from tutela.requests.models import Package
from tutela.vault import actions as vault


def taken(house, person, subject) -> zipfile.ZipFile:
    address = post(person, my("everything/")).headers["Location"]
    answer = post(person, address)
    assert answer.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_it_holds_every_value_and_all_that_happened(house):
    sent = house.send("order")
    house.send("claim")
    made = taken(house, house.person(sent.subject), sent.subject)
    data = json.loads(made.read("data.json"))
    with operator_scope(house.id):
        held = vault.holdings(house.id, sent.subject)
    inside = {(each["record"], each["field"]) for each in data["values"]}
    assert inside == {(str(one), field) for one, fields in held.items() for field in fields}
    assert {each["kind"] for each in data["requests"]} == {"claim"}
    assert {each["purpose"] for each in data["consents"]} >= {"orders", "newsletter"}
    assert "form.received" in {each["kind"] for each in data["journal"]}
    page = made.read("data.html").decode()
    assert "Maria Sample" in page
    assert "<script" not in page
    with operator_scope(house.id):
        judge = CONTROLS["subject.export"].judge
        answer = judge(Question(house.id, house.policy, "subject.export", "", {}, STARTED))
    assert answer.state == ClauseState.KEPT


def test_it_tells_what_a_program_decided_alone(house):
    sent = house.send("order")
    decided = Made("orders", ["full-name"], "limit-2", "declined")
    with operator_scope(house.id):
        register(house.id, sent.subject, decided, by=SYSTEM)
    made = taken(house, house.person(sent.subject), sent.subject)
    (told,) = json.loads(made.read("data.json"))["machine_decisions"]
    assert (told["rule"], told["outcome"], told["reviewed_at"]) == ("limit-2", "declined", None)
    page = made.read("data.html").decode()
    assert "What machines decided about you alone" in page
    assert "by the rule “limit-2”" in page


def test_what_was_corrected_is_told_as_it_was_as_long_as_it_is_kept(house):
    sent = house.send("order")
    with operator_scope(house.id):
        record = vault.records(house.id, sent.subject)[0].id
        place = (house.id, sent.subject, record)
        myself = oneself(sent.subject)
        mend(place, "full-name", "Maria Specimen", purpose=LawPurpose.SUBJECT_RIGHTS, actor=myself)
    made = taken(house, house.person(sent.subject), sent.subject)
    data = json.loads(made.read("data.json"))
    (earlier,) = data["earlier_values"]
    assert (earlier["field"], earlier["value"]) == ("full-name", "Maria Sample")
    assert "Maria Sample" in made.read("data.html").decode()
    names = {each["value"] for each in data["values"] if each["field"] == "full-name"}
    assert names == {"Maria Specimen"}


def test_the_document_to_print_tells_what_other_rooms_keep(house, monkeypatch):
    sent = house.send("order")
    printed = []
    plain = contents.render_pdf

    def noted(template, document, language):
        printed.append(document)
        return plain(template, document, language)

    monkeypatch.setattr(contents, "render_pdf", noted)
    decided = Made("orders", ["full-name"], "limit-2", "declined")
    with operator_scope(house.id):
        register(house.id, sent.subject, decided, by=SYSTEM)
    made = taken(house, house.person(sent.subject), sent.subject)
    assert made.read("data.pdf").startswith(b"%PDF")
    (document,) = printed
    assert any("limit-2" in value for _label, value in document.rows)


def test_addresses_and_numbers_of_other_people_are_left_out_and_counted(house):
    text = "Ask john@mail.example or +7 900 555-01-42, not maria@mail.example."
    sent = house.send("claim", **{"claim-text": text})
    made = taken(house, house.person(sent.subject), sent.subject)
    for name in ("data.json", "data.html"):
        content = made.read(name).decode()
        assert "john@mail.example" not in content
        assert "900 555" not in content
        assert "maria@mail.example" in content
    with operator_scope(house.id):
        assert Package.objects.get().redacted == 2


def test_markup_that_somebody_typed_stays_text(house):
    sent = house.send("claim", **{"claim-text": "<script>alert(1)</script>"})
    made = taken(house, house.person(sent.subject), sent.subject)
    assert "<script" not in made.read("data.html").decode()


def test_what_waits_on_the_disk_while_it_is_made_is_sealed(house, monkeypatch):
    sent = house.send("claim", **{"claim-text": "zzcanary " * 400})
    for _again in range(40):
        house.send("claim", **{"claim-text": "zzcanary " * 400})
    found: list[bytes] = []
    plain = contents.reading.disclosures

    def looking_at_the_disk(*arguments, **named):
        for each in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                if "(deleted)" in str(each.readlink()):
                    found.append(each.read_bytes())
        return plain(*arguments, **named)

    monkeypatch.setattr(contents.reading, "disclosures", looking_at_the_disk)
    made = taken(house, house.person(sent.subject), sent.subject)
    assert made.read("data.html").count(b"zzcanary") == 41 * 400
    assert max(map(len, found)) >= BLOCK, "the lines of the page have not reached the disk"
    assert not any(b"zzcanary" in each for each in found)


def test_the_address_works_once(house):
    subject = house.send("order").subject
    person = house.person(subject)
    address = post(person, my("everything/")).headers["Location"]
    assert person.get(address).status_code == 200
    once = post(person, address)
    assert b"".join(once.streaming_content)
    assert person.get(address).status_code == 410
    assert "taken" in words(person.get(my("everything/")))


def test_the_address_runs_out(house):
    subject = house.send("order").subject
    with operator_scope(house.id):
        secret = packaging.make(house.id, subject, by=oneself(subject))
    house.at.set(STARTED + timedelta(days=7))
    with operator_scope(house.id), pytest.raises(packaging.Spent):
        packaging.find(house.id, secret, subject)


def test_the_address_itself_is_not_kept(house):
    subject = house.send("order").subject
    with operator_scope(house.id):
        secret = packaging.make(house.id, subject, by=oneself(subject))
        assert secret not in Package.objects.get().digest


def test_an_address_of_somebody_else_gives_nothing(house):
    subject = house.send("order").subject
    address = post(house.person(subject), my("everything/")).headers["Location"]
    other = house.send("order", email="other@mail.example").subject
    assert house.person(other).get(address).status_code == 410
    assert house.person(subject).get(address).status_code == 200
