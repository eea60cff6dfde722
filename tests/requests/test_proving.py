"""Proof of identity as far as what is asked needs it: nothing opens before, no more is asked."""

from __future__ import annotations

import shutil

import pytest
from tests.requests.conftest import SAMPLE, desk, my, post, words

from tutela.core import clock
from tutela.core.controls import Question
from tutela.core.vocabulary import Right
from tutela.db.scope import operator_scope
from tutela.identity import proofs
from tutela.identity.proofs import Proof
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests.controls import request_identity


def publish(house, tmp_path, said):
    folder = tmp_path / "prohomeexchange"
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    path = folder / "policy.yaml"
    text = (SAMPLE / "policy.yaml").read_text(encoding="utf-8")
    bound = 'control: request.identity, clauses: ["9.10(c)"], with: {promise: answer'
    assert bound in text
    text = text.replace(bound, bound + said)
    path.write_text(text.replace("\n  number: 1\n", "\n  number: 99\n"), encoding="utf-8")
    policies.publish(policies.load_folder(folder))
    assert policies.in_force(house.id).number == 99


@pytest.fixture
def strict(house, tmp_path):
    publish(house, tmp_path, ", access: matched-fields")
    return house


@pytest.mark.parametrize("right", list(Right))
def test_without_a_word_of_the_policy_ending_is_no_harder_than_beginning(house, right):
    needed = proofs.needed(house.policy, right)
    expected = {Right.CONSENT: Proof.CLAIMED, Right.WITHDRAWAL: Proof.CLAIMED}
    assert needed == expected.get(right, Proof.MAIL_LINK)


def test_a_stronger_proof_serves_where_a_weaker_one_is_asked_for():
    order = [Proof.CLAIMED, Proof.MAIL_LINK, Proof.MATCHED, Proof.DOCUMENT]
    for index, each in enumerate(order):
        assert [each.suffices(other) for other in order] == [index >= n for n in range(4)]
    assert Proof.HAND_OVER.suffices(Proof.MAIL_LINK)
    assert Proof.MAIL_LINK.suffices(Proof.HAND_OVER)


def test_a_mail_link_alone_opens_the_data_where_the_policy_asks_for_no_more(house):
    client = house.person(house.send("order").subject)
    assert "Maria Sample" in words(client.get(my("")))


def test_where_more_is_asked_one_held_thing_is_compared_before_anything_is_shown(strict):
    client = strict.person(strict.send("order").subject)
    answer = client.get(my(""))
    assert answer.status_code == 302
    prove = answer.headers["Location"]
    page = words(client.get(prove))
    assert "Maria" not in page
    assert client.get(prove).content.decode().count('<input type="text"') == 1
    wrong = post(client, prove, value="+1 305 555 9999")
    assert wrong.status_code == 422
    assert "not what we hold" in words(wrong)
    assert client.get(my("")).status_code == 302
    right = post(client, prove, value="+1 (305) 555-0142")
    assert (right.status_code, right.headers["Location"]) == (302, my(""))
    assert "Maria Sample" in words(client.get(my("")))


def test_the_check_is_on_record_before_the_look_and_without_what_was_typed(strict):
    subject = strict.send("order").subject
    client = strict.person(subject)
    prove = client.get(my("")).headers["Location"]
    post(client, prove, value="+1 305 555 9999")
    post(client, prove, value="+1 305 555 0142")
    client.get(my(""))
    with operator_scope(strict.id):
        rows = journal.entries(strict.id, subject=subject, limit=200)
    kinds = [each.kind for each in rows]
    looks = [
        each.number
        for each in rows
        if each.kind == "gate.permitted"
        and each.actor.kind == "subject"
        and each.purpose == "subject-rights"
    ]
    (checked,) = [each for each in rows if each.kind == "subject.identity-checked"]
    assert "subject.identity-not-proven" in kinds
    assert checked.data == {"proof": "matched-fields", "fields": ["phone"]}
    assert checked.number < min(looks)


def test_who_has_shown_enough_is_asked_for_nothing(house):
    client = house.person(house.send("order").subject)
    page = client.get(my("prove/"))
    assert page.status_code == 200
    assert '<input type="text"' not in page.content.decode()
    assert client.get(my("prove/") + f"?next={my('')}").headers["Location"] == my("")


def test_guessing_what_is_held_is_stopped_after_a_few_tries(strict):
    client = strict.person(strict.send("order").subject)
    prove = client.get(my("")).headers["Location"]
    tried = [post(client, prove, value=f"+1 305 555 {n:04d}").status_code for n in range(7)]
    assert tried == [422] * 5 + [429] * 2


def test_withdrawing_needs_no_more_proof_where_seeing_does(strict):
    client = strict.person(strict.send("order").subject)
    assert client.get(my("withdraw/")).status_code == 200


def test_a_document_that_staff_have_seen_counts_for_the_open_visit(house, tmp_path):
    publish(house, tmp_path, ", access: document")
    subject = house.send("order").subject
    client = house.person(subject)
    prove = client.get(my("")).headers["Location"]
    page = client.get(prove)
    assert "identity document" in words(page)
    assert '<input type="text"' not in page.content.decode()
    check = desk(f"people/{subject}/identity/")
    assert post(house.staff(), desk(f"people/{subject}/"), action=check).status_code == 302
    assert "Maria Sample" in words(client.get(my("")))


def test_a_slip_of_the_pen_in_the_policy_opens_nothing(house):
    from dataclasses import replace  # noqa: PLC0415

    from tutela.policy.model import Binding  # noqa: PLC0415

    wrong = Binding("1", "request.identity", {"access": "mail-lnik"})
    assert proofs.needed(replace(house.policy, bindings=(wrong,)), Right.ACCESS) == Proof.DOCUMENT


def ask(house):
    with operator_scope(house.id):
        return request_identity(
            Question(house.id, house.policy, "request.identity", "9.10(c)", {}, clock.now())
        )


def test_the_control_finds_a_look_before_which_nobody_proved_who_they_are(house):
    assert ask(house).state == "nothing-yet"
    subject = house.send("order").subject
    house.person(subject).get(my(""))
    assert ask(house).state == "kept"
    other = house.send("order", email="other@mail.example", phone="+1 305 555 0155").subject
    from tutela.requests.held import holdings  # noqa: PLC0415

    with operator_scope(house.id):
        holdings(house.id, other, "en")
    assert ask(house).state == "broken"
