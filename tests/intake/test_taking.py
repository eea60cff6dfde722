"""One letter: its case, its sealed original, its answer, and what opens no case."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.intake.conftest import MARIA, UNSUBSCRIBE, letter, rows
from tests.requests.conftest import post, words

from tutela.consent import actions as consent
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.intake import actions as intake
from tutela.intake import proving
from tutela.intake.wording import State
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.vault import actions as vault

OFFICER = Actor(ActorKind.STAFF, "1", "officer")


def promised(house, subject) -> set[tuple[str, str]]:
    with operator_scope(house.id):
        return {
            (each.event, each.outcome) for each in obligations.listing(house.id, subject=subject)
        }


def kinds(house) -> list[str]:
    with operator_scope(house.id):
        return [each.kind for each in journal.entries(house.id, kinds=MAIL_ENTRIES, limit=50)]


MAIL_ENTRIES = ("mail.received", "mail.set-aside", "mail.held", "mail.confirmed")


def original(house, row) -> bytes:
    with operator_scope(house.id):
        leave = gate.decide(
            Operation(
                operator=house.id,
                subject=row.subject_id,
                action=Action.EXTRACTION,
                purpose="oversight",
                fields=frozenset({"original-mail"}),
                actor=OFFICER,
                reason="answer-request",
                record=row.record,
            )
        )
        file = vault.open_file(leave, row.record, "original-mail")
        file.content.seek(0)
        return file.content.read()


def test_a_letter_without_a_mark_opens_a_request_is_sealed_whole_and_answered(house, arrive):
    raw = letter(subject="Вопрос о данных", text="Что вы обо мне храните?")
    arrived = arrive(raw)
    (row,) = rows(house)
    assert (arrived.state, arrived.event) == (State.UNREAD, "request.received")
    assert ("request.received", "answer") in promised(house, arrived.subject)
    assert original(house, row) == raw
    (answer,) = house.letters()
    assert answer.to == [MARIA]
    assert "ваше письмо получено" in answer.subject
    assert answer.extra_headers["Auto-Submitted"] == "auto-generated"
    assert kinds(house) == ["mail.received"]


def test_the_same_letter_brought_again_by_another_way_changes_nothing(house, arrive):
    first = arrive(letter())
    again = arrive(
        b"Received: from elsewhere\r\n\tby here; today\r\nReturn-Path: <x@y>\r\n" + letter()
    )
    assert (again.id, again.repeated) == (first.id, True)
    assert len(rows(house)) == 1
    assert len(house.letters()) == 1


def test_a_marked_letter_of_a_known_sender_stops_mailings_at_once(house, arrive):
    subject = house.send("order").subject
    arrived = arrive(letter(subject="Re: unsubscribe from mailling list!", text="stop"))
    assert (arrived.event, arrived.subject) == ("marketing.stopped", subject)
    with operator_scope(house.id):
        assert "newsletter" not in consent.live(house.id, subject)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-reply"),
        ({"Return_Path": "<>"}, "bounce"),
        ({"X_Spam_Flag": "YES"}, "spam"),
        ({"Precedence": "bulk"}, "bulk"),
        ({"List_Id": "<news.mail.example>"}, "bulk"),
    ],
)
def test_what_a_program_wrote_opens_no_case_and_is_not_answered(house, arrive, headers, reason):
    arrived = arrive(letter(**headers))
    assert (arrived.state, arrived.reason, arrived.subject) == (State.ASIDE, reason, None)
    assert not arrived.sealed
    assert house.letters() == []
    assert kinds(house) == ["mail.set-aside"]


def test_a_letter_from_one_of_our_own_addresses_is_not_taken_for_a_request(house, arrive):
    assert arrive(letter(sender="privacy@prohomeexchange.example")).reason == "own"


def test_two_programs_that_answer_each_other_stop_after_five_letters(house, arrive):
    for number in range(8):
        arrive(letter(subject=f"Re: {number}", name=str(number)))
    assert len(rows(house)) == 8
    assert len(house.letters()) == 5


def test_an_answer_to_a_letter_of_ours_is_kept_for_a_person_and_not_answered(house, arrive):
    arrive(letter())
    (ours,) = house.letters()
    arrived = arrive(
        letter(subject="Re: ok", name="2", In_Reply_To=ours.extra_headers["Message-ID"])
    )
    assert (arrived.state, arrived.reason) == (State.UNREAD, "reply")
    assert house.letters() == []


def test_a_report_of_a_mail_server_marks_the_letter_that_came_back(house, arrive):
    arrive(letter())
    (ours,) = house.letters()
    report = letter(
        subject="Undelivered",
        sender="mailer-daemon@mail.example",
        name="3",
        References=ours.extra_headers["Message-ID"],
    )
    assert arrive(report).reason == "bounce"
    with operator_scope(house.id):
        (entry,) = journal.entries(house.id, kinds=("letter.undeliverable",), limit=5)
    assert entry.data["reason"] == "returned"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"From: \r\nSubject: =?x?q?=\r\n\r\n",
        b"From: =?utf-8?b?//8=?= <a@>\r\nContent-Type: multipart/mixed\r\n\r\n--",
        letter().replace(b'charset="utf-8"', b'charset="nonsense-9"'),
        b"Subject: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_no_malformed_message_raises(house, arrive, raw):
    assert arrive(raw).state in set(State)
    assert arrive(raw).repeated


def test_files_that_come_with_a_letter_are_looked_at(house, arrive):
    png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
    arrive(
        letter(
            files=(("a.pdf", "application/pdf", b"MZ" + b"\x00" * 90), ("b.png", "image/png", png))
        )
    )
    (row,) = rows(house)
    assert (row.files, row.unfit) == (2, 2)


def test_nothing_of_a_letter_stands_outside_of_the_vault(house, arrive):
    arrive(letter(subject="Secretword", text="Secretword"))
    (row,) = rows(house)
    with operator_scope(house.id):
        entries = journal.entries(house.id, limit=100)
    said = f"{row.__dict__} {entries}".casefold()
    assert "secretword" not in said
    assert "mail.example" not in said


def test_the_gate_still_decides_about_the_sender_of_a_withdrawal(house, arrive):
    subject = house.send("claim").subject
    arrive(letter(subject=UNSUBSCRIBE))
    with operator_scope(house.id):
        answer = gate.decide(
            Operation(
                operator=house.id,
                subject=subject,
                action=Action.USE,
                purpose="newsletter",
                fields=frozenset({"email"}),
                actor=SYSTEM,
            )
        )
    assert isinstance(answer, gate.Refusal)


def test_what_was_set_aside_is_taken_in_when_somebody_wants_it(house, arrive):
    raw = letter(Precedence="bulk")
    first = arrive(raw, place=intake.Place("box", 1, 7))
    with operator_scope(house.id):
        intake.want(house.id, first.id)
    taken = arrive(raw, wanted=True)
    assert (taken.id, taken.state, taken.sealed) == (first.id, State.UNREAD, True)


def test_a_withdrawal_from_an_address_that_proves_nothing_stops_and_destroys_nothing(house, arrive):
    subject = house.send("order").subject
    arrived = arrive(letter(subject=UNSUBSCRIBE))
    assert arrived.state == State.CONFIRMING
    with operator_scope(house.id):
        assert "newsletter" not in consent.live(house.id, subject)
    assert {outcome for _event, outcome in promised(house, subject)}.isdisjoint({"destroy"})


def test_its_link_comes_to_the_person_alone_and_confirms_it_once(house, arrive, stranger):
    subject = house.send("order").subject
    house.letters()
    arrive(letter(subject=UNSUBSCRIBE))
    (asked,) = house.letters()
    assert asked.to == [MARIA]
    (path,) = re.findall(r"https?://[^/]+(/\S+/mail/\S+)", asked.body)
    before = promised(house, subject)
    assert "Did you write the letter?" in words(stranger.get(path))
    assert promised(house, subject) == before
    assert "it is confirmed" in words(post(stranger, path))
    assert ("consent.withdrawn", "destroy") in promised(house, subject)
    assert post(stranger, path).status_code == 410
    assert [each.to for each in house.letters()] == [[MARIA]]
    assert kinds(house)[-1] == "mail.confirmed"


def test_what_it_promises_is_counted_from_the_day_on_which_the_letter_came(house, arrive):
    subject = house.send("order").subject
    arrived = arrive(letter(subject=UNSUBSCRIBE))
    came = house.at.now()
    house.at.set(came + timedelta(hours=24 * 5))
    with operator_scope(house.id):
        intake.confirm(house.id, arrived.id, OFFICER)
        rows_ = obligations.listing(house.id, subject=subject)
    (destroy,) = [e for e in rows_ if e.outcome == "destroy" and e.event == "consent.withdrawn"]
    assert destroy.event_at == came


def test_what_the_operators_own_mail_server_has_proven_needs_no_link(house, arrive, settings):
    settings.TUTELA_MAIL_BELIEVE = frozenset({"mx.prohomeexchange.example"})
    subject = house.send("order").subject
    proof = "mx.prohomeexchange.example; dkim=pass (2048 bit) header.d=mail.example"
    arrived = arrive(letter(subject=UNSUBSCRIBE, Authentication_Results=proof))
    assert arrived.state == State.TAKEN
    assert ("consent.withdrawn", "destroy") in promised(house, subject)


@pytest.mark.parametrize(
    "results",
    [
        ("mx.other.example; dkim=pass header.d=mail.example",),
        ("mx.ours.example; dkim=fail header.d=mail.example",),
        ("mx.ours.example; dkim=pass header.d=evil.example",),
        ("mx.ours.example; none", "mx.ours.example; dkim=pass header.d=mail.example"),
        ("mx.ours.example; spf=pass smtp.mailfrom=x@evil.example",),
    ],
)
def test_nothing_is_proven_by_a_stranger_a_failure_another_domain_or_a_lower_line(results):
    assert proving.proven(results, "mail.example", {"mx.ours.example"}) == ""
