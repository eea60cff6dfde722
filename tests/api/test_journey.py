"""What an application does in a day, through the whole of Tutela."""

from __future__ import annotations

from datetime import timedelta

from tests.api.conftest import VALUES, Application, person, stored, texts

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.journal.offline import verify_bundle

READ = {"purpose": "orders", "fields": ["full-name", "email"]}


def test_it_learns_who_it_is_and_what_the_policy_says(shop, program):
    status, me = program.get("/application")
    assert (status, me["operator"], me["name"]) == (200, "prohomeexchange", "program-1")
    status, policy = program.get("/policy")
    assert (status, policy["number"], policy["digest"]) == (200, 1, shop.policy.digest)
    orders = next(each for each in policy["purposes"] if each["purpose"] == "orders")
    for language, text in orders["consent_text"].items():
        assert orders["consent_text_sha256"][language] == sha256_hex(text.encode())
    seen, cursor = [], 0
    while cursor is not None:
        status, page = program.get(f"/policy/clauses?limit=200&after={cursor}")
        seen += [each["ref"] for each in page["items"]]
        cursor = page["next"]
    assert seen == [each.ref for each in shop.policy.clauses["en"]]


def test_a_consent_is_recorded_read_proven_and_withdrawn(shop, program):
    subject = person(program, "orders", "newsletter")
    status, now = program.get(f"/subjects/{subject}/consents")
    assert [each["purpose"] for each in now["consents"]] == ["newsletter", "orders"]
    journal.sequence(shop.id)
    status, past = program.get(f"/subjects/{subject}/consents/history")
    given = next(each for each in past["items"] if each["purpose"] == "orders")
    status, proof = program.get(f"/subjects/{subject}/consents/{given['consent']}/proof")
    assert status == 200, proof
    assert sha256_hex(proof["text"].encode()) == given["text_sha256"]
    assert f'"text_hash":"{given["text_sha256"]}"' in proof["journal"]["entries"][0]["entry"]
    body = {"purposes": ["orders"], "language": "en"}
    status, over = program.send(f"/subjects/{subject}/withdrawals", body)
    assert (status, over["purposes"]) == (201, ["orders"])
    assert over["remaining"] == ["consent.newsletter"]
    assert {each["outcome"] for each in over["obligations"]} >= {"destroy", "stop"}
    status, due = program.get(f"/obligations?cause={over['withdrawal']}&state=open")
    assert {each["obligation"] for each in due["items"]} < {
        each["obligation"] for each in over["obligations"]
    }
    status, refused = program.send(f"/subjects/{subject}/values", READ)
    assert (status, refused["type"]) == (403, "urn:tutela:problem:no-consent")


def test_data_is_stored_found_read_and_corrected_through_the_gate(shop, program):
    subject = person(program, "orders")
    record = stored(program, subject)
    find = {"field": "email", "value": "Maria@Mail.example"}
    assert program.send("/subjects/find", find) == (200, {"subject": subject})
    status, held = program.get(f"/subjects/{subject}/records")
    assert held["items"][0]["fields"] == sorted(VALUES)
    status, found = program.send(f"/subjects/{subject}/values", READ)
    assert {each["field"]: each["value"] for each in found["items"]} == {
        "full-name": "Maria Sample",
        "email": "maria@mail.example",
    }
    address = f"/subjects/{subject}/records/{record}/values/full-name"
    status, mended = program.send(address, {"purpose": "orders", "value": "Maria Novak"}, "PUT")
    assert (status, mended["field"]) == (200, "full-name")
    status, found = program.send(f"/subjects/{subject}/values", READ | {"fields": ["full-name"]})
    assert [each["value"] for each in found["items"]] == ["Maria Novak"]
    status, past = program.send(
        f"/subjects/{subject}/values/history", READ | {"fields": ["full-name"]}
    )
    assert [each["value"] for each in past["items"]] == ["Maria Sample"]


def test_a_form_is_taken_in_as_on_the_page(shop, program):
    body = {"values": VALUES, "consents": ["orders"], "language": "ru"}
    status, made = program.send("/forms/order", body)
    assert status == 201, made
    page = program.client.get(made["receipt"])
    assert page.status_code == 200
    status, now = program.get(f"/subjects/{made['subject']}/consents")
    assert [each["purpose"] for each in now["consents"]] == ["orders"]
    status, one = program.get(f"/subjects/{made['subject']}")
    assert one["language"] == "ru"


