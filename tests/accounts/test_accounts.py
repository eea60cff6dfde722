"""An account from its opening to what is left after its deletion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.accounts.conftest import oneself

from tutela.accounts import actions as accounts
from tutela.accounts import children, editing
from tutela.accounts.errors import DeadToken, NoAccount, NoChildren, NoSuchDocument, NotYourChild
from tutela.consent import actions as consent
from tutela.core.vocabulary import Action, LawPurpose
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.jobs import engine
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.requests import representing
from tutela.requests.errors import Incomplete
from tutela.vault import actions as vault


def entries(site, kind, subject):
    return journal.entries(site.id, subject=subject, kinds=[kind])


def value(site, subject, field):
    leave = gate.decide(
        Operation(
            operator=site.id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({field}),
            actor=oneself(subject),
        )
    )
    return [each.value for each in vault.read(leave)]


@pytest.mark.parametrize(
    ("slug", "point"),
    [("amigo", "account"), ("familami", "account"), ("prohomeexchange", "account")],
)
def test_a_form_of_registration_opens_an_account_and_the_journal_says_so(site, slug, point):
    here = site(slug)
    maria = here.register(point)
    with operator_scope(here.id):
        row = accounts.demand(here.id, maria)
        assert row.missing == ()
        (opened,) = entries(here, "account.opened", maria)
    assert opened.data["record"] == str(row.record)


def test_a_form_that_is_no_registration_opens_none(site):
    here = site("prohomeexchange")
    maria = here.register("order", message="Please call", phone="+1 305 555 0142")
    with operator_scope(here.id), pytest.raises(NoAccount):
        accounts.demand(here.id, maria)


def test_the_account_is_limited_until_the_documents_are_accepted_and_then_the_contract_stands(
    site,
):
    here = site("familami")
    maria = here.register()
    with operator_scope(here.id):
        assert accounts.demand(here.id, maria).state == "limited"
        accounts.accept(here.id, maria, ["user-agreement"], actor=oneself(maria))
        assert accounts.demand(here.id, maria).to_accept == ("agreement-on-certificates",)
        assert gate.standing(here.id, maria).contracts == ()
        both = ["user-agreement", "agreement-on-certificates"]
        for _time in range(2):
            accounts.accept(here.id, maria, both, actor=oneself(maria))
        row = accounts.demand(here.id, maria)
        assert (row.state, row.accepted) == ("open", dict.fromkeys(both, "1"))
        assert len(gate.standing(here.id, maria).contracts) == 1
        assert len(entries(here, "account.accepted", maria)) == 2
        with pytest.raises(NoSuchDocument):
            accounts.accept(here.id, maria, ["nothing"], actor=oneself(maria))


def test_a_change_is_a_correction_that_keeps_the_earlier_value_and_its_source(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        row = accounts.demand(here.id, maria)
        typed = {"full-name": "Maria Novak", "city": "Almaty", "phone": "+1 305 555 0142"}
        news = editing.save(here.id, row, typed, actor=oneself(maria))
        assert news == ("full-name", "phone")
        assert value(here, maria, "full-name") == ["Maria Novak"]
        assert value(here, maria, "phone") == ["+13055550142"]
        assert editing.save(here.id, row, typed, actor=oneself(maria)) == ()
        (changed,) = entries(here, "account.changed", maria)
    assert changed.data["fields"] == ["full-name", "phone"]
    assert "Novak" not in str(changed.data)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"full-name": ""}, "full-name"),
        ({"phone": "nonsense", "full-name": "Maria Novak"}, "phone"),
        ({"city": ""}, "city"),
        ({"full-name": "x" * 400}, "full-name"),
    ],
)
def test_a_wrong_change_is_told_by_its_field_and_changes_nothing(site, typed, field):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        row = accounts.demand(here.id, maria)
        with pytest.raises(Incomplete) as told:
            editing.save(here.id, row, typed, actor=oneself(maria))
        assert [each.field for each in told.value.problems] == [field]
        assert value(here, maria, "full-name") == ["Maria Sample"]


def test_an_address_that_opens_the_account_is_not_changed_by_an_edit(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        row = accounts.demand(here.id, maria)
        assert editing.save(here.id, row, {"email": "eve@mail.example"}, actor=oneself(maria)) == ()
        assert value(here, maria, "email") == ["maria@mail.example"]


def test_a_deletion_ends_sessions_and_tokens_in_its_own_transaction(site):
    here = site("familami")
    maria = here.register()
    session = here.session(maria)
    with operator_scope(here.id):
        token = accounts.issue_token(here.id, maria, "application", actor=oneself(maria))
        assert accounts.whose_token(here.id, token) == maria
        deletion = accounts.delete(here.id, maria, actor=oneself(maria))
        assert identity.session_subject(here.id, session) is None
        with pytest.raises(DeadToken):
            accounts.whose_token(here.id, token)
        with pytest.raises(NoAccount):
            accounts.issue_token(here.id, maria, "application", actor=oneself(maria))
        with pytest.raises(NoAccount):
            accounts.delete(here.id, maria, actor=oneself(maria))
        (said,) = entries(here, "account.deleted", maria)
        assert (said.data["tokens"], said.data["sessions"]) == (1, 1)
        (due,) = obligations.listing(here.id, cause=deletion)
    assert (due.promise, due.clause) == ("destroy-after-account", "6.6")


def test_after_a_deletion_the_policys_own_regime_runs_to_its_end(site):
    here = site("familami")
    maria = here.register()
    with operator_scope(here.id):
        accounts.delete(here.id, maria, actor=oneself(maria))
    engine.run_until(datetime(2024, 7, 5, tzinfo=UTC), only=here.id)
    with operator_scope(here.id):
        assert identity.subject(here.id, maria).destroyed_at is not None
        assert vault.holdings(here.id, maria) == {}


def test_a_year_by_law_and_five_by_consent_follow_where_the_policy_says_so(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        accounts.delete(here.id, maria, actor=oneself(maria))
        assert "profile" in consent.live(here.id, maria)
    engine.run_until(here.at.now() + timedelta(days=700), only=here.id)
    with operator_scope(here.id):
        assert vault.holdings(here.id, maria) != {}
    engine.run_until(datetime(2029, 6, 5, tzinfo=UTC), only=here.id)
    with operator_scope(here.id):
        assert vault.holdings(here.id, maria) == {}


def test_without_a_regime_of_its_own_a_deletion_withdraws_every_consent(site):
    here = site("prohomeexchange")
    maria = here.register()
    with operator_scope(here.id):
        accounts.delete(here.id, maria, actor=oneself(maria))
        assert consent.live(here.id, maria) == {}
        assert [each.outcome for each in obligations.listing(here.id, subject=maria)]


def test_a_withdrawal_ends_the_product_where_the_policy_says_so_and_news_alone_does_not(site):
    here = site("amorealtor")
    maria = here.register("product")
    with operator_scope(here.id):
        token = accounts.issue_token(here.id, maria, "widget", actor=oneself(maria))
        consent.give(
            here.id, maria, ["advertising"], act="t", point="product", language="en", mode="tick"
        )
        consent.withdraw(here.id, maria, ["advertising"], actor=oneself(maria), channel="mail")
        assert accounts.whose_token(here.id, token) == maria
        consent.withdraw(here.id, maria, None, actor=oneself(maria), channel="mail")
        with pytest.raises(DeadToken):
            accounts.whose_token(here.id, token)
        found = accounts.account(here.id, maria)
    assert (found.state, found.why) == ("closed", "withdrawal")


def test_who_registers_again_has_an_account_again(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id):
        accounts.delete(here.id, maria, actor=oneself(maria))
    again = here.register()
    with operator_scope(here.id):
        assert again == maria
        assert accounts.demand(here.id, maria).state == "open"


CHILD = {"full-name": "Anna Sample", "birth-date": "2014-09-01"}


def child_of(here, maria):
    with operator_scope(here.id):
        return children.add(here.id, maria, CHILD, ["child-access"], language="en")


def test_a_guardian_makes_a_childs_profile_with_a_consent_of_the_guardians(site):
    here = site("familami")
    maria = here.register()
    anna = child_of(here, maria)
    with operator_scope(here.id):
        (event,) = consent.history(here.id, anna)
        assert (event.mode, event.purpose) == ("by-guardian", "child-access")
        (given,) = entries(here, "consent.given", anna)
        assert str(given.actor) == f"representative:{maria}"
        (row,) = children.of(here.id, maria)
        assert (row.subject, row.guardian) == (anna, maria)
        by = representing.acting(maria)
        assert editing.save(here.id, row, {"full-name": "Anna Novak"}, actor=by) == ("full-name",)
        lines = editing.profile(here.id, row, actor=by)
    assert "Anna Novak" in {each.value for each in lines}


def test_nobody_else_sees_or_closes_the_profile(site):
    here = site("familami")
    maria = here.register()
    anna = child_of(here, maria)
    eve = here.register(email="eve@mail.example")
    with operator_scope(here.id):
        for act in (children.one, children.close):
            with pytest.raises(NotYourChild):
                act(here.id, eve, anna)
        refused = gate.decide(
            Operation(
                operator=here.id,
                subject=anna,
                action=Action.EXTRACTION,
                purpose=LawPurpose.SUBJECT_RIGHTS,
                fields=frozenset({"full-name"}),
                actor=representing.acting(eve),
            )
        )
    assert isinstance(refused, gate.Refusal)


def test_a_closed_profile_keeps_no_consent_and_its_data_goes(site):
    here = site("familami")
    maria = here.register()
    anna = child_of(here, maria)
    with operator_scope(here.id):
        children.close(here.id, maria, anna)
        assert children.of(here.id, maria) == []
        assert consent.live(here.id, anna) == {}
    engine.run_until(here.at.now() + timedelta(days=31), only=here.id)
    with operator_scope(here.id):
        assert vault.holdings(here.id, anna) == {}
        assert accounts.demand(here.id, maria)


def test_with_the_guardians_account_the_childs_ends_too(site):
    here = site("familami")
    maria = here.register()
    anna = child_of(here, maria)
    with operator_scope(here.id):
        accounts.delete(here.id, maria, actor=oneself(maria))
        found = accounts.account(here.id, anna)
        assert (found.state, found.why) == ("closed", "with-guardian")
        assert consent.live(here.id, anna) == {}


@pytest.mark.parametrize(
    ("values", "accepted", "field"),
    [
        (CHILD, [], "consent-child-access"),
        (CHILD | {"birth-date": "1990-01-01"}, ["child-access"], "birth-date"),
        ({"full-name": "Anna"}, ["child-access"], "birth-date"),
        (CHILD | {"full-name": "\x00"}, ["child-access"], "full-name"),
    ],
)
def test_a_wrong_profile_of_a_child_leaves_nothing(site, values, accepted, field):
    here = site("familami")
    maria = here.register()
    with operator_scope(here.id):
        before = len(identity.subjects(here.id))
        with pytest.raises(Incomplete) as told:
            children.add(here.id, maria, values, accepted, language="en")
        assert field in {each.field for each in told.value.problems}
        assert len(identity.subjects(here.id)) == before


def test_an_operator_without_children_makes_none(site):
    here = site("amigo")
    maria = here.register()
    with operator_scope(here.id), pytest.raises(NoChildren):
        children.add(here.id, maria, CHILD, [], language="en")
