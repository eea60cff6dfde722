"""Who consents for a child, on the pages and at the form (the clocks: ``scenarios/familami``)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from tests.requests.conftest import words

from tutela import app
from tutela.consent import actions as consent
from tutela.consent import choosing, guarding
from tutela.consent.errors import NotOffered, OtherWords
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind, Right
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import actions as requests
from tutela.requests import representing
from tutela.requests.errors import Incomplete

OFFICER = Actor(ActorKind.STAFF, "1", "officer")
CHILD = {"full-name": "Anna Sample", "birth-date": "2014-09-01", "email": "anna@mail.example"}
PARENT = {"full-name": "Maria Sample", "birth-date": "1988-02-29", "email": "maria@mail.example"}


@pytest.fixture
def operator(db: None) -> Iterator[UUID]:
    app.wire()
    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 9, tzinfo=UTC))):
        policies.publish(policies.load_folder(policies.samples() / "familami"))
        operator = policies.operator_id("familami")
        with operator_scope(operator):
            yield operator


def _send(operator: UUID, point: str, values: dict[str, str], *accepted: str) -> UUID:
    receipt = requests.submit(
        operator,
        point,
        language="en",
        values=values,
        accepted=accepted,
        idempotency=f"{point}-{values['email']}-{len(accepted)}",
    )
    return receipt.subject


def _guardian(operator: UUID, parent: UUID, *rights: Right) -> UUID:
    authority = representing.ask(
        operator,
        parent,
        CHILD["email"],
        relation="guardian",
        rights=rights,
        evidence="birth-certificate",
    )
    representing.confirm(operator, authority, until=None, by=OFFICER)
    return authority


def test_a_form_for_a_child_records_the_consent_as_the_guardians(operator) -> None:
    child = _send(operator, "child", CHILD, "child-access")
    (event,) = consent.history(operator, child)
    assert event.mode == "by-guardian"
    assert guarding.unguarded(operator) == []


def test_without_the_guardians_consent_nothing_of_a_child_is_taken(operator) -> None:
    with pytest.raises(Incomplete) as caught:
        _send(operator, "child", CHILD)
    assert {each.field for each in caught.value.problems} == {
        "birth-date",
        "consent-child-access",
    }
    assert not identity.subjects(operator)


def test_a_child_opens_no_account_as_a_licensee(operator) -> None:
    with pytest.raises(Incomplete) as caught:
        _send(operator, "account", {**PARENT, "birth-date": "2014-09-01"}, "app-access")
    assert {each.field for each in caught.value.problems} == {"birth-date"}
    assert not identity.subjects(operator)


def test_when_the_guardian_takes_the_consent_back_the_data_is_due_at_once(operator) -> None:
    child, parent = (
        _send(operator, "child", CHILD, "child-access"),
        _send(operator, "account", PARENT, "app-access"),
    )
    authority = _guardian(operator, parent, Right.WITHDRAWAL)
    representing.withdraw_for(operator, authority, parent, None, "en")
    (row,) = [
        each
        for each in obligations.listing(operator, subject=child)
        if each.event == guarding.FOUND
    ]
    assert row.outcome == "destroy"
    assert row.due_at - clock.now() <= timedelta(minutes=30)


def test_a_guardian_consents_on_the_page_to_the_very_words_shown(operator) -> None:
    child = _send(operator, "child", CHILD, "child-access")
    parent = _send(operator, "account", PARENT, "app-access")
    authority = _guardian(operator, parent, Right.CONSENT, Right.WITHDRAWAL)
    actor = Actor(ActorKind.SUBJECT, str(child))
    consent.withdraw(operator, child, None, actor=actor, channel="portal")
    (offer,) = choosing.offers_for(operator, child, "en", consent.Mode.BY_GUARDIAN)
    with pytest.raises(OtherWords):
        representing.consent_for(
            operator, authority, parent, "child-access", shown="0" * 64, language="en"
        )
    representing.consent_for(
        operator, authority, parent, "child-access", shown=offer.words.sha256, language="en"
    )
    assert set(consent.live(operator, child)) == {"child-access"}
    assert consent.history(operator, child)[0].mode == "by-guardian"


def test_a_child_cannot_consent_alone(operator) -> None:
    child = _send(operator, "child", CHILD, "child-access")
    assert choosing.offers(operator, child, "en") == []
    with pytest.raises(NotOffered):
        choosing.agree(operator, child, "child-access", shown="0" * 64, language="en")


def test_a_person_sees_every_consent_agrees_to_another_and_takes_proof_and_record(operator) -> None:
    parent = _send(operator, "account", PARENT, "app-access")
    session = identity.redeem(operator, identity.issue_sign_in(operator, parent))
    client = Client(raise_request_exception=False)
    client.cookies["subject-familami"] = session
    page = client.get("/en/familami/my/consents/")
    said = words(page)
    assert "What you can agree to" in said
    assert "by e-mail, political agitation" in said
    (agitation,) = [
        each for each in choosing.offers(operator, parent, "en") if each.purpose.slug == "agitation"
    ]
    answer = _press(client, page, "agree", purpose="agitation", words=agitation.words.sha256)
    assert answer.status_code == 302
    assert set(consent.live(operator, parent)) == {"app-access", "agitation"}
    record = _press(
        client,
        client.get("/en/familami/my/consents/"),
        "proof",
        purpose="app-access",
        form="record",
    )
    assert record.json()["@type"] == "dpv:ConsentRecord"
    assert "attachment" in record.headers["Content-Disposition"]
    wrong = _press(
        client, client.get("/en/familami/my/consents/"), "proof", purpose="no-such", form="proof"
    )
    assert wrong.status_code == 404


def _press(client: Client, page, name: str, **values: str):
    """Send the form of the page that goes to ``my/consents/<name>/``."""
    path = f"/en/familami/my/consents/{name}/"
    form = page.content.decode().partition(f'action="{path}"')[2]
    token = form.partition('name="form-token" value="')[2].partition('"')[0]
    return client.post(path, {"form-token": token, **values})
