from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from hypothesis import example, given
from hypothesis import strategies as st

from tutela.core.vocabulary import Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.journal import actions
from tutela.journal.entries import (
    KINDS,
    Entry,
    KeyUsed,
    UnsafeEntry,
    common_values,
    entry,
    opaque,
    own_fields,
)
from tutela.journal.errors import UnknownEntry
from tutela.journal.findings import SENTENCES, sentence

NAMES = re.compile(r"%\((\w+)\)")


@pytest.fixture
def seen():
    """A kind that uses every type of value, registered for one test."""

    @entry("test.seen")
    @dataclass(frozen=True, kw_only=True)
    class Seen(Entry):
        until: datetime
        day: date
        whose: UUID
        marks: tuple[str, ...]
        times: int
        late: bool
        perhaps: UUID | None = None
        wording = _("The journal began to be signed with the key %(key)s")

    yield Seen
    del KINDS._things["test.seen"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_wording_in_both_languages_that_uses_its_fields(kind):
    declared = KINDS[kind]
    with translation.override("en"):
        english = str(declared.wording)
    with translation.override("ru"):
        russian = str(declared.wording)
    assert english, f"{kind} has no wording"
    assert russian != english, f"{kind} has no Russian wording"
    assert re.search("[а-яё]", russian)
    used = set(NAMES.findall(english))
    common = {"subject", "actor", "action", "purpose", "basis", "clause", "policy_version"}
    assert used <= common | {each.name for each in own_fields(declared)}
    assert set(NAMES.findall(russian)) == used


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_finding_is_worded_in_both_languages(code):
    names = NAMES.findall(SENTENCES[code])
    values = {name: f"<{name}>" for name in names}
    english, russian = sentence(code, values, "en"), sentence(code, values, "ru")
    assert re.search("[а-яё]", russian)
    for value in values.values():
        assert value in english
        assert value in russian


@pytest.mark.parametrize(
    "value",
    [
        "ivan@example.org",
        "Ivan",
        "Ivan Petrov",
        "ivan petrov",
        "Иван",
        "+7 916 123-45-67",
        "79161234567",
        "916-123-45-67",
        "4276.1234.5678.9012",
        "tel79161234567",
        "2024-06-03",
        "line\nbreak",
        "x" * 129,
        79161234567,
        3.5,
        b"bytes",
        ["a"],
        {"a": "b"},
        ("fine", "Not Fine"),
        datetime(2024, 6, 3),  # noqa: DTZ001 - without a zone on purpose
        object(),
    ],
)
def test_what_could_be_personal_data_is_refused_without_being_repeated(value):
    with pytest.raises(UnsafeEntry) as refused:
        opaque("mode", value)
    assert "“mode”" in str(refused.value)
    shown = str(refused.value).replace("“mode”", "")
    assert not isinstance(value, str) or value.lower() not in shown.lower()
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "value",
    [
        "order-form",
        "purpose.reached",
        "9.4",
        "consent.given",
        "018f0000-0000-7000-8000-000000000001",
        "0" * 64,
        "",
        None,
        True,
        42,
        ("one", "two"),
        UUID(int=7),
        date(2024, 6, 3),
        datetime(2024, 6, 3, tzinfo=UTC),
        Action.DESTRUCTION,
    ],
)
def test_opaque_values_are_accepted(value):
    opaque("mode", value)


@given(st.text(max_size=40))
@example("a.b@c.de")
def test_no_text_with_a_space_a_capital_or_an_at_sign_is_ever_accepted(text):
    if re.search(r"[\s@A-ZА-ЯЁ]", text):
        with pytest.raises(UnsafeEntry):
            opaque("mode", text)


@pytest.mark.parametrize(
    "ref", ["9.4", "2.10/b7(d)", "Preamble/p2", "Третьи лица/1(a)", "7.6(2)(f)"]
)
def test_a_clause_is_written_as_the_policy_names_it(ref):
    with_clause = KeyUsed(key="k", clause=ref)
    assert common_values(with_clause)["clause"] == ref


@pytest.mark.django_db
def test_an_entry_that_is_refused_writes_nothing(operator):
    with operator_scope(operator):
        with pytest.raises(UnsafeEntry):
            actions.append(operator, KeyUsed(key="k", purpose="Call Ivan"))
        with pytest.raises(UnsafeEntry):
            actions.append(operator, KeyUsed(key="k", actor=Actor(ActorKind.STAFF, "a@b.cd")))
        with pytest.raises(UnsafeEntry):
            actions.append(operator, KeyUsed(key="k", clause="call +79161234567"))
        assert actions.count(operator) == 0


