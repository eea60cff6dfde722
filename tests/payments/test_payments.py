"""Of a payment five fields are kept; a card number is refused and stands nowhere."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from tests.requests.conftest import SLUG, House

from tutela.core import clock
from tutela.core.controls import ClauseState, Question
from tutela.db.scope import operator_scope
from tutela.journal.models import EntryRow
from tutela.payments import actions
from tutela.payments.cards import holds_card_number
from tutela.payments.controls import payment_acquiring
from tutela.vault import actions as vault

WEBHOOK = f"/en/{SLUG}/payments/integrator/"
KEY = "a key that the two of them share"
CARD = "4111111111111111"
FIVE = {"first-name", "last-name", "phone", "email", "payment-method"}
TOLD = {
    "id": "evt-1",
    "type": "payment.succeeded",
    "payment": {
        "amount": "120.00",
        "method": "card",
        "card": {"masked": "411111******1111"},
        "payer": {
            "first_name": "Maria",
            "last_name": "Sample",
            "email": "maria@mail.example",
            "phone": "+13055550142",
            "address": "1 Model Street",
        },
    },
}


@pytest.fixture(autouse=True)
def keys(settings, tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# who tells of payments\n{SLUG}/integrator {KEY}\n", encoding="utf-8")
    settings.TUTELA_ACQUIRER_KEYS = str(path)


def tell(told: object, *, key: str = KEY, ago: timedelta = timedelta(0), raw: bytes = b""):
    body = raw or json.dumps(told).encode()
    moment = str(int((clock.now() - ago).timestamp()))
    return Client(raise_request_exception=False).post(
        WEBHOOK,
        body,
        content_type="application/json",
        headers={"Pay-Moment": moment, "Pay-Signature": actions.sign(key, moment, body)},
    )


def changed(**changes: object) -> dict[str, object]:
    told = json.loads(json.dumps(TOLD))
    for path, value in changes.items():
        place = told
        *steps, last = path.split("__")
        for step in steps:
            place = place[step]
        place[last] = value
    return told


def refusals(house: House) -> list[str]:
    with operator_scope(house.id):
        rows = EntryRow.objects.filter(kind="payment.refused").order_by("id")
        return [each.data["reason"] for each in rows]


def everything() -> str:
    """All that is in the database, as text: every table, every column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            "'public'::regnamespace"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(f'SELECT t::text FROM "{name}" t')  # noqa: S608 - names of our tables
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def test_exactly_the_five_declared_fields_are_kept_about_the_person_known_by_the_address(house):
    known = house.send("order").subject
    answer = tell(TOLD)
    assert (answer.status_code, answer.json()) == (200, {"kept": True, "repeated": False})
    with operator_scope(house.id):
        (record,) = [each for each in vault.records(house.id, known) if each.point == "payment"]
        assert vault.holdings(house.id, known)[record.id] == FIVE
        row = EntryRow.objects.get(kind="payment.received")
        state = payment_acquiring(
            Question(house.id, house.policy, "payment.acquiring", "", {}, clock.now())
        ).state
    assert (row.subject_id, row.data["dropped"]) == (known, 5)
    assert state is ClauseState.KEPT
    page = house.person(known).get(f"/en/{SLUG}/my/").content.decode()
    assert "1 Model Street" not in page
    assert "411111" not in page


def test_a_message_told_twice_or_copied_by_somebody_is_kept_once(house):
    tell(TOLD)
    assert tell(TOLD).json() == {"kept": True, "repeated": True}
    assert tell(TOLD, ago=timedelta(minutes=6)).status_code == 401
    assert refusals(house) == ["stale"]
    with operator_scope(house.id):
        assert EntryRow.objects.filter(kind="payment.received").count() == 1


@pytest.mark.parametrize(
    "places",
    [
        {"payment__card": {"number": CARD}},
        {"payment__card": {"number": int(CARD)}},
        {"payment__amount": "4111 1111 1111 1111"},
        {"payment__payer__last_name": "Sample 4111-1111-1111-1111"},
        {"payment__payer__first_name": "４１１１１１１１１１１１１１１１"},
        {"payment__method": "٤١١١١١١١١١١١١١١١"},
        {CARD: "a name of a member"},
        {"payment__parts": ["4111", "1111", "1111", "1111"]},
        {"payment__note": "order 12 card 5555\u200b555555554444 thanks"},
        {"payment__note": "378282246310005"},
    ],
    ids=str,
)
def test_a_card_number_anywhere_is_refused_and_stands_nowhere(house, places, caplog):
    caplog.set_level(logging.DEBUG)
    answer = tell(changed(**places))
    assert answer.status_code == 422
    assert refusals(house) == ["card-number"]
    with operator_scope(house.id):
        assert not EntryRow.objects.filter(kind="form.received").exists()
    for number in (CARD, "5555555555554444", "378282246310005", "4111 1111", "4111-1111"):
        assert number not in everything()
        assert number not in caplog.text
        assert number not in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    ["+13055550142", "411111******1111", "1780000000000", "4111111111111112", "order 20260603-17"],
)
def test_what_only_looks_like_a_card_is_none(text):
    assert not holds_card_number({"text": text})


