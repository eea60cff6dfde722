"""Purposes that are kept apart, and places where data may not lie: refused and journalled."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.gate.conftest import FOLDER
from tests.gate.test_actions import LIVE, agree
from tests.gate.test_pages import client
from tests.requests.conftest import words

from tutela import app
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate import places
from tutela.gate.rules import Operation
from tutela.journal.models import EntryRow
from tutela.policy import actions as policies
from tutela.policy.vocabulary import STORE_KINDS
from tutela.service import backups
from tutela.vault import actions as vault

OFFICER = Actor(ActorKind.STAFF, "7", "officer")


PLACES = """
stores:
  house:
    {kind: vault, title: {en: Vault, ru: Хранилище}, owner: Lark Bakery LLC,
     address: {en: 1 Oven Lane, ru: "Печной переулок, 1"}, territory: %s, clauses: ["1.1"]}
  copies:
    {kind: backup, title: {en: Copies, ru: Копии}, owner: Lark Bakery LLC,
     address: {en: 2 Oven Lane, ru: "Печной переулок, 2"}, territory: US-GA}
  cloud:
    {kind: external, title: {en: Cloud, ru: Облако}, owner: Cloud Company,
     address: {en: Far away, ru: Далеко}, territory: SI}
residency: {territories: [US], clauses: ["1.2"]}
separate:
  - {groups: [service, marketing], clauses: ["2.2/b2"]}
"""


def publish(folder: Path, vault_in: str) -> UUID:
    """The bakery under a policy that keeps groups apart and says where data may lie."""
    app.wire()
    shutil.copytree(FOLDER, folder)
    with (folder / "policy.yaml").open("a", encoding="utf-8") as file:
        file.write(PLACES % vault_in)
    policies.publish(policies.load_folder(folder))
    return policies.operator_id("lark-bakery")


@pytest.fixture
def apart(db: None, at: clock.ManualClock, tmp_path: Path) -> UUID:
    return publish(tmp_path / "bakery", "US-FL")


def read(operator: UUID, subject: UUID, purpose: str, **changes: object):
    asked = Operation(
        operator=operator,
        subject=subject,
        action=Action.USE,
        purpose=purpose,
        fields=frozenset({"email"} if purpose == "newsletter" else {"name"}),
        actor=SYSTEM,
    )
    return gate.decide(replace(asked, **changes))


@pytest.fixture
def agreed(apart: UUID, subject: UUID) -> UUID:
    with operator_scope(apart):
        gate.change_standing(
            apart,
            subject,
            lambda each: replace(each, consents={"orders": LIVE, "newsletter": LIVE}),
        )
    return subject


def test_reading_one_person_for_two_separated_purposes_in_one_operation_is_refused(
    apart: UUID, agreed: UUID
) -> None:
    with operator_scope(apart):
        assert isinstance(read(apart, agreed, "orders"), Permit)
        refusal = read(apart, agreed, "newsletter")
        assert (refusal.reason, refusal.clause) == ("groups-apart", "2.2/b2")
        assert isinstance(read(apart, agreed, "orders"), Permit)
        last = EntryRow.objects.filter(kind="gate.refused").get()
        assert (last.data["reason"], last.purpose) == ("groups-apart", "newsletter")


def test_what_the_law_demands_and_what_is_collected_joins_nothing(
    apart: UUID, agreed: UUID
) -> None:
    with operator_scope(apart):
        assert isinstance(read(apart, agreed, "orders"), Permit)
        collected = read(apart, agreed, "newsletter", action=Action.COLLECTION, point="newsletter")
        assert isinstance(collected, Permit)
        own = Actor(ActorKind.SUBJECT, str(agreed))
        look = read(apart, agreed, "subject-rights", action=Action.EXTRACTION, actor=own)
        assert isinstance(look, Permit)


@pytest.mark.django_db(transaction=True)
def test_another_operation_begins_with_nothing_read(apart: UUID, agreed: UUID) -> None:
    for purpose in ("orders", "newsletter", "orders"):
        with operator_scope(apart):
            assert isinstance(read(apart, agreed, purpose), Permit)


def test_a_copy_to_a_store_outside_of_the_territory_is_refused_and_journalled(
    apart: UUID,
) -> None:
    with operator_scope(apart):
        assert gate.may_write_to(apart, "copies", actor=OFFICER) is None
        for store, reason, clause in (
            ("cloud", "outside-territory", "1.2"),
            ("cellar", "unknown-store", "1.1"),
        ):
            refusal = gate.may_write_to(apart, store, actor=OFFICER)
            assert refusal is not None
            assert (refusal.reason, refusal.clause) == (reason, clause)
        said = EntryRow.objects.filter(kind="store.refused").order_by("number")
        assert [each.data["reason"] for each in said] == ["outside-territory", "unknown-store"]
        assert [each.data.get("store", "") for each in said] == ["cloud", ""]


def test_a_backup_is_made_where_the_policy_lets_it_lie_and_nowhere_else(apart: UUID) -> None:
    backups.check_stores("copies")
    with pytest.raises(backups.StoreNotAllowed):
        backups.check_stores("cloud")
    with operator_scope(apart):
        assert EntryRow.objects.filter(kind="store.refused").count() == 1


def test_a_form_is_not_taken_where_the_vault_stands_outside_of_the_territory(
    db: None, at: clock.ManualClock, tmp_path: Path, subject: UUID
) -> None:
    abroad = publish(tmp_path / "bakery", "SI-01")
    with operator_scope(abroad):
        gate.change_standing(abroad, subject, agree)
        refusal = read(abroad, subject, "orders", action=Action.COLLECTION, point="order")
        assert (refusal.reason, refusal.clause) == ("outside-territory", "1.2")
        assert EntryRow.objects.get(kind="gate.refused").data["reason"] == "outside-territory"


@pytest.fixture
def kept(apart: UUID, agreed: UUID) -> UUID:
    """The bakery with one name in its vault."""
    with operator_scope(apart):
        permit = read(apart, agreed, "orders", action=Action.COLLECTION, point="order")
        assert isinstance(permit, Permit)
        values = {"name": "Anna Canary"}
        vault.store(permit, record=new_id(), point="order", purposes=("orders",), values=values)
    return apart


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Where does data lie?", "1 Oven Lane", "Lark Bakery LLC", "US-FL", "not allowed")),
        ("ru", ("Где лежат данные?", "Печной переулок, 1", "US-FL", "не разрешена", "1 значение")),
    ],
)
def test_the_desk_shows_where_data_lies(kept: UUID, language: str, told: tuple[str, ...]) -> None:
    page = words(client(kept, "mary", "auditor").get(f"/{language}/desk/lark-bakery/stores/"))
    assert [each for each in told if each not in page] == []
    assert "Canary" not in page


def test_every_declared_store_stands_on_the_page_with_what_lies_there(kept: UUID) -> None:
    with operator_scope(kept):
        policy = policies.in_force(kept)
        found = {each.store.slug: each for each in places.places(kept, policy)}
    assert set(found) == set(policy.stores) == {"house", "copies", "cloud"}
    assert [each.outside for each in found.values()] == [False, False, True]
    assert sum(each.values for each in found["house"].held) == 1
    assert found["copies"].held == ()


def test_every_kind_of_store_has_words() -> None:
    assert set(places.KINDS) == set(STORE_KINDS)