@pytest.mark.django_db
def test_every_type_of_value_survives_and_is_worded(operator, seen):
    subject = UUID(int=9)
    moment = datetime(2024, 6, 3, 9, 30, 15, 120, tzinfo=UTC)
    with operator_scope(operator):
        written = actions.append(
            operator,
            seen(
                subject=subject,
                actor=Actor(ActorKind.STAFF, "17", "officer"),
                action=Action.USE,
                purpose="order",
                basis="contract",
                clause="9.4",
                automated=False,
                policy_version=3,
                until=moment,
                day=date(2024, 6, 12),
                whose=UUID(int=8),
                marks=("one", "two"),
                times=2,
                late=False,
            ),
        )
        row = actions.entry(operator, written)
    assert (row.subject, row.actor) == (subject, Actor(ActorKind.STAFF, "17", "officer"))
    assert (row.action, row.purpose, row.basis, row.clause) == ("use", "order", "contract", "9.4")
    assert (row.automated, row.policy_version, row.index) == (False, 3, None)
    assert dict(row.data) == {
        "until": "2024-06-03T09:30:15.000120Z",
        "day": "2024-06-12",
        "whose": str(UUID(int=8)),
        "marks": ["one", "two"],
        "times": 2,
        "late": False,
    }


@pytest.mark.django_db
def test_a_day_in_a_wording_is_written_in_the_readers_language(operator, seen):
    seen.wording = "until %(day)s, %(marks)s, for %(purpose)s%(perhaps)s"
    with operator_scope(operator):
        written = actions.append(
            operator,
            seen(
                until=datetime(2024, 6, 3, tzinfo=UTC),
                day=date(2024, 6, 12),
                whose=UUID(int=8),
                marks=("one", "two"),
                times=2,
                late=False,
                purpose="order",
            ),
        )
        row = actions.entry(operator, written)
    assert actions.wording(row, "en") == "until 12\N{NO-BREAK SPACE}June 2024, one, two, for order"
    assert actions.wording(row, "ru") == "until 12\N{NO-BREAK SPACE}июня 2024, one, two, for order"


@pytest.mark.django_db
def test_a_kind_that_is_declared_no_more_is_shown_by_its_name(operator, seen):
    with operator_scope(operator):
        written = actions.append(operator, KeyUsed(key="k"))
        row = actions.entry(operator, written)
    forgotten = KINDS._things.pop(row.kind)
    try:
        assert actions.wording(row, "ru") == "journal.key-used"
    finally:
        KINDS._things[row.kind] = forgotten


def test_a_kind_may_not_take_a_name_that_every_entry_has():
    with pytest.raises(ValueError, match="every entry has"):

        @entry("test.clash")
        @dataclass(frozen=True, kw_only=True)
        class Clash(Entry):
            at: datetime


@pytest.mark.parametrize("kind", ["nodot", "Upper.case", "a.b c", ""])
def test_a_kind_is_named_by_a_noun_and_a_fact(kind):
    with pytest.raises(ValueError, match=r"noun\.fact"):
        entry(kind)


@pytest.mark.django_db
def test_entries_are_found_by_subject_kind_clause_and_place(operator, write):
    ids = write(7)
    with operator_scope(operator):
        about = actions.append(operator, KeyUsed(key="k", subject=UUID(int=5), clause="9.4"))
        assert [each.id for each in actions.entries(operator, limit=3)] == ids[:3]
        assert [each.id for each in actions.entries(operator, after=ids[2], limit=2)] == ids[3:5]
        newest = actions.entries(operator, newest_first=True, limit=2)
        assert [each.id for each in newest] == [about, ids[6]]
        older = actions.entries(operator, newest_first=True, after=ids[6], limit=1)
        assert [each.id for each in older] == [ids[5]]
        assert [each.id for each in actions.entries(operator, subject=UUID(int=5))] == [about]
        assert [each.id for each in actions.entries(operator, clause="9.4")] == [about]
        assert actions.entries(operator, kinds=["no.such"]) == []
        at = actions.entry(operator, about).at
        assert actions.count(operator, ["journal.key-used"]) == 8
        assert actions.count(operator, since=at, clause="9.4") == 1
        assert actions.count_by_kind(operator) == {"journal.key-used": 8}
        with pytest.raises(UnknownEntry):
            actions.entries(operator, after=UUID(int=1))