@pytest.mark.parametrize(
    ("told", "reason", "status"),
    [
        ({**TOLD, "id": None}, "incomplete", 422),
        (changed(payment__payer__email="no address"), "incomplete", 422),
        (changed(payment__payer="nobody"), "incomplete", 422),
        ([], "unreadable", 422),
    ],
)
def test_a_message_that_lacks_what_is_declared_leaves_nothing(house, told, reason, status):
    assert tell(told).status_code == status
    assert refusals(house) == [reason]


def test_what_is_no_json_or_far_too_long_gets_a_sentence(house):
    assert tell(None, raw=b"{").status_code == 422
    assert tell(None, raw=b"[" * 60_000).status_code == 422
    assert tell(None, raw=b"\x00\xff").status_code in {400, 422}
    assert tell(None, raw=b" " * 100_000).status_code == 413


def test_a_wrong_signature_is_refused_and_so_is_everything_without_a_key(house, settings):
    assert tell(TOLD, key="another").status_code == 401
    unsigned = Client(raise_request_exception=False).post(
        WEBHOOK, json.dumps(TOLD), content_type="application/json"
    )
    assert unsigned.status_code == 401
    settings.TUTELA_ACQUIRER_KEYS = "/nonexistent/keys"
    assert tell(TOLD).status_code == 401
    assert refusals(house) == ["unsigned", "unsigned", "no-key"]
    assert tell({**TOLD, "type": "payment.failed"}).status_code == 401


def test_a_line_of_the_file_of_keys_without_a_key_is_no_key(house, settings):
    Path(settings.TUTELA_ACQUIRER_KEYS).write_text(f"{SLUG}/integrator\n", encoding="utf-8")
    assert tell(TOLD).status_code == 401
    assert refusals(house) == ["no-key"]


def test_what_is_no_payment_is_taken_and_nothing_kept(house):
    answer = tell({**TOLD, "type": "payment.created"})
    assert (answer.status_code, answer.json()["kept"]) == (200, False)


def test_the_desk_sees_what_is_kept_and_what_was_refused(house):
    tell(TOLD)
    tell(changed(payment__note=CARD))
    page = house.staff("auditor").get(f"/en/desk/{SLUG}/payments/").content.decode()
    for words in ("First name of who paid", "holds a number of a card", "payments.example"):
        assert words in page


@pytest.mark.django_db(transaction=True)
def test_a_platform_of_its_own_process_takes_the_card_and_tells_five_things(live_server, house):
    """The card goes to the platform's page; the shop's server hears of the payment from it."""
    house.at.set(clock.machine())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    platform = subprocess.Popen(
        [sys.executable, "-m", "tests.payments.acquirer", str(port), live_server.url + WEBHOOK, KEY]
    )
    try:
        paid = _pay(port)
        leaked = _pay(port, leak="1", event="evt-leak")
    finally:
        platform.terminate()
        platform.wait()
    assert paid["webhook"] == 200
    assert leaked["webhook"] == 422
    assert refusals(house) == ["card-number"]
    kept = everything()
    assert CARD not in kept
    with operator_scope(house.id):
        entry = EntryRow.objects.get(kind="payment.received")
        assert vault.holdings(house.id, entry.subject_id)[entry_record(entry)] == FIVE


def entry_record(entry: EntryRow):
    from uuid import UUID  # noqa: PLC0415

    return UUID(str(entry.data["record"]))


def _pay(port: int, **more: str) -> dict[str, object]:
    paid = {
        "card": CARD,
        "first": "Maria",
        "last": "Sample",
        "email": "maria@mail.example",
        "phone": "+13055550142",
    }
    body = urllib.parse.urlencode(paid | more).encode()
    for _try in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/pay", body, 20) as answer:
                return json.loads(answer.read())
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("The platform did not start.")


@pytest.mark.parametrize("deep", [100, 960, 20_000])
def test_a_message_that_is_too_deep_is_refused_with_a_sentence(house, deep):
    nested = b'{"type": "payment.succeeded", "x": ' + b"[" * deep + b"]" * deep + b"}"
    answer = tell(None, raw=nested)
    assert answer.status_code == 422
    assert "Nothing was kept" in answer.content.decode()
