"""What people write is looked through by one rule, by whichever door it comes in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.accounts.conftest import VALUES, oneself, site

from tutela.accounts import actions as accounts
from tutela.accounts import editing
from tutela.conversations import actions as conversations
from tutela.core.ids import new_id
from tutela.core.spool import Spool
from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.db.scope import operator_scope
from tutela.gate import access
from tutela.gate.rules import Operation
from tutela.geo import actions as geo
from tutela.identity import actions as identity
from tutela.inventory import actions as inventory
from tutela.inventory import screening
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.publicity import actions as publicity
from tutela.requests import actions as requests
from tutela.requests import records, writings
from tutela.requests.errors import Incomplete
from tutela.requests.intake import permit
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import MAIL

__all__ = ["site"]

SOURCE = Path(__file__).parents[2] / "src" / "tutela"
HEALTH = "I cannot come, my diagnosis is diabetes."
AD = {"ad-text": "I sell a sofa.", "city": "Almaty", "phone": "+7 701 234 56 78"}
CARD = "Take it from 4111 1111 1111 1111, please."
SAMPLES = sorted(each.name for each in policies.samples().iterdir() if each.is_dir())
DOORS_OF_THE_VAULT = {"inventory/taking.py", "retention/keeping.py", "gate/changing.py"}
"""Who stores: the door itself, what was stored under another purpose, and the vault's short way."""


def by_form(here, maria, text):
    return here.register("letter", message=text)


def by_record(here, maria, text):
    values = {"full-name": "Maria Sample", "email": VALUES["email"], "about": text}
    return records.keep(
        here.id, maria, "account", purposes=(), values=values, sender=oneself(maria)
    )


def by_account(here, maria, text):
    row = accounts.demand(here.id, maria)
    return editing.save(here.id, row, {"about": text}, actor=oneself(maria))


def by_correction(here, maria, text):
    row = accounts.demand(here.id, maria)
    return records.correct(
        here.id, maria, row.record, "about", purpose="subject-rights", value=text,
        sender=oneself(maria),
    )  # fmt: skip


def by_conversation(here, maria, text):
    other = here.register(email="ivan@mail.example")
    point = conversations.point_for(here.policy, "people")
    return conversations.begin(
        here.id,
        maria,
        other,
        message=new_id(),
        language="en",
        values={each.field: VALUES.get(each.field, text) for each in point.fields},
        accepted=here.policy.points[point.slug].purposes,
    )


def by_publication(here, maria, text):
    here.register("ad", **AD)
    mine = next(each for each in publicity.own(here.id, maria) if each.point == "ad")
    return publicity.publish(
        here.id,
        maria,
        mine.record,
        ["city"],
        language="en",
        actor=oneself(maria),
        changes={"ad-text": text},
    )


def _values(here, maria):
    leave = permit(
        Operation(
            operator=here.id,
            subject=maria,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(here.policy.fields),
            actor=oneself(maria),
        )
    )
    return [each.value for each in vault.read(leave)]


DOORS = (by_form, by_record, by_account, by_correction, by_conversation, by_publication)


@pytest.mark.parametrize("door", DOORS)
def test_what_may_tell_of_health_is_blocked_and_waits_whichever_way_it_came(site, door):
    here = site("amigo")
    maria = here.register(about="I mend sofas.")
    with operator_scope(here.id):
        door(here, maria, HEALTH)
        (row,) = inventory.findings(here.id, waiting=True)
        assert row.kinds == ("health",)
        assert row.field in {"about", "message", "ad-text"}


@pytest.mark.parametrize("door", DOORS)
def test_the_number_of_a_card_is_refused_whichever_way_it_comes(site, door):
    here = site("amigo")
    maria = here.register(about="I mend sofas.")
    with operator_scope(here.id):
        with pytest.raises(Incomplete) as told:
            door(here, maria, CARD)
        assert "payment card" in told.value.problems[0].message
        assert "Leave it out" in told.value.problems[0].message
        assert CARD not in str(_values(here, maria))
        assert not inventory.findings(here.id)


def test_a_letter_is_taken_with_a_card_in_it_and_its_original_is_blocked_too(site):
    """Nobody is there to be told; and a request must not be lost."""
    here = site("amigo")
    point, original = here.policy.points["letter"], Spool()
    original.write(CARD.encode())
    with operator_scope(here.id):
        requests.submit(
            here.id,
            "letter",
            language="en",
            values={"email": VALUES["email"], "message": CARD},
            accepted=point.purposes,
            idempotency="letter",
            act="letter-sent",
            files={"original-mail": vault.Clean(MAIL, original)},
        )
        found = inventory.findings(here.id, waiting=True)
        assert {each.field for each in found} == {"message", "original-mail"}
        assert {each.kinds for each in found} == {("cards",)}
        said, _other = journal.entries(here.id, kinds=["inventory.special-found"])
        assert "the number of a payment card" in journal.wording(said, "en")
        assert said.clause == "3/b1(c)"


def test_what_staff_write_holds_no_card_and_is_not_held_up(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        identity.grant_role(here.id, 1, "officer")
        actor = Actor(ActorKind.STAFF, "1", "officer")
        access.acknowledge(here.id, actor)
        with pytest.raises(Incomplete):
            writings.write(here.id, maria, writings.NOTE, CARD, actor)
        writings.write(here.id, maria, writings.NOTE, HEALTH, actor)
        assert not inventory.findings(here.id)


def test_a_typed_place_is_looked_through_too(site):
    here = site("uslugi")
    maria = here.register()
    with operator_scope(here.id):
        geo.permit_it(here.id, maria, language="en", actor=oneself(maria))
        with pytest.raises(Incomplete):
            geo.keep_address(here.id, maria, CARD, actor=oneself(maria))


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_becomes_of_a_text_follows_from_the_policy_alone(sample):
    policy = policies.load_folder(policies.samples() / sample)
    told = {kind: each.outcome for kind, each in screening.rules(policy).items()}
    expected = {
        "amigo": dict.fromkeys(screening.special_kinds(), "flagged") | {"cards": "refused"},
        "prohomeexchange": {"cards": "refused"},
        "uslugi": {"cards": "refused", "accounts": "refused"},
    }
    assert told == expected.get(sample, {})


def test_nothing_that_people_say_is_stored_by_another_door():
    stores = re.compile(r"\bvault\.(?:store|correct)\(")
    found = {
        str(each.relative_to(SOURCE))
        for each in SOURCE.rglob("*.py")
        if stores.search(each.read_text(encoding="utf-8"))
    }
    assert found == DOORS_OF_THE_VAULT
