"""Every reason to refuse, on which clause, in words that say what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.gate.conftest import NOW
from tests.gate.test_decisions import ACTORS, AGREED, DAY, ENDED, LIVE, STANDINGS, operation

from tutela.core.vocabulary import SYSTEM, Action, Scope
from tutela.gate.reasons import CONTROLS, Reason
from tutela.gate.rules import Block, Contract, Hold, Mandate, Standing, decide, dissemination_of
from tutela.gate.wording import SENTENCES, sentence
from tutela.policy.model import Policy

USE = operation("orders", Action.USE, SYSTEM)
COLLECT = replace(USE, action=Action.COLLECTION)
SEND = replace(USE, action=Action.PROVISION)
LOOK = operation("oversight", Action.EXTRACTION, ACTORS["officer"])
MAILED = replace(USE, purpose="newsletter", fields=frozenset({"email"}))
MAIL_ONLY = Scope(frozenset({"newsletter"}), frozenset({"use"}))
MAIL_READ = Scope(frozenset({"newsletter"}), frozenset({"extraction"}))
LOOK_FOR = replace(LOOK, purpose="subject-rights")
NARROW = Mandate("a-1", ACTORS["representative"].id, "representative", ("withdrawal",), NOW - DAY)
CHECK = replace(USE, purpose="checks", fields=frozenset({"passport"}))
UNDER_CONTRACT = STANDINGS["contract"]

ONLY_READ = replace(LIVE, conditions=("no-transfer",))
READABLE = Standing(consents={"orders": LIVE, dissemination_of("orders"): ONLY_READ})

CASES: dict[Reason, list[tuple[Any, Standing]]] = {
    Reason.UNKNOWN_ACTION: [(replace(USE, action="sale"), AGREED)],
    Reason.UNKNOWN_PURPOSE: [
        (replace(USE, purpose="resale"), AGREED),
        (replace(USE, purpose=""), AGREED),
    ],
    Reason.OUTSIDE_SCOPE: [
        (replace(USE, actor=ACTORS["without scope"]), AGREED),
        (replace(USE, actor=replace(ACTORS["application"], scope=MAIL_ONLY)), AGREED),
        (replace(MAILED, actor=replace(ACTORS["application"], scope=MAIL_READ)), AGREED),
    ],
    Reason.UNKNOWN_FIELD: [
        (replace(USE, fields=frozenset({"name", "blood"})), AGREED),
        (replace(LOOK, fields=frozenset({"blood"})), AGREED),
    ],
    Reason.FIELD_OUTSIDE_PURPOSE: [(replace(MAILED, fields=frozenset({"email", "note"})), AGREED)],
    Reason.UNKNOWN_POINT: [
        (replace(COLLECT, point="street"), AGREED),
        (replace(COLLECT, point=""), AGREED),
    ],
    Reason.NOT_ASKED_HERE: [
        (replace(COLLECT, point="newsletter", fields=frozenset({"email"})), AGREED),
        (replace(COLLECT, point="newsletter"), AGREED),
    ],
    Reason.NO_SUBJECT: [
        (replace(USE, subject=None), AGREED),
        (replace(USE, purpose="identification", fields=frozenset({"email"})), AGREED),
    ],
    Reason.DESTROYED: [(USE, STANDINGS["destroyed"])],
    Reason.BLOCKED: [(USE, STANDINGS["blocked"]), (LOOK, STANDINGS["blocked"])],
    Reason.HELD: [(USE, STANDINGS["held"])],
    Reason.ROLE: [(replace(USE, actor=ACTORS["auditor"]), AGREED)],
    Reason.NOT_OWN: [(replace(COLLECT, actor=ACTORS["stranger"]), AGREED)],
    Reason.NO_AUTHORITY: [(replace(LOOK_FOR, actor=ACTORS["representative"]), AGREED)],
    Reason.BEYOND_AUTHORITY: [
        (replace(LOOK_FOR, actor=ACTORS["representative"]), replace(AGREED, mandates=(NARROW,)))
    ],
    Reason.NO_REASON: [(replace(LOOK, reason=""), AGREED)],
    Reason.NO_CONSENT: [
        (MAILED, Standing()),
        (MAILED, STANDINGS["refused"]),
        (replace(USE, basis="consent"), UNDER_CONTRACT),
    ],
    Reason.CONSENT_EXPIRED: [(MAILED, STANDINGS["expired"])],
    Reason.NO_CONTRACT: [
        (replace(USE, basis="agreement"), AGREED),
        (replace(USE, basis="agreement"), STANDINGS["contract over"]),
    ],
    Reason.NO_RULE: [
        (replace(USE, purpose="habit"), AGREED),
        (replace(USE, basis="whim"), AGREED),
        (replace(USE, purpose="fraud"), STANDINGS["refused"]),
    ],
    Reason.UNKNOWN_RECIPIENT: [
        (replace(SEND, recipient="passer-by"), AGREED),
        (replace(SEND, recipient=""), AGREED),
    ],
    Reason.RECIPIENT_OUTSIDE_PURPOSE: [
        (replace(SEND, fields=frozenset({"email"})), AGREED),
        (replace(MAILED, action=Action.ACCESS), AGREED),
    ],
    Reason.NO_GROUND: [
        (replace(SEND, recipient="partner"), AGREED),
        (SEND, UNDER_CONTRACT),
    ],
    Reason.NO_INSTRUCTION: [
        (replace(SEND, recipient="helper"), AGREED),
        (replace(SEND, recipient="printer"), AGREED),
    ],
    Reason.FOREIGN_COUNTRY: [(replace(SEND, recipient="abroad"), AGREED)],
    Reason.GROUPS_APART: [
        (replace(MAILED, joins=frozenset({"orders"})), AGREED),
        (replace(USE, joins=frozenset({"taxes", "newsletter"})), AGREED),
    ],
    Reason.UNKNOWN_STORE: [(replace(COLLECT, store="cellar"), AGREED)],
    Reason.OUTSIDE_TERRITORY: [
        (replace(COLLECT, store="cloud"), AGREED),
        (replace(USE, action=Action.STORAGE, store="cloud"), AGREED),
    ],
    Reason.NO_DISSEMINATION_CONSENT: [(replace(USE, action=Action.DISSEMINATION), AGREED)],
    Reason.FORBIDDEN_BY_PERSON: [
        (replace(SEND, action=Action.DISSEMINATION, recipient="passer-by"), READABLE),
    ],
}


OF_THE_OFFICE = {
    Reason.FIELD_CLASS,
    Reason.NOT_ACKNOWLEDGED,
    Reason.NO_DECISION,
    Reason.NO_SECOND_PERSON,
    Reason.CONSENT_OUTDATED,
}
"""Given only by a policy with rules for its own people, or by a version that asks for a consent
anew; ``test_office`` and ``notices/test_new_versions`` have their cases."""


OF_THE_JOURNAL = {Reason.EVIDENCE}
"""Asked about entries and not about data; ``tests/retention/test_evidence.py`` has its case."""


def test_every_reason_has_a_case() -> None:
    assert (
        set(CASES) | OF_THE_OFFICE | OF_THE_JOURNAL
        == set(Reason)
        == set(CONTROLS)
        == set(SENTENCES)
    )


@pytest.mark.parametrize(
    ("reason", "asked", "standing"),
    [(reason, *case) for reason, cases in CASES.items() for case in cases],
)
def test_a_refusal_names_its_reason_and_the_clause_bound_to_its_control(
    policy: Policy, reason: Reason, asked: Any, standing: Standing
) -> None:
    decision = decide(policy, standing, asked, NOW)
    assert (decision.permitted, decision.reason, decision.basis) == (False, reason, "")
    assert decision.clause == policy.clause_of(CONTROLS[reason]) != ""
    assert decision.rule


def test_a_block_and_a_hold_name_the_clause_they_were_set_on(policy: Policy) -> None:
    blocked = replace(AGREED, blocks=(Block("check", NOW - DAY, None, "9.6"),))
    held = replace(AGREED, holds=(Hold("duty", USE.fields, None, "9.4(c)"),))
    assert decide(policy, blocked, USE, NOW).clause == "9.6"
    assert decide(policy, held, USE, NOW).clause == "9.4(c)"


@pytest.mark.parametrize(
    ("asked", "standing", "basis"),
    [
        (USE, AGREED, "consent"),
        (USE, UNDER_CONTRACT, "agreement"),
        (USE, replace(UNDER_CONTRACT, consents={"orders": ENDED}), "agreement"),
        (
            replace(USE, basis="agreement"),
            replace(UNDER_CONTRACT, consents={"orders": LIVE}),
            "agreement",
        ),
        (COLLECT, Standing(), "agreement"),
        (replace(USE, purpose="taxes"), Standing(refused=True), "duty"),
        (replace(USE, purpose="fraud"), Standing(), "interest"),
        (replace(SEND, recipient="partner"), UNDER_CONTRACT, "agreement"),
        (LOOK, Standing(), "law"),
        (replace(CHECK, actor=ACTORS["officer"]), Standing(), "duty"),
        (CHECK, Standing(), "duty"),
        (replace(USE, joins=frozenset({"taxes", "orders"})), AGREED, "consent"),
        (replace(LOOK, joins=frozenset({"orders", "newsletter"})), AGREED, "law"),
        (replace(COLLECT, store="copies"), AGREED, "consent"),
    ],
)
def test_a_permit_names_the_basis_it_rests_on(
    policy: Policy, asked: Any, standing: Standing, basis: str
) -> None:
    decision = decide(policy, standing, asked, NOW)
    assert (decision.permitted, decision.basis, decision.reason) == (True, basis, "")


@pytest.mark.parametrize("ground", ["orders", "consent", "agreement"])
def test_data_held_for_a_purpose_or_a_basis_of_it_serves_that_purpose(
    policy: Policy, ground: str
) -> None:
    held = replace(AGREED, holds=(Hold(ground, USE.fields),))
    assert decide(policy, held, USE, NOW).permitted


def test_consents_and_contracts_end_at_their_moment_and_blocks_begin_at_theirs(
    policy: Policy,
) -> None:
    ending = Standing(consents={"orders": replace(LIVE, expires_at=NOW)})
    assert decide(policy, ending, USE, NOW - DAY / 86400).permitted
    assert not decide(policy, ending, USE, NOW).permitted
    coming = Standing(contracts=(Contract("c-2", ("orders",), NOW),))
    assert not decide(policy, coming, USE, NOW - DAY / 86400).permitted
    assert decide(policy, coming, USE, NOW).permitted
    block = replace(AGREED, blocks=(Block("check", NOW, NOW + DAY),))
    allowed = [decide(policy, block, USE, NOW + DAY * each).permitted for each in (-1, 0, 1)]
    assert allowed == [True, False, True]


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_worded_in_both_languages(reason: Reason) -> None:
    english, russian = sentence(reason, "en"), sentence(reason, "ru")
    assert english != russian
    assert english.endswith(".")
    assert russian.endswith(".")
