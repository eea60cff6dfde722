"""Letters from a real IMAP server, and over a real LMTP connection."""

from __future__ import annotations

import shutil
import smtplib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from tests.intake.conftest import MARIA, UNSUBSCRIBE, letter, rows
from tests.intake.servers import Imap, free_port, imap

from tutela.db.scope import operator_scope
from tutela.intake import actions as intake
from tutela.intake import fetching, serving
from tutela.intake.mailboxes import Listening
from tutela.intake.models import Mailbox, Message
from tutela.intake.wording import State

assert shutil.which("dovecot"), "These tests need Dovecot: apt-get install dovecot-imapd"


@pytest.fixture
def mailbox() -> Iterator[Imap]:
    with tempfile.TemporaryDirectory() as folder, imap(Path(folder, "dovecot")) as running:
        yield running


def fetch(house, mailbox: Imap, query: str = "") -> int:
    account = mailbox.account("prohomeexchange", query)
    box = fetching.opened(account)
    try:
        return fetching.fetch(house.id, account, box)
    finally:
        box.logout()


def test_letters_go_from_the_mailbox_to_cases_and_leave_it_once_they_are_sealed(house, mailbox):
    mailbox.put(*(letter(name=str(number)) for number in range(3)))
    assert fetch(house, mailbox) == 3
    assert [each.state for each in rows(house)] == [State.UNREAD] * 3
    assert all(each.record and each.left_at for each in rows(house))
    assert mailbox.left() == 0
    assert fetch(house, mailbox) == 0
    assert {each.to[0] for each in house.letters()} == {MARIA}


def test_a_round_trip_by_mail_ends_with_a_letter_that_the_next_look_does_not_take(house, mailbox):
    mailbox.put(letter(subject="Как вы храните мои данные?", text="Ответьте, пожалуйста."))
    fetch(house, mailbox)
    (answer,) = house.letters()
    mailbox.put(answer.message().as_bytes())  # a loop: our own answer comes back to us
    assert fetch(house, mailbox) == 1
    assert [each.reason for each in rows(house)] == ["unknown-sender", "auto-reply"]
    assert house.letters() == []


def test_what_is_set_aside_stays_in_the_mailbox_until_somebody_wants_it(house, mailbox):
    mailbox.put(letter(Precedence="bulk"), letter(name="2", X_Spam_Flag="YES"))
    fetch(house, mailbox)
    assert mailbox.left() == 2
    first = rows(house)[0]
    with operator_scope(house.id):
        intake.want(house.id, first.id)
    assert fetch(house, mailbox) == 1
    assert mailbox.left() == 1
    assert {each.state for each in rows(house)} == {State.UNREAD, State.ASIDE}


def test_a_mailbox_that_is_to_be_kept_is_left_as_it_is(house, mailbox):
    mailbox.put(letter())
    fetch(house, mailbox, "?after=keep")
    assert mailbox.left() == 1
    assert fetch(house, mailbox, "?after=keep") == 0


def test_a_server_that_numbers_anew_brings_nothing_twice(house, mailbox):
    mailbox.put(letter(), letter(name="2"))
    fetch(house, mailbox, "?after=keep")
    mailbox.number_anew()
    assert fetch(house, mailbox, "?after=keep") == 0
    assert len(rows(house)) == 2


def test_the_same_letter_twice_in_one_mailbox_is_one_case_and_both_copies_go(house, mailbox):
    mailbox.put(letter(), letter())
    assert fetch(house, mailbox) == 1
    assert len(rows(house)) == 1
    assert mailbox.left() == 0


def test_a_copy_that_a_killed_process_left_behind_is_removed_by_the_next_look(house, mailbox):
    mailbox.put(letter())
    fetch(house, mailbox, "?after=keep")  # sealed and committed; then it was killed
    assert mailbox.left() == 1
    fetch(house, mailbox)
    assert mailbox.left() == 0


def test_a_server_that_refuses_is_noted_by_its_kind_alone(house, mailbox):
    account = mailbox.account("prohomeexchange")
    fetching.note_failure(house.id, account, "connectionrefusederror")
    with operator_scope(house.id):
        (box,) = Mailbox.objects.all()
        assert (box.failure, box.failed_at is not None) == ("connectionrefusederror", True)
    fetch(house, mailbox)
    with operator_scope(house.id):
        assert Mailbox.objects.get().failed_at is None


@contextmanager
def delivering(protocol: str) -> Iterator[int]:
    server = serving.Server(Listening(protocol, "127.0.0.1", free_port()))
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def committed(transactional_db, house):
    """The server works in threads of its own, so what the house holds has to be committed."""
    yield house
    connections.close_all()


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
def test_a_mail_server_delivers_and_is_told_what_became_of_each_letter(committed, protocol):
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    with delivering(protocol) as port, kind("127.0.0.1", port) as client:
        client.sendmail(MARIA, ["Privacy+x@prohomeexchange.example"], letter())
        client.sendmail(MARIA, ["privacy@prohomeexchange.example"], letter())
        with pytest.raises(smtplib.SMTPRecipientsRefused) as unknown:
            client.sendmail(MARIA, ["nobody@prohomeexchange.example"], letter())
        assert [code for code, _said in unknown.value.recipients.values()] == [550]
        with pytest.raises(smtplib.SMTPDataError) as spam:
            client.sendmail(
                MARIA,
                ["privacy@prohomeexchange.example"],
                letter(name="2", subject=UNSUBSCRIBE, X_Spam_Flag="YES"),
            )
        assert spam.value.smtp_code == 550
    with operator_scope(committed.id):
        assert sorted(Message.objects.values_list("state", flat=True)) == ["aside", "unread"]


def test_one_letter_to_two_recipients_is_answered_for_each(committed):
    to = ["privacy@prohomeexchange.example", "privacy+2@prohomeexchange.example"]
    with delivering("lmtp") as port, smtplib.LMTP("127.0.0.1", port) as client:
        refused = client.sendmail(MARIA, to, letter())
    assert [code for code, _said in refused.values()] == [452]
