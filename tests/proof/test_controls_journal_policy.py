"""The journal and the published policy: each judge says “kept”, and can be made to say “broken”."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tutela.core.controls import ClauseState
from tutela.db.scope import operator_scope
from tutela.journal import watch
from tutela.policy import actions as policies
from tutela.policy.models import Version
from tutela.policy.source import Sources

BROKEN, KEPT = ClauseState.BROKEN, ClauseState.KEPT


@pytest.fixture
def signed(bakery):
    for number in range(4):
        bakery.order(number)
    bakery.sequence()
    watch._memories.clear()
    return bakery


def tamper(bakery, statement, *values):
    tables = ("journal_entry", "journal_leaf", "journal_checkpoint", "journal_tile")
    with bakery.tampering(*tables) as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


def test_a_whole_journal_keeps_its_clause(signed):
    answer = signed.ask("journal.record")
    assert answer.state == KEPT
    entries, by_hand, compared = answer.figures
    assert entries.count == compared.count > 20
    assert 0 < by_hand.count < entries.count


def test_entries_without_a_signature_are_told_and_do_no_harm(signed):
    signed.decline()
    answer = signed.ask("journal.record")
    assert answer.state == KEPT
    assert str(answer.figures[-1]) == "1 waits for a signature"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET purpose = 'newsletter' WHERE kind = 'form.received'",
        "DELETE FROM journal_entry WHERE kind = 'form.received'",
        "DELETE FROM journal_leaf WHERE index = 3",
        "UPDATE journal_leaf SET hash = sha256('x') WHERE index = 3",
        "UPDATE journal_checkpoint SET root = sha256('x')",
        "UPDATE journal_tile SET hashes = sha256('x') WHERE level = 0",
    ],
    ids=["changed", "removed", "leaf removed", "leaf changed", "root changed", "tile changed"],
)
def test_a_journal_that_was_tampered_with_breaks_its_clause(signed, statement):
    assert signed.ask("journal.record").state == KEPT
    tamper(signed, statement)
    assert signed.ask("journal.record").state == BROKEN
    assert signed.ask("journal.record").state == BROKEN, "and it stays found"


def test_an_old_entry_changed_behind_our_back_is_found_in_turn(signed, monkeypatch):
    monkeypatch.setattr(watch, "STEP", 7)
    looks = 12  # enough for several laps of seven entries each
    assert {signed.ask("journal.record").state for _ in range(looks)} == {KEPT}
    tamper(
        signed,
        "UPDATE journal_entry SET clause = '9.9' WHERE number = "
        "(SELECT min(number) FROM journal_entry)",
    )
    assert BROKEN in {signed.ask("journal.record").state for _ in range(looks)}


def test_the_watch_forgets_what_it_knew_when_the_database_is_another(signed):
    assert signed.ask("journal.record").state == KEPT
    known = watch._memories[signed.id]
    known.mark = (known.mark[0], b"another root")
    assert signed.ask("journal.record").state == KEPT
    assert watch._memories[signed.id].mark[1] != b"another root"


def test_the_published_policy_is_open_to_strangers_in_both_languages(bakery):
    answer = bakery.ask("policy.publish")
    assert answer.state == KEPT
    assert [str(each) for each in answer.figures] == [
        "served in 2 languages",
        "1 website not visited",
    ]


def test_a_policy_that_strangers_cannot_open_is_not_published(bakery, settings):
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert bakery.ask("policy.publish").state == BROKEN


def _sets_a_cookie(get_response):
    def answer(request):
        response = get_response(request)
        response.set_cookie("visitor", "1")
        return response

    return answer


def test_a_published_page_that_sets_a_cookie_breaks_the_clause(bakery, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}._sets_a_cookie"]
    assert bakery.ask("policy.publish").state == BROKEN


def test_a_page_that_leaves_out_a_clause_is_not_the_policy(bakery):
    text = bakery.policy.texts["en"] + "\n4.3. A clause that is nowhere on the page."
    promised = replace(bakery.policy, texts={**bakery.policy.texts, "en": text})
    assert bakery.ask("policy.publish", policy=promised).state == BROKEN


def test_a_visit_stands_for_a_minute_and_no_longer(bakery, settings, at):
    from tutela.core.controls import Question  # noqa: PLC0415
    from tutela.policy import controls  # noqa: PLC0415

    def ask():
        asked = Question(bakery.id, bakery.policy, "policy.publish", "", {}, at.now())
        with operator_scope(bakery.id):
            return controls.policy_publish(asked).state

    controls.remembered.clear()
    assert ask() == KEPT
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    assert ask() == KEPT
    at.set(at.now() + timedelta(minutes=1))
    assert ask() == BROKEN


def test_the_verdict_leaves_language_and_zone_as_they_were(bakery):
    from django.utils import timezone, translation  # noqa: PLC0415

    with translation.override("ru"), timezone.override("Asia/Tokyo"):
        bakery.ask("policy.publish")
        assert translation.get_language() == "ru"
        assert timezone.get_current_timezone_name() == "Asia/Tokyo"


def next_version(bakery, **changes):
    files = dict(bakery.policy.sources)
    files["policy.yaml"] = files["policy.yaml"].replace("number: 1,", "number: 2,")
    from tutela.policy.compiling import compile_sources  # noqa: PLC0415

    policies.publish(compile_sources(Sources(files)).or_raise(), **changes)


def test_versions_that_follow_each_other_keep_the_clause(bakery, at):
    at.set(at.now() + timedelta(hours=1))
    next_version(bakery)
    answer = bakery.ask("policy.version")
    assert (answer.state, str(answer.figures[0])) == (KEPT, "2 versions")


@pytest.mark.parametrize(
    "change",
    [
        {"sources": {"policy.yaml": "format: 1", "policy.en.txt": "Another text."}},
        {"digest": "0" * 64},
        {"number": 7},
    ],
    ids=["another text", "another fingerprint", "another number"],
)
def test_a_version_that_was_altered_breaks_the_clause(bakery, at, change):
    at.set(at.now() + timedelta(hours=1))
    next_version(bakery)
    policies.version(bakery.id, 2)
    policies._compiled.cache_clear()
    with bakery.tampering("policy_version"):
        Version.objects.filter(operator_id=bakery.id, number=2).update(**change)
    assert bakery.ask("policy.version").state == BROKEN


def test_versions_that_overlap_break_the_clause(bakery, at):
    at.set(at.now() + timedelta(hours=1))
    next_version(bakery)
    with bakery.tampering("policy_version"):
        first = Version.objects.get(operator_id=bakery.id, number=1)
        Version.objects.filter(operator_id=bakery.id, number=2).update(
            posted_at=first.posted_at, effective_from=first.effective_from
        )
    assert bakery.ask("policy.version").state == BROKEN


def test_the_text_must_say_whose_policy_it_is(bakery):
    assert bakery.ask("policy.scope").state == KEPT
    other = replace(bakery.policy.operator, legal_name="Somebody Else LLC")
    answer = bakery.ask("policy.scope", policy=replace(bakery.policy, operator=other))
    assert answer.state == BROKEN
    assert str(answer.figures[-1]) == "1 declared thing is not in the text"


def test_what_the_text_leaves_out_may_be_assumed_and_is_counted(bakery):
    other = replace(
        bakery.policy.operator, legal_name="Somebody Else LLC", unstated=("legal_name",)
    )
    answer = bakery.ask("policy.scope", policy=replace(bakery.policy, operator=other))
    assert answer.state == KEPT
    assert str(answer.figures[-1]) == "1 thing that the text leaves out is assumed"
