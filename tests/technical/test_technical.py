"""Of what devices send only what is declared is taken, each item ends by its own term, and the
inventory shows it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.accounts.conftest import STARTED

from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, Scope
from tutela.db.scope import operator_scope
from tutela.inventory import actions as inventory
from tutela.inventory import reports
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests.errors import Incomplete, Refused
from tutela.technical import actions as technical
from tutela.technical import rules
from tutela.technical.errors import NothingTaken
from tutela.vault import actions as vault

ADDRESS = "203.0.113.9"
SENT = {"ip-address": ADDRESS, "browser": "Firefox 128", "requested-pages": "/ads/42"}
SAMPLES = sorted(each.name for each in policies.samples().iterdir() if each.is_dir())


def keep(here, items=None, subject=None, actor=SYSTEM):
    return technical.keep(here.id, subject, items or SENT, language="en", actor=actor)


def swept(here, at):
    here.at.set(at)
    engine.run_now(only=here.id)


def test_each_item_ends_by_its_own_term_and_the_rest_of_the_visit_stays(site):
    here = site("amigo")
    with operator_scope(here.id):
        kept = keep(here)
        assert set(kept.records) == {"visit", "device"}
        held = vault.holdings(here.id, kept.subject)
        assert held[kept.records["visit"]] == {"ip-address", "requested-pages"}
        (one, _other) = journal.entries(here.id, kinds=["technical.kept"])
        assert one.clause in {"2/p2(a)", "2/p2(b)"}
        assert ADDRESS not in str(journal.entries(here.id, limit=100))
    swept(here, STARTED + timedelta(days=31))
    with operator_scope(here.id):
        assert set(vault.holdings(here.id, kept.subject)) == {kept.records["device"]}
    swept(here, STARTED + timedelta(days=367))
    with operator_scope(here.id):
        assert not vault.holdings(here.id, kept.subject)


def test_an_item_that_is_not_declared_is_refused_and_nothing_of_the_visit_is_kept(site):
    here = site("amigo")
    with operator_scope(here.id):
        for strange in ("advertising-id", "email", "<script>"):
            with pytest.raises(Incomplete) as told:
                keep(here, SENT | {strange: "38400000-8cf0"})
            assert [each.field for each in told.value.problems] == [strange]
            assert "do not collect it" in told.value.problems[0].message
        assert not journal.entries(here.id, kinds=["technical.kept"])


def test_where_the_policy_flags_it_an_undeclared_item_is_dropped_and_counted(site):
    here = site("uslugi")
    here.policy = policies.in_force(here.id)
    with operator_scope(here.id):
        assert rules.drops(here.policy)
        kept = keep(here, {"ip-address": ADDRESS, "advertising-id": "38400000-8cf0"})
        assert kept.dropped == 1
        assert vault.holdings(here.id, kept.subject) == {
            kept.records["visit"]: frozenset({"ip-address"})
        }
        assert inventory.counted(here.id)["undeclared"] == {"visit": 1}
        (said,) = journal.entries(here.id, kinds=["technical.undeclared"])
        assert "advertising" not in str(said.data)


def test_the_second_part_of_a_visit_joins_the_first_and_a_wrong_item_stops_both(site):
    here = site("amigo")
    with operator_scope(here.id):
        first = keep(here, {"ip-address": ADDRESS})
        second = keep(here, {"device": "phone"}, subject=first.subject)
        assert second.subject == first.subject
        assert len(vault.holdings(here.id, first.subject)) == 2
        for wrong in ("", "x" * 5000, "\x00"):
            with pytest.raises(Incomplete):
                keep(here, {"ip-address": ADDRESS, "browser": wrong}, subject=first.subject)
        assert len(vault.holdings(here.id, first.subject)) == 2


def test_a_program_keeps_what_its_key_is_for_and_nothing_else(site):
    here = site("amigo")
    other = Actor(
        ActorKind.APPLICATION, "1", scope=Scope(frozenset({"ads"}), frozenset({Action.COLLECTION}))
    )
    with operator_scope(here.id):
        with pytest.raises(Refused):
            keep(here, actor=other)
        assert not journal.entries(here.id, kinds=["technical.kept"])


@pytest.mark.parametrize("sample", ["familami", "prohomeexchange"])
def test_where_nothing_is_declared_nothing_is_taken(site, sample):
    here = site(sample)
    with operator_scope(here.id), pytest.raises(NothingTaken):
        keep(here)


def test_the_inventory_shows_each_item_with_its_point_and_its_term(site):
    here = site("amigo")
    with operator_scope(here.id):
        keep(here)
        lines = {each.field.slug: each for each in reports.report(here.id).lines}
    assert lines["ip-address"].technical
    assert lines["ip-address"].points == ("visit",)
    assert "30 days" in {each.term.words("en") for each in lines["ip-address"].terms}
    assert "1 year" in {each.term.words("en") for each in lines["browser"].terms}
    assert lines["ip-address"].held == 1


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_declared_item_has_a_term_in_the_policy(sample):
    policy = policies.load_folder(policies.samples() / sample)
    asked = {each.field for point in rules.points(policy) for each in point.fields}
    assert asked == set(rules.declared(policy))
