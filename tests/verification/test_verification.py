"""Copies of papers are seen by few, decided upon, and gone with the decision."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.conversations.conftest import SLUG, Market, send
from tests.vault.files import PDF, noise, saved

from tutela.core import clock
from tutela.core.controls import ClauseState, Question
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.jobs import engine
from tutela.policy import actions as policies
from tutela.requests.errors import Refused
from tutela.requests.models import Letter
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.vault.models import Chunk
from tutela.verification import actions
from tutela.verification.controls import identity_docs
from tutela.verification.errors import AlreadyDecided, SecondPersonNeeded, UnknownCase
from tutela.verification.models import Case

FORM = f"/en/{SLUG}/forms/verification/"
DESK = f"/en/desk/{SLUG}/verifications/"
OFFICER = Actor(ActorKind.STAFF, "7", "officer")
CLERK = Actor(ActorKind.STAFF, "8", "clerk")
OTHER = Actor(ActorKind.STAFF, "9", "officer")


def ask(address: str = "anna@mail.example") -> None:
    answer = send(
        Client(raise_request_exception=False),
        FORM,
        **{"name": "Anna", "email": address, "consent-verification": "on"},
        **{
            "identity-document": SimpleUploadedFile(
                "card.jpg", saved(noise(), "JPEG"), "image/jpeg"
            ),
            "qualification-document": SimpleUploadedFile("diploma.pdf", PDF, "application/pdf"),
        },
    )
    assert answer.status_code == 302


@pytest.fixture
def case(market: Market) -> UUID:
    ask()
    with operator_scope(market.id):
        return actions.cases(market.id)[0].id


def verdict(market: Market) -> ClauseState:
    policy = policies.in_force(market.id)
    with operator_scope(market.id):
        return identity_docs(
            Question(market.id, policy, "identity.docs", "", {}, clock.now())
        ).state


def two_people(market: Market) -> None:
    """The same operator, whose policy has two people decide."""
    changed = {
        name: text.replace(
            "four_eyes:\n", 'four_eyes:\n  verify-person: {clauses: ["Безопасность/p1(b)"]}\n'
        ).replace("  number: 1\n", "  number: 2\n")
        for name, text in market.policy.sources.items()
    }
    from tutela.policy.compiling import compile_sources  # noqa: PLC0415
    from tutela.policy.source import Sources  # noqa: PLC0415

    policies.publish(compile_sources(Sources(changed)).or_raise())


def test_only_the_officer_looks_at_a_copy_and_each_look_is_journalled(market, case):
    with operator_scope(market.id):
        row = actions.case(market.id, case)
        assert row.fields == ("identity-document", "qualification-document")
        with pytest.raises(Refused):
            actions.look(market.id, case, "identity-document", CLERK)
        shown = b"".join(actions.look(market.id, case, "qualification-document", OFFICER))
        assert shown == PDF
    (looked,) = market.told("verification.looked")
    assert (looked.actor_id, looked.data["field"]) == ("7", "qualification-document")
    assert market.told("gate.refused")[0].data["reason"] == "field-class"


def test_no_other_role_opens_the_pages(market, case):
    for role, status in (("officer", 200), ("clerk", 403), ("auditor", 403)):
        staff = market.staff(role)
        assert staff.get(DESK).status_code == status
        assert staff.get(f"{DESK}{case}/").status_code == status


@pytest.mark.parametrize("outcome", ["verified", "differs"])
def test_the_decision_destroys_the_copies_by_an_act_and_keeps_the_rest(market, case, outcome):
    market.register("Anna", "anna@mail.example")
    officer = market.staff("officer")
    page = f"{DESK}{case}/"
    assert f'action="{page}identity-document/"' in officer.get(page).content.decode()
    assert send(officer, page, outcome=outcome).status_code == 302
    with operator_scope(market.id):
        row = actions.case(market.id, case)
        assert (row.outcome, row.fields, row.purged_at) == (outcome, (), clock.now())
        assert not Chunk.objects.exists()
        held = vault.holdings(market.id, row.subject_id)[case]
        assert held >= {"name", "email"}
        (act,) = retention.acts(market.id, row.subject_id)
        assert act.kind == "partial"
        assert actions.is_verified(market.id, row.subject_id) is (outcome == "verified")
        assert Letter.objects.filter(kind="verification-decided").count() == 1
    mine = market.person(row.subject_id).get(f"/en/{SLUG}/my/verification/").content.decode()
    assert "destroyed on" in mine
    assert verdict(market) is ClauseState.KEPT


def test_a_decision_is_taken_once_and_only_from_the_list(market, case):
    with operator_scope(market.id):
        actions.decide(market.id, case, "verified", by=OFFICER)
        with pytest.raises(AlreadyDecided):
            actions.decide(market.id, case, "differs", by=OTHER)
        with pytest.raises(UnknownCase):
            actions.decide(market.id, UUID(int=1), "verified", by=OTHER)
    assert len(market.told("verification.decided")) == 1


def test_where_two_decide_one_alone_cannot(market, case):
    two_people(market)
    with operator_scope(market.id):
        assert actions.decide(market.id, case, "verified", by=OFFICER).open
        with pytest.raises(SecondPersonNeeded):
            actions.decide(market.id, case, "verified", by=OFFICER)
        assert actions.decide(market.id, case, "differs", by=OTHER).open, "another word"
        assert Chunk.objects.exists()
        assert actions.decide(market.id, case, "differs", by=OFFICER).outcome == "differs"
    (decided,) = market.told("verification.decided")
    assert (decided.data["first"], decided.data["second"]) == ("9", "7")
    assert verdict(market) is ClauseState.KEPT


def test_copies_that_nobody_decides_about_go_by_their_rule(market, case):
    engine.run_until(clock.now().replace(month=7, day=20), only=market.id)
    with operator_scope(market.id):
        assert not Chunk.objects.exists()
        assert not Case.objects.exists()


def test_the_control_notices_a_copy_that_was_left(market, case):
    with operator_scope(market.id):
        Case.objects.update(outcome="verified", decided_by="7", decided_at=clock.now())
    assert verdict(market) is ClauseState.BROKEN


def test_the_letter_tells_where_to_look_and_nothing_of_the_outcome(market, case, mailoutbox):
    with operator_scope(market.id):
        actions.decide(market.id, case, "doubtful", by=OFFICER)
    engine.run_until(clock.now(), only=market.id)
    told = [each for each in mailoutbox if "решение" in each.subject or "decided" in each.subject]
    assert len(told) == 1
    assert not re.search("genuine|настоящ", told[0].body)
