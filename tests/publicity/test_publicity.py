"""What everybody can see: what its person made public, screened, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.accounts.conftest import oneself
from tests.requests.conftest import post, words

from tutela.consent import actions as consent
from tutela.db.scope import operator_scope
from tutela.detection import actions as detection
from tutela.gate.rules import dissemination_of
from tutela.journal import actions as journal
from tutela.publicity import actions as publicity
from tutela.publicity import reading, rules
from tutela.publicity.errors import MustNotBePublic, NothingToPublish, ReadTooMuch, UnknownListing

AD = {"ad-text": "I sell a sofa, 90 by 200.", "city": "Almaty", "phone": "+7 701 234 56 78"}
CARD = "Pay to 4111 1111 1111 1111, please"


def advertised(site, **changes):
    """Somebody whose ad is held, and private."""
    here = site("amigo")
    maria = here.register("ad", **AD | changes)
    with operator_scope(here.id):
        (mine,) = publicity.own(here.id, maria)
    return here, maria, mine.record


def publish(here, maria, record, *fields, **changes):
    return publicity.publish(
        here.id, maria, record, fields, language="en", actor=oneself(maria), changes=changes
    )


def kinds(here, kind):
    return journal.entries(here.id, kinds=[kind])


def test_nothing_is_public_before_its_person_says_so(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        assert reading.listings(here.id) == []
        listing = publish(here, maria, record, "ad-text", "city")
        shown = reading.read(here.id, listing)
        assert shown.values == {"ad-text": AD["ad-text"], "city": "Almaty"}
        assert shown.purpose == "ads"
        (said,) = kinds(here, "publicity.opened")
        assert str(said.actor) == f"subject:{maria}"


def test_an_anonymous_reader_sees_the_public_fields_and_nothing_else_of_the_person(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text")
    reader = Client()
    for language in ("en", "ru"):
        for path in ("public/", f"public/{listing}/"):
            answer = reader.get(f"/{language}/amigo/{path}")
            page = answer.content.decode()
            assert answer.status_code == 200
            for private in (
                "Maria",
                "maria@mail.example",
                "+7701",
                "701 234",
                "Almaty",
                str(maria),
            ):
                assert private not in page, (path, private)
            assert not answer.cookies
            assert answer.headers["TDM-Reservation"] == "1"
    page = words(reader.get(f"/en/amigo/public/{listing}/"))
    assert AD["ad-text"] in page
    assert "use it to score people" in page
    assert "call to offer services of your own" in page


@pytest.mark.parametrize(
    "text",
    [CARD, "IIN 900101300017", "паспорт 4506 123456", "IBAN GB82 WEST 1234 5698 7654 32"],
)
def test_a_text_that_must_not_be_public_is_refused_and_the_journal_names_kinds_only(site, text):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        with pytest.raises(MustNotBePublic) as refused:
            publish(here, maria, record, "ad-text", "city", **{"ad-text": text})
        assert [each.field for each in refused.value.problems] == ["ad-text"]
        assert reading.listings(here.id) == []
        (said,) = kinds(here, "publicity.refused")
    assert said.data["fields"] == ["ad-text"]
    assert not re.search(r"\d{4}", str(said.data["found"]))


def test_a_mended_text_is_kept_as_a_correction_and_published(site):
    here, maria, record = advertised(site, **{"ad-text": "IBAN GB82 WEST 1234 5698 7654 32"})
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text", **{"ad-text": "Pay in cash, please"})
        assert reading.read(here.id, listing).values == {"ad-text": "Pay in cash, please"}


def test_a_field_is_taken_back_by_itself_and_then_the_record(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text", "city")
        publicity.take_back(here.id, maria, record, ["city"], actor=oneself(maria))
        assert set(reading.read(here.id, listing).values) == {"ad-text"}
        publicity.take_back(here.id, maria, record, actor=oneself(maria))
        with pytest.raises(UnknownListing):
            reading.read(here.id, listing)
        assert "ads" in consent.live(here.id, maria)


def test_a_withdrawal_of_the_consent_to_publish_hides_the_field_at_once(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text")
        key = dissemination_of("ads", "ad-text")
        consent.withdraw(here.id, maria, [key], actor=oneself(maria), channel="mail")
        with pytest.raises(UnknownListing):
            reading.read(here.id, listing)


def test_a_withdrawal_of_the_purpose_hides_everything(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text")
        consent.withdraw(here.id, maria, ["ads"], actor=oneself(maria), channel="mail")
        with pytest.raises(UnknownListing):
            reading.read(here.id, listing)


def test_a_field_that_the_policy_keeps_private_is_never_published(site):
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        with pytest.raises(NothingToPublish):
            publish(here, maria, record, "email")
        listing = publish(here, maria, record, "email", "city")
        assert set(reading.read(here.id, listing).values) == {"city"}


def test_nobody_publishes_what_is_somebody_elses(site):
    here, _maria, record = advertised(site)
    eve = here.register("ad", **AD, email="eve@mail.example")
    with operator_scope(here.id), pytest.raises(NothingToPublish):
        publish(here, eve, record, "ad-text")


def test_reading_in_bulk_is_slowed_and_raises_an_alarm(site, monkeypatch):
    monkeypatch.setattr(rules, "READS", 3)
    here, maria, record = advertised(site)
    with operator_scope(here.id):
        listing = publish(here, maria, record, "ad-text")
    reader = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.9")
    told = [reader.get(f"/en/amigo/public/{listing}/").status_code for _ in range(6)]
    assert told == [200, 200, 200, 429, 429, 429]
    other = Client(REMOTE_ADDR="203.0.113.10")
    assert other.get(f"/en/amigo/public/{listing}/").status_code == 200
    with operator_scope(here.id):
        assert len(kinds(here, "publicity.bulk-read")) == 1
    journal.sequence(here.id)
    detection.look_through(here.id, here.at.now())
    with operator_scope(here.id):
        (event,) = detection.events(here.id)
        assert (event.rule, event.severity) == ("public-reads", "alarm")
        here.at.set(here.at.now() + timedelta(minutes=16))
        reading.demand_patience(here.id, "203.0.113.9")
        for _time in range(2):
            reading.demand_patience(here.id, "203.0.113.9")
        with pytest.raises(ReadTooMuch):
            reading.demand_patience(here.id, "203.0.113.9")


def test_on_the_page_the_refused_part_is_marked_and_nothing_typed_is_lost(site):
    here, maria, record = advertised(site)
    browser = here.person(maria)
    path = here.my("public/")
    assert "Nobody but you and us sees it" in words(browser.get(path))
    typed = {"record": str(record), "field": ["ad-text"], "text-ad-text": f"<b>🙂 {CARD}"}
    answer = post(browser, f"{path}?record={record}", action=path, **typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<mark>4111 1111 1111 1111</mark>" in page
    assert "&lt;b&gt;🙂 Pay to 4111" in page
    typed["text-ad-text"] = "Pay in cash"
    assert post(browser, f"{path}?record={record}", action=path, **typed).status_code == 302
    assert "See it as others do" in words(browser.get(path))
    back = {"record": str(record), "do": "back"}
    assert post(browser, path, action=path, **back).status_code == 302
    with operator_scope(here.id):
        assert reading.listings(here.id) == []


@pytest.mark.parametrize("named", ["", "nobody", "00000000-0000-0000-0000-000000000000"])
def test_a_record_that_is_not_ones_own_is_not_there(site, named):
    here, maria, _record = advertised(site)
    answer = here.person(maria).get(f"{here.my('public/')}?record={named}")
    assert answer.status_code == (200 if not named else 409)
