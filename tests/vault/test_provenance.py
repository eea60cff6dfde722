"""Where a value is from, whether it was confirmed, and the names that lead back to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vault.conftest import Allow

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import ForgedPermit
from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.journal.models import EntryRow
from tutela.vault import actions as vault
from tutela.vault.errors import (
    NoSuchValue,
    ProvenanceMissing,
    PurposeNotPermitted,
    UnfitText,
    UnknownCheck,
)
from tutela.vault.models import Pseudonym, Value
from tutela.vault.provenance import KINDS, WITH_REFERENCE, Provenance, joined, parted

CLERK = Actor(ActorKind.STAFF, "7", "clerk")
PAGE = Provenance("public-source", "https://ann-larkspur.example/about")
plain = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)))


def store(allow: Allow, record: UUID, provenance: Provenance, **values: str) -> None:
    vault.store(
        allow(Action.COLLECTION),
        record=record,
        point="order",
        purposes=("orders",),
        values=values,
        provenance=provenance,
    )


@given(text=plain, reference=plain)
def test_a_reference_is_sealed_with_its_value_and_told_apart_again(text, reference) -> None:
    assert parted(joined(text, reference)) == (text, reference)


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_says_where_it_is_from(scope, allow: Allow, kind: str) -> None:
    reference = "Letter of 3 June" if kind in WITH_REFERENCE else ""
    store(allow, new_id(), Provenance(kind, reference), name="Ann", email="ann@mail.example")
    found = vault.read(allow(Action.EXTRACTION, "name", "email"))
    assert {(each.source, each.reference) for each in found} == {(kind, reference)}
    looking = allow(Action.EXTRACTION, "email", subject=None, purpose="identification")
    assert vault.find(looking, "email", "ann@mail.example") is not None


def test_a_source_that_has_to_be_named_is_named_and_stands_in_no_table(
    scope, allow: Allow, record
) -> None:
    for kind in WITH_REFERENCE:
        with pytest.raises(ProvenanceMissing):
            Provenance(kind)
    with pytest.raises(ProvenanceMissing):
        Provenance("hearsay")
    store(allow, record, PAGE, name="Ann")
    assert b"larkspur" not in bytes(Value.objects.get().sealed)


def test_a_correction_keeps_what_was_before_and_where_that_was_from(
    scope, allow: Allow, record, at: clock.ManualClock
) -> None:
    store(allow, record, PAGE, name="Ann")
    at.set(at.now() + timedelta(1))
    mend = allow(Action.CLARIFICATION, "name", actor=CLERK, purpose="subject-rights")
    vault.correct(mend, record, "name", "Anna", Provenance("third-party", "Registry of 4 June"))
    (now,) = vault.read(allow(Action.EXTRACTION, "name"))
    (before,) = vault.history(allow(Action.EXTRACTION, "name"))
    assert (now.source, now.reference, now.status) == (
        "third-party",
        "Registry of 4 June",
        "corrected",
    )
    assert (before.value, before.source, before.reference) == ("Ann", PAGE.kind, PAGE.reference)


def test_a_value_cannot_pretend_to_be_a_file_or_a_source(scope, allow: Allow, record) -> None:
    for text in ("\x00file\x00{}", "\x00source\x00x\x00y"):
        with pytest.raises(UnfitText):
            store(allow, record, Provenance(), name=text)


def test_a_confirmation_says_by_whom_how_and_when(
    scope, allow: Allow, record, subject, at: clock.ManualClock
) -> None:
    store(allow, record, Provenance(), name="Ann", note="Ring.")
    at.set(at.now() + timedelta(3))
    check = allow(Action.CLARIFICATION, actor=CLERK, purpose="subject-rights")
    assert vault.confirm(check, record, ["name"], how="document") == 1
    found = {each.field: each for each in vault.read(allow(Action.EXTRACTION, "name", "note"))}
    assert (found["name"].status, found["name"].confirmed_how) == ("confirmed", "document")
    assert found["name"].confirmed_at == at.now()
    assert (found["note"].status, found["note"].confirmed_at) == ("stated", None)
    entry = EntryRow.objects.get(kind="value.confirmed")
    assert (entry.actor_id, entry.data["how"], entry.data["fields"]) == ("7", "document", ["name"])


def test_what_the_person_says_again_is_still_only_said(scope, allow: Allow, record) -> None:
    store(allow, record, Provenance(), name="Ann")
    check = allow(Action.CLARIFICATION, purpose="subject-rights")
    vault.confirm(check, record, ["name"], how="repeated")
    (found,) = vault.read(allow(Action.EXTRACTION, "name"))
    assert (found.status, found.confirmed_how) == ("stated", "repeated")


def test_a_third_party_is_asked_only_where_a_law_is_named(scope, allow: Allow, record) -> None:
    store(allow, record, Provenance(), name="Ann")
    check = allow(Action.CLARIFICATION, purpose="subject-rights")
    for how in ("third-party", "hearsay"):
        with pytest.raises(UnknownCheck):
            vault.confirm(check, record, ["name"], how=how)
    assert vault.confirm(check, record, ["name"], how="third-party", law="kz-94-v") == 1
    with pytest.raises(NoSuchValue):
        vault.confirm(check, new_id(), ["name"], how="document")
    with pytest.raises(ForgedPermit):
        vault.confirm(allow(Action.EXTRACTION), record, ["name"], how="document")


class TestPseudonyms:
    @pytest.fixture
    def back(self, allow: Allow):
        return allow(
            Action.EXTRACTION,
            subject=None,
            purpose="reidentification",
            fields=frozenset(),
            actor=replace(CLERK, role="officer"),
        )

    def test_stay_the_same_within_a_scope_and_differ_between_scopes(
        self, scope, allow: Allow, subject
    ) -> None:
        names = {
            (purpose, recipient): vault.pseudonym(
                allow(Action.PROVISION, purpose=purpose, recipient=recipient)
            )
            for purpose in ("orders", "newsletter")
            for recipient in ("courier", "post")
        }
        assert len(set(names.values())) == 4
        again = vault.pseudonym(allow(Action.PROVISION, recipient="courier"))
        assert again == names["orders", "courier"]
        other = vault.pseudonym(allow(Action.PROVISION, recipient="courier", subject=new_id()))
        assert other != again
        assert subject.hex not in again
        assert len(again) == 24

    def test_lead_back_by_a_permit_for_that_alone_and_the_journal_knows(
        self, scope, allow: Allow, subject, back
    ) -> None:
        name = vault.pseudonym(allow(Action.USE))
        assert vault.lead_back(back, f" {name.upper()} ") == subject
        assert vault.lead_back(back, "a" * 24) is None
        assert vault.lead_back(back, "a" * 10_000) is None
        entries = EntryRow.objects.filter(kind="pseudonym.led-back").order_by("number")
        assert [each.data["found"] for each in entries] == [True, False, False]
        assert name not in str([each.data for each in entries])
        for wrong in ("identification", "oversight", "orders"):
            permit = allow(Action.EXTRACTION, subject=None, purpose=wrong)
            with pytest.raises(PurposeNotPermitted):
                vault.lead_back(permit, name)
        with pytest.raises(ForgedPermit):
            vault.lead_back(replace(back, purpose="orders"), name)
        with pytest.raises(ForgedPermit):
            vault.pseudonym(allow(Action.EXTRACTION))

    def test_lead_back_to_nobody_once_a_scope_is_destroyed_and_begin_anew(
        self, scope, allow: Allow, subject, back
    ) -> None:
        gone, kept = (
            vault.pseudonym(allow(Action.USE, purpose=p)) for p in ("orders", "newsletter")
        )
        rows = list(Pseudonym.objects.all())
        assert vault.destroy_pseudonyms(scope, "orders", actor=back.actor)
        assert not vault.destroy_pseudonyms(scope, "orders", actor=back.actor)
        assert vault.destroy_pseudonym_keys(scope) == 1
        assert vault.destroy_pseudonym_keys(scope) == 0
        Pseudonym.objects.bulk_create(rows, ignore_conflicts=True)  # as an old copy would
        assert vault.lead_back(back, gone) is None
        assert vault.lead_back(back, kept) == subject
        assert vault.pseudonym(allow(Action.USE)) != gone

    def test_lead_back_to_nobody_once_the_person_is_destroyed(
        self, scope, allow: Allow, record, back
    ) -> None:
        store(allow, record, Provenance(), name="Ann")
        name = vault.pseudonym(allow(Action.USE))
        vault.destroy(allow(Action.DESTRUCTION))
        assert Pseudonym.objects.count() == 0
        assert vault.lead_back(back, name) is None
