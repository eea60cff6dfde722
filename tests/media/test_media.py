"""Every medium is accounted for: where it is, who has it, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.requests.conftest import post

from tutela.core import clock
from tutela.core.controls import ClauseState
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.media import actions as media
from tutela.media.errors import NotSo, UnfitMedium
from tutela.policy import actions as policies
from tutela.vault.backups import register
from tutela.vault.backups.files import Manifest

OFFICER = Actor(ActorKind.STAFF, "7", "officer")
SAMPLES = Path(__file__).parents[2] / "operators"


@pytest.fixture
def office(bakery) -> UUID:
    """An operator whose policy names a place for media, and one member of staff."""
    policies.publish(policies.load_folder(SAMPLES / "prohomeexchange"))
    operator = policies.operator_id("prohomeexchange")
    user = User.objects.create_user("olga", password="a-long-secret")
    with operator_scope(operator):
        identity.grant_role(operator, user.pk, "clerk")
    return operator


def _state(bakery, operator: UUID) -> ClauseState:
    bakery.id = operator
    bakery.policy = policies.in_force(operator)
    answer = bakery.ask("media.register", parameters={"check_every_days": 30})
    return answer.state


def test_a_medium_is_entered_issued_returned_and_destroyed_with_a_signed_act(office) -> None:
    holder = str(User.objects.get(username="olga").pk)
    with operator_scope(office):
        row = media.add(office, "disk", "office", " safe  2 ", by=OFFICER)
        assert (row.number, row.spot, row.state) == (1, "safe 2", "here")
        assert media.issue(office, row.id, holder, by=OFFICER).state == "issued"
        with pytest.raises(NotSo):
            media.issue(office, row.id, holder, by=OFFICER)
        assert media.take_back(office, row.id, by=OFFICER).state == "here"
        gone = media.destroy(office, row.id, "shredded", by=OFFICER)
        assert gone.envelope is not None
        assert journal.document_holds(office, gone.envelope)
        said = gone.envelope["document"]
        assert (said["number"], said["method"], said["clause"]) == (1, "shredded", "5.2/b2(b)")
        with pytest.raises(NotSo):
            media.take_back(office, row.id, by=OFFICER)
        rows = [each.kind for each in journal.entries(office, limit=100)]
    steps = ["media.added", "media.issued", "media.returned", "media.destroyed"]
    assert sorted(each for each in rows if each.startswith("media.")) == sorted(steps)


@pytest.mark.parametrize(
    ("kind", "store"), [("disk", "vault"), ("scroll", "office"), ("disk", ""), ("", "office")]
)
def test_what_is_not_on_the_lists_is_not_entered(office, kind: str, store: str) -> None:
    with operator_scope(office), pytest.raises(UnfitMedium):
        media.add(office, kind, store, "", by=OFFICER)


def test_what_was_not_seen_is_missing_until_it_is_found(bakery, office) -> None:
    with operator_scope(office):
        disk = media.add(office, "disk", "office", "", by=OFFICER)
        paper = media.add(office, "paper", "office", "", by=OFFICER)
    assert _state(bakery, office) is ClauseState.AT_RISK
    with operator_scope(office):
        media.check(office, [str(disk.id)], by=OFFICER)
        assert [each.state for each in media.media(office)] == ["missing", "here"]
        with pytest.raises(NotSo):
            media.destroy(office, paper.id, "burnt", by=OFFICER)
    assert _state(bakery, office) is ClauseState.BROKEN
    with operator_scope(office):
        media.take_back(office, paper.id, by=OFFICER)
    assert _state(bakery, office) is ClauseState.KEPT
    bakery.at.set(clock.now() + timedelta(days=31))
    assert _state(bakery, office) is ClauseState.AT_RISK


def test_backups_are_looked_for_too_and_may_not_outlive_their_day(bakery, office) -> None:
    made: datetime = clock.now()
    backup = Manifest(UUID(int=5), "data", made, "1", UUID(int=6), size=1, digest="0" * 64)
    register.enter(backup, "safe-two", (made + timedelta(days=10)).date())
    with operator_scope(office):
        media.add(office, "disk", "office", "", by=OFFICER)
        looked = media.check(office, [], by=OFFICER)
    assert str(backup.id) in looked.missing
    bakery.at.set(made + timedelta(days=12))
    with operator_scope(office):
        media.check(office, [str(each.id) for each in media.media(office)], by=OFFICER)
    assert _state(bakery, office) is ClauseState.BROKEN
    register.gone(backup.id)
    assert _state(bakery, office) is ClauseState.KEPT


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_desk_keeps_the_register(office, language: str) -> None:
    user, client = User.objects.create_user("head"), Client()
    with operator_scope(office):
        identity.grant_role(office, user.pk, "officer")
    client.force_login(user)
    base = f"/{language}/desk/prohomeexchange/media/"
    for path in ("", "new/", "check/"):
        page = client.get(base + path)
        assert page.status_code == 200
        assert ("Носители" in page.content.decode()) == (language == "ru")
    stores = client.get(f"/{language}/desk/prohomeexchange/stores/")
    assert ("диски и бумаги" in stores.content.decode()) == (language == "ru")
    sent = {"kind": "disk", "store": "nowhere", "spot": "b"}
    assert post(client, f"{base}new/", **sent).status_code == 422
    assert post(client, f"{base}new/", **{**sent, "store": "office"}).status_code == 302
    with operator_scope(office):
        row = media.media(office)[0]
    one = f"{base}{row.id}/"
    assert post(client, one, action=f"{one}change/", step="x").status_code == 400
    answer = post(client, one, action=f"{one}change/", step="destroy", way="burnt")
    assert answer.status_code == 302
    assert client.get(f"{one}act/").json()["document"]["number"] == 1
