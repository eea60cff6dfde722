"""What people read before they give data is kept as it was, and nobody is named for reading it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.notices import actions, rules
from tutela.notices.errors import NoNotice
from tutela.notices.models import Shown
from tutela.policy import actions as policies
from tutela.policy.model import FrozenDict

FORM = "/en/lark-bakery/forms/order/"


def judged(operator: UUID, slug: str, clause: str, **parameters: object) -> ClauseState:
    policy = policies.in_force(operator)
    question = Question(operator, policy, slug, clause, parameters, clock.now())
    return CONTROLS[slug].judge(question).state


def hidden(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def sent(client: Client, **more: str) -> dict[str, str]:
    page = client.get(FORM).content.decode()
    return {
        "form-token": hidden(page, "form-token"),
        "notice": hidden(page, "notice"),
        "name": "Ann Baker",
        "email": "ann@example.org",
        "phone": "+1 305 555 0100",
        "consent-orders": "on",
        **more,
    }


def test_a_form_shows_its_notice_and_warnings_before_any_field(operator: UUID) -> None:
    page = Client().get(FORM).content.decode()
    first_field = page.index('name="name"')
    policy = policies.in_force(operator)
    assert page.index("to bring you the bread") < first_field
    assert policy.passage("3.4").split("\n", maxsplit=1)[0][:40] in page[:first_field]


def test_the_display_is_kept_once_under_its_fingerprint_without_any_person(operator: UUID) -> None:
    client = Client()
    digests = {hidden(client.get(FORM).content.decode(), "notice") for _again in range(3)}
    russian = hidden(client.get(FORM.replace("/en/", "/ru/")).content.decode(), "notice")
    with operator_scope(operator):
        assert {each.sha256 for each in Shown.objects.all()} == {*digests, russian}
        row = Shown.objects.get(sha256=digests.pop())
        told = rules.fingerprint(row.kind, row.place, row.language, row.content)
        assert (row.sha256, row.policy_version, row.language) == (told, 1, "en")
        assert row.content["warnings"]
        with pytest.raises(DatabaseError), transaction.atomic():
            Shown.objects.update(place="elsewhere")


def test_a_form_sent_after_its_notice_has_that_before_its_data_in_the_journal(
    operator: UUID,
) -> None:
    client = Client()
    data = sent(client)
    assert client.post(FORM, data).status_code == 302
    with operator_scope(operator):
        (shown,) = journal.entries(operator, kinds=["notice.shown"])
        (received,) = journal.entries(operator, kinds=["form.received"])
        assert shown.data == {"point": "order", "language": "en", "notice": data["notice"]}
        assert shown.number < received.number
        assert shown.subject == received.subject
        assert judged(operator, "notice.collect", "2.1") is ClauseState.KEPT


def test_a_form_read_under_another_version_is_shown_anew_and_nothing_is_lost(
    operator: UUID, publish
) -> None:
    client = Client()
    data = sent(client, note="a loaf, please")
    publish(2)
    answer = client.post(FORM, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since you opened" in page
    assert "a loaf, please" in page
    with operator_scope(operator):
        assert journal.count(operator, ["form.received"]) == 0
    again = {**data, "form-token": hidden(page, "form-token"), "notice": hidden(page, "notice")}
    assert client.post(FORM, again).status_code == 302


def test_a_point_without_a_notice_is_refused(scope: UUID) -> None:
    policy = policies.in_force(scope)
    silent = replace(policy.points["order"], notice=FrozenDict())
    with pytest.raises(NoNotice):
        actions.keep_notice(scope, policy, silent, "en")
    assert Shown.objects.count() == 0


def test_warnings_are_the_published_words_and_what_was_shown_is_kept(operator: UUID) -> None:
    page = Client().get("/en/lark-bakery/policy/warnings/").content.decode()
    with operator_scope(operator):
        policy = policies.in_force(operator)
        for clause in ("2.4", "3.4"):
            assert policy.passage(clause).split("\n", maxsplit=1)[0][:40] in page
        kept = Shown.objects.filter(kind="warning").values_list("place", flat=True)
        assert sorted(kept) == ["first-run", "publishing"]
        parameters = {"step": "publishing", "points": ["order"]}
        assert judged(operator, "notice.warn", "3.4", **parameters) is ClauseState.KEPT
        parameters["points"] = ["nowhere"]
        assert judged(operator, "notice.warn", "3.4", **parameters) is ClauseState.BROKEN


def test_a_notice_that_was_altered_in_the_database_is_noticed(operator: UUID) -> None:
    client = Client()
    assert client.post(FORM, sent(client)).status_code == 302
    with operator_scope(operator), transaction.atomic():
        from django.db import connection  # noqa: PLC0415 - past the models on purpose

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE notices_shown DISABLE TRIGGER USER")
            cursor.execute("""UPDATE notices_shown SET content = '{"notice": "other"}'""")
        assert judged(operator, "notice.collect", "2.1") is ClauseState.BROKEN
        transaction.set_rollback(True)


def test_the_promised_languages_are_served_and_a_promise_of_another_is_broken(
    operator: UUID,
) -> None:
    with operator_scope(operator):
        assert (
            judged(operator, "policy.language", "4.2", languages=["en", "ru"]) is ClauseState.KEPT
        )
        assert judged(operator, "policy.language", "4.2", languages=["fr"]) is ClauseState.BROKEN
