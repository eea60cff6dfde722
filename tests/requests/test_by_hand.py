"""What was done without a program enters the journal through a form of choices."""

from __future__ import annotations

import re

import pytest
from tests.requests.conftest import desk, my, words

from tutela.core.controls import Question
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal.controls import journal_record

GOOD = {
    "action": "use",
    "purpose": "orders",
    "held": ["full-name", "phone"],
    "place": "telephone",
    "done": "2024-06-02",
}


def send(client, path, **values):
    form = client.get(path).content.decode().partition("<main")[2]
    token = re.search(r'name="form-token" value="([^"]+)"', form)[1]
    return token, client.post(path, {"form-token": token, **values})


def by_hand(house, subject):
    with operator_scope(house.id):
        return journal.entries(house.id, subject=subject, kinds=("act.by-hand",))


@pytest.fixture
def path(house):
    sent = house.send("order")
    house.subject = sent.subject
    return desk(f"people/{sent.subject}/by-hand/")


def test_an_act_done_by_telephone_is_in_the_journal_in_both_languages_and_counted(house, path):
    client = house.staff()
    token, answer = send(client, path, **GOOD)
    assert (answer.status_code, "Recorded in the journal" in words(answer)) == (200, True)
    (row,) = by_hand(house, house.subject)
    assert (row.automated, row.action, row.purpose) == (False, "use", "orders")
    assert row.data["fields"] == ["full-name", "phone"]
    assert row.data["answer"] == "permitted"
    assert "by telephone" in journal.wording(row, "en")
    assert "по телефону" in journal.wording(row, "ru")
    client.post(path, {"form-token": token, **GOOD})
    assert len(by_hand(house, house.subject)) == 1, "the same form is one act"
    with operator_scope(house.id):
        answer = journal_record(
            Question(house.id, house.policy, "journal.record", "1.6", {}, house.at.now())
        )
    assert "1 act done by hand" in {str(each) for each in answer.figures}


def test_an_act_that_the_policy_does_not_permit_is_recorded_as_what_it_was(house, path):
    _, answer = send(house.staff(), path, **{**GOOD, "purpose": "claims"})
    assert "the policy does not permit it" in words(answer)
    (row,) = by_hand(house, house.subject)
    assert row.data["answer"] == "refused"
    with operator_scope(house.id):
        assert journal.entries(house.id, subject=house.subject, kinds=("gate.refused",))


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "invention"},
        {"purpose": "Maria Sample"},
        {"held": ["full-name", "maria@mail.example"]},
        {"held": []},
        {"place": "she told me that her son"},
        {"done": "2024-06-05"},
        {"done": "1812-01-01"},
        {"done": "yesterday"},
        {"action": "collection"},
        {"action": "provision"},
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_is_not_on_the_lists_is_refused_beside_its_field_and_not_written(
    house, path, changes, language
):
    _, answer = send(house.staff(), path.replace("/en/", f"/{language}/"), **{**GOOD, **changes})
    assert answer.status_code == 400
    assert 'id="errors"' in answer.content.decode()
    assert by_hand(house, house.subject) == []


def test_an_auditor_cannot_record_and_a_stranger_cannot_look(house, path, stranger):
    assert house.staff("auditor").get(path).status_code == 403
    assert stranger.get(path).status_code == 302


def test_the_person_reads_who_did_it_page_by_page(house, path, monkeypatch):
    send(house.staff(), path, **GOOD)
    person = house.person(house.subject)
    monkeypatch.setattr("tutela.requests.portal.PER_PAGE", 2)
    said, address = "", my("history/")
    while address:
        answer = person.get(address)
        assert answer.status_code == 200
        said += words(answer)
        older = re.search(r'rel="next" href="([^"]+)"', answer.content.decode())
        address = my("history/") + older[1][older[1].index("?") :] if older else ""
    assert "Done by hand by telephone" in said
    assert "a member of staff" in said
    for bad in ("x", "-1", "9" * 30, "٣"):
        assert person.get(my("history/") + f"?before={bad}").status_code == 200


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_journal_is_filtered_and_taken_away(house, path, language):
    client = house.staff()
    send(client, path, **GOOD)
    journal.sequence(house.id)
    address = desk("journal/", language)
    asked = {"purpose": "orders", "actor": "staff", "since": "2024-06-01", "until": "2024-06-30"}
    shown = words(client.get(address, asked))
    assert ("by telephone" in shown) or ("по телефону" in shown)
    assert client.get(address, {"until": "2024-06-01"}).status_code == 200
    assert client.get(address, {"since": "nonsense"}).status_code == 400
    assert client.get(address, {"kind": "no-such"}).status_code == 400
    for bad in ("x", "9" * 30):
        assert client.get(address, {"before": bad}).status_code == 200
    found = b"".join(client.get(address + "selection/", asked).streaming_content).decode()
    assert '"kind":"act.by-hand"' in found.replace('\\"', '"')
    table = b"".join(client.get(address + "selection/", {**asked, "as": "csv"}).streaming_content)
    assert table.decode().count("act.by-hand") == 1
    log = b"".join(client.get(address + "log/").streaming_content).decode()
    assert log.splitlines()[-1].startswith('{"checkpoint"')
    assert client.get(address + "selection/", {"since": "nonsense"}).status_code == 404