def test_everything_it_did_stands_in_the_journal_under_its_name(shop, program):
    subject = person(program, "orders")
    stored(program, subject)
    program.send(f"/subjects/{subject}/values", READ)
    with operator_scope(shop.id):
        rows = journal.entries(shop.id, subject=subject)
    permits = [each for each in rows if each.kind == "gate.permitted"]
    assert [each.action for each in permits] == ["collection", "extraction"]
    assert {str(each.actor) for each in permits} == {f"application:{program.id}"}
    status, told = program.get(f"/subjects/{subject}/journal", accept_language="ru")
    assert len(told["items"]) == len(rows)
    assert told["items"][0]["by"] == "приложение"
    journal.sequence(shop.id)
    status, head = program.get("/journal/checkpoint")
    assert status == 200
    assert head["note"].startswith("tutela") or "\n" in head["note"]


def test_the_gate_is_asked_and_says_why_not(shop, program):
    subject = person(program, "newsletter")
    asked = {"subject": subject, "action": "use", "purpose": "newsletter", "fields": ["email"]}
    status, yes = program.send("/decisions", asked)
    assert (status, yes["permitted"], yes["basis"]) == (200, True, "consent")
    status, no = program.send("/decisions", asked | {"purpose": "orders"}, accept_language="ru")
    assert (no["permitted"], no["reason"]) == (False, "no-consent")
    assert "согласи" in no["sentence"]


def test_an_answer_is_explained_now_and_as_it_was(shop, program):
    subject = person(program, "newsletter")
    asked = {"subject": subject, "action": "use", "purpose": "newsletter", "fields": ["email"]}
    agreed = clock.now()
    clock.installed().set(agreed + timedelta(hours=1))
    program.send(f"/subjects/{subject}/withdrawals", {"purposes": None, "language": "en"})
    clock.installed().set(agreed + timedelta(hours=2))
    status, now = program.send("/decisions/explanation", asked)
    assert (status, now["permitted"], now["reason"]) == (200, False, "no-consent")
    assert [each["verdict"] for each in now["steps"]].count("refuses") == 1
    before = (agreed + timedelta(minutes=30)).isoformat()
    status, then = program.send("/decisions/explanation", asked | {"at": before})
    assert (status, then["permitted"], then["change"]) == (200, True, "")
    with operator_scope(shop.id):
        assert journal.count(shop.id, ["gate.explained"]) == 2


def test_somebody_who_agreed_to_little_learns_what_is_off(program):
    subject = person(program, "newsletter")
    status, told = program.get(f"/subjects/{subject}/limits", accept_language="ru")
    assert status == 200
    assert "newsletter" in told["on"]
    orders = next(each for each in told["off"] if each["purpose"] == "orders")
    assert (orders["reason"], orders["points"]) == ("no-consent", ["order"])
    assert "согласи" in orders["sentence"]


def test_words_that_are_no_longer_in_force_are_no_consent(shop, program):
    subject = person(program)
    body = {
        "consents": [{"purpose": "orders", "text_sha256": "0" * 64}],
        "language": "en",
        "mode": "tick",
    }
    status, problem = program.send(f"/subjects/{subject}/consents", body)
    assert (status, problem["type"]) == (409, "urn:tutela:problem:other-words")
    body["consents"] = texts(program, "orders")
    assert program.send(f"/subjects/{subject}/consents", body)[0] == 201


def test_the_proof_is_accepted_by_the_offline_verifier_and_a_changed_one_is_not(shop, program):
    subject = person(program, "orders")
    journal.sequence(shop.id)
    _, past = program.get(f"/subjects/{subject}/consents/history")
    _, proof = program.get(f"/subjects/{subject}/consents/{past['items'][0]['consent']}/proof")
    assert verify_bundle(proof["journal"]).holds
    entry = proof["journal"]["entries"][0]
    entry["entry"] = entry["entry"].replace("orders", "claims")
    assert not verify_bundle(proof["journal"]).holds


def test_a_program_asks_for_the_version_in_force_on_one_site(program: Application) -> None:
    status, policy = program.get("/policy?place=agency")
    assert (status, policy["number"]) == (200, 1)
    status, problem = program.get("/policy?place=nowhere")
    assert status == 404
    assert "names no such product or site" in problem["detail"]
    status, words = program.get("/consent-texts/orders?point=order")
    assert (status, bool(words["sha256"])) == (200, True)
