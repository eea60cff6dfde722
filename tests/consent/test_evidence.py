"""The proof of a consent, as somebody verifies it who has the file and the key alone."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.consent.conftest import MINIMAL

from tutela.consent import actions as consent
from tutela.consent import evidence
from tutela.consent.errors import NothingToProve, ProvedSoon
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal import offline
from tutela.policy import actions as policies


class Case:
    """One person who agreed to orders and withdrew, in a journal that was signed since."""

    def __init__(self, operator: UUID, folder) -> None:
        self.operator, self.path = operator, folder / "proof.json"
        with operator_scope(operator):
            self.subject = identity.new_subject(operator, "en", "customer")
            asked = {"act": "form.sent", "point": "order", "language": "ru", "mode": "tick"}
            consent.give(operator, self.subject, ["orders"], **asked)
        with operator_scope(operator):
            self.use = self.use_it()
            actor = Actor(ActorKind.SUBJECT, str(self.subject))
            consent.withdraw(operator, self.subject, None, actor=actor, channel="mail")
        journal.sequence(operator)
        with operator_scope(operator):
            self.key = journal.public_key(operator)

    def use_it(self) -> UUID:
        operation = Operation(
            operator=self.operator,
            subject=self.subject,
            action=Action.USE,
            purpose="orders",
            fields=frozenset({"email"}),
            actor=SYSTEM,
        )
        assert not isinstance(gate.decide(operation), gate.Refusal)
        rows = journal.entries(self.operator, subject=self.subject, kinds=["gate.permitted"])
        return rows[-1].id

    def take(self, purpose: str = "orders", **more) -> evidence.File:
        asked = {"actor": SYSTEM, "reason": "audit", **more}
        with operator_scope(self.operator):
            return evidence.take(self.operator, self.subject, purpose, **asked)

    def verify(self, content: str | bytes):
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return offline.verify_file(self.path, [self.key])


@pytest.fixture
def case(operator: UUID, tmp_path) -> Case:
    return Case(operator, tmp_path)


@pytest.fixture
def operator(transactional_db: None, at) -> UUID:
    policy = policies.load_folder(MINIMAL)
    policies.publish(policy, datetime(2024, 5, 1, tzinfo=UTC))
    return policies.operator_id(policy.operator.slug)


def test_the_proof_holds_words_acts_times_and_channel_and_verifies_offline(case) -> None:
    file = case.take()
    document = json.loads(file.content)["document"]
    given, withdrawn = document["events"]
    assert (given["kind"], given["mode"], given["point"], given["language"]) == (
        "given",
        "tick",
        "order",
        "ru",
    )
    assert document["texts"][given["text_hash"]]
    assert (withdrawn["kind"], withdrawn["channel"]) == ("withdrawn", "mail")
    assert document["standing"] == "withdrawn"
    report = case.verify(file.content)
    assert report.holds, report.findings
    assert (report.kind, report.entries) == ("consent-proof", 2)
    assert "agreed to" in report.lines("en")[0]


def test_a_change_of_any_byte_is_found(case) -> None:
    content = case.take().content.encode()
    unseen = []
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        try:
            holds = case.verify(bytes(changed)).holds
        except offline.Unreadable:
            continue
        if holds:
            unseen.append(place)
    assert not unseen


def test_bits_of_the_signature_that_mean_nothing_are_looked_at_too(case) -> None:
    envelope = json.loads(case.take().content)
    line = envelope["signature"].rstrip("\n")
    last = line[-2]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = letters[letters.index(last) | 1]
    assert other != last
    envelope["signature"] = line[:-2] + other + "=\n"
    assert not case.verify(offline.offline_evidence.written(envelope)).holds


@pytest.mark.parametrize("spoil", [b" ", b"\n", b'{"a":1}'])
def test_bytes_added_at_the_end_are_found(case, spoil: bytes) -> None:
    content = case.take().content.encode() + spoil
    with contextlib.suppress(offline.Unreadable):
        assert not case.verify(content).holds


def test_other_words_under_the_same_fingerprint_are_found_even_if_signed_anew(case) -> None:
    envelope = json.loads(case.take().content)
    document = envelope["document"]
    (sha256,) = document["texts"]
    document["texts"][sha256] = "I agree to everything."
    assert _codes(case, document) == {"proof-words-differ"}


def test_an_event_that_its_entry_does_not_tell_is_found_even_if_signed_anew(case) -> None:
    document = json.loads(case.take().content)["document"]
    document["events"][0]["mode"] = "signed-form"
    assert _codes(case, document) == {"proof-event-differs"}
    document = json.loads(case.take().content)["document"]
    document["purpose"] = "newsletter"
    assert "proof-event-differs" in _codes(case, document)


def _codes(case, document) -> set[str]:
    with operator_scope(case.operator):
        signed = journal.sign_document(case.operator, document)
    signed["format"] = offline.offline_evidence.PROOF_FORMAT
    return {each.code for each in case.verify(offline.offline_evidence.written(signed)).findings}


def test_the_proof_of_a_message_holds_its_permit_between_consent_and_withdrawal(case) -> None:
    file = case.take(use=case.use)
    document = json.loads(file.content)["document"]
    assert document["use"] == str(case.use)
    assert case.verify(file.content).entries == 3
    places = [each["index"] for each in document["journal"]["entries"]]
    given, withdrawn, used = places
    assert given < used < withdrawn


def test_where_there_is_no_consent_the_proof_says_so(case) -> None:
    file = case.take("newsletter")
    document = json.loads(file.content)["document"]
    assert (document["standing"], document["events"]) == ("no-consent", [])
    assert case.verify(file.content).holds
    with pytest.raises(NothingToProve):
        case.take("espionage")
    with pytest.raises(NothingToProve):
        case.take("newsletter", use=case.use)


def test_a_consent_of_this_very_second_asks_for_patience(case) -> None:
    with operator_scope(case.operator):
        consent.give(
            case.operator,
            case.subject,
            ["newsletter"],
            act="form.sent",
            point="",
            language="en",
            mode="tick",
        )
    with pytest.raises(ProvedSoon):
        case.take("newsletter")


def test_each_proof_taken_is_journalled_with_its_reason(case) -> None:
    case.take(reason="dispute")
    with operator_scope(case.operator):
        (row,) = journal.entries(case.operator, kinds=["consent.proof-taken"])
        assert row.data["reason"] == "dispute"
        assert "court" in journal.wording(row, "en")
