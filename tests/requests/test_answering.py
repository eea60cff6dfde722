"""The officer's work on one request, page by page, and the answer that leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override
from tests.requests.conftest import STARTED, desk, my, post, public, words

from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.requests import actions as requests
from tutela.requests import cases, demanding, moving, recalls, replies, sections
from tutela.requests.errors import Incomplete
from tutela.requests.kinds import State
from tutela.requests.models import Case
from tutela.requests.showing import staff_names
from tutela.retention import actions as retention
from tutela.vault import actions as vault
from tutela.vault.models import Value

OFFICER = Actor(ActorKind.STAFF, "1", "officer")
OTHER = Actor(ActorKind.STAFF, "2", "officer")


def opened(house, kind: str, subject, **more) -> Case:
    with operator_scope(house.id):
        return cases.get(house.id, requests.open_case(house.id, kind, "portal", subject, **more))


def at(case: Case) -> str:
    return desk(f"requests/{case.id}/")


def again(house, case: Case) -> Case:
    with operator_scope(house.id):
        return cases.get(house.id, case.id)


def judged(house, slug: str):
    with operator_scope(house.id):
        question = Question(house.id, house.policy, slug, "", {}, house.at.now())
        return CONTROLS[slug].judge(question)


def test_a_request_is_decided_answered_and_read_by_the_person(house):
    subject = house.send("order").subject
    house.letters()
    case = opened(house, "access", subject)
    (receipt,) = house.letters()
    assert "has received your request" in receipt.subject
    officer = house.staff()
    assert "Access to one’s data" in words(officer.get(desk("requests/")))
    assert post(officer, at(case), do="decide", outcome="granted").status_code == 302
    page = officer.get(at(case)).content.decode()
    with operator_scope(house.id):
        drafted = {
            f"section-{each.slug}": each.text for each in sections.drafted(again(house, case))
        }
    assert len(drafted) == len(cases.KINDS["access"].must)
    assert 'name="section-measures"' in page
    drafted["section-rights"] += "\nOffice hours: nine to five."
    assert post(officer, at(case), do="answer", **drafted).status_code == 302
    (letter,) = house.letters()
    assert letter.subject == "ProHomeExchange: the answer to your request № 1"
    assert "Office hours: nine to five." in letter.body
    assert "How it is protected" in letter.body
    ended = again(house, case)
    assert (ended.state, ended.complete) == (State.ANSWERED, True)
    with operator_scope(house.id):
        assert not obligations.listing(house.id, obligations.STANDING, cause=case.id)
    said = words(house.person(subject).get(my("requests/")))
    assert "It is answered." in said
    assert judged(house, "request.access").state == ClauseState.KEPT
    assert judged(house, "reply.send").state == ClauseState.KEPT


def test_a_letter_in_russian_goes_to_whoever_reads_russian(house):
    subject = house.send("order", language="ru").subject
    house.letters()
    case = opened(house, "access", subject)
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "granted", by=OFFICER)
        row = cases.get(house.id, case.id)
        with override("ru"):
            said = {each.slug: each.text for each in sections.drafted(row)}
        replies.send(house.id, case.id, said, by=OFFICER)
    letter = house.letters()[-1]
    assert "Как это защищено" in letter.body


def test_an_answer_that_leaves_something_out_is_not_sent_and_nothing_typed_is_lost(house):
    case = opened(house, "objection", house.send("order").subject)
    officer = house.staff()
    post(officer, at(case), do="decide", outcome="granted")
    answer = post(
        officer,
        at(case),
        do="answer",
        **{"section-explanation": "By three rules.", "section-result": "Changed."},
    )
    assert answer.status_code == 422
    said = words(answer)
    assert "What the person who looked at it again found" in said
    assert "By three rules." in said
    assert again(house, case).state == State.DECIDED


@pytest.mark.parametrize("left_out", ["reasons", "route", "result"])
def test_a_refusal_without_ground_or_route_of_complaint_cannot_be_sent(house, left_out):
    case = opened(house, "objection", house.send("order").subject)
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "refused", refusal="no-such-decision", by=OFFICER)
        row = cases.get(house.id, case.id)
        said = {each.slug: each.text for each in sections.drafted(row)} | {left_out: " "}
        with pytest.raises(Incomplete):
            replies.send(house.id, case.id, said, by=OFFICER)


def test_a_refusal_says_its_ground_article_and_clause_whatever_was_typed(house):
    case = opened(house, "objection", house.send("order").subject)
    house.letters()
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "refused", refusal="no-such-decision", by=OFFICER)
        said = {"result": "No.", "reasons": "Because.", "route": "The authority or a court."}
        replies.send(house.id, case.id, said, by=OFFICER)
    letter = house.letters()[-1]
    assert "No decision was made by a machine alone (RU-152-FZ 16(1); clause 2.9/b7" in letter.body
    assert judged(house, "request.refuse").state == ClauseState.KEPT
    with operator_scope(house.id):
        (row,) = obligations.listing(house.id, cause=case.id)
    assert row.evidence["outcome"] == "refused-with-reasons"


def test_neither_the_journal_nor_any_table_of_requests_holds_what_was_written(house):
    case = opened(house, "objection", house.send("order").subject)
    with operator_scope(house.id):
        replies.note(house.id, case.id, "Speaks only in the evening.", by=OFFICER)
        rows = journal.entries(house.id, limit=1000)
        kept = {*vault.all_records(house.id)}
        assert kept == {*retention.scheduled_records(house.id)}, "everything has an end"
    assert not any("evening" in str(each.data) for each in rows)


def test_a_note_is_read_by_whoever_answers_and_seen_by_the_person(house):
    sent = house.send("order")
    case = opened(house, "objection", sent.subject)
    officer = house.staff()
    post(officer, at(case), do="note", note="Speaks only in the evening.")
    assert "evening" not in words(officer.get(at(case)))
    assert "Speaks only in the evening." in words(post(officer, at(case), do="read"))
    assert "Speaks only in the evening." in words(house.person(sent.subject).get(my("")))


def test_an_empty_note_is_told_and_not_kept(house):
    case = opened(house, "objection", house.send("order").subject)
    assert post(house.staff(), at(case), do="note", note="  ").status_code == 422


def test_a_correction_is_made_told_and_unblocked_before_it_is_answered(house):
    sent = house.send("order")
    case = opened(house, "correction", sent.subject, ground="inaccurate")
    officer = house.staff()
    place = f"{sent.about}:full-name"
    assert (
        post(officer, at(case), do="correct", place=place, value="Maria Corrected").status_code
        == 302
    )
    post(officer, at(case), do="decide", outcome="granted")
    said = {f"section-{each}": "Done." for each in cases.KINDS["correction"].must}
    assert post(officer, at(case), do="answer", **said).status_code == 409
    with operator_scope(house.id):
        (block,) = gate.standing(house.id, sent.subject).blocks
    post(officer, at(case), do="lift", block=str(block.id), result="corrected")
    assert post(officer, at(case), do="answer", **said).status_code == 302
    assert again(house, case).state == State.ANSWERED
    with operator_scope(house.id):
        outcomes = {
            each.outcome: each.in_time for each in obligations.listing(house.id, cause=case.id)
        }
    assert outcomes == {"block": True, "correct": True}
    assert "Maria Corrected" in words(house.person(sent.subject).get(my("")))
    assert judged(house, "request.correct").state == ClauseState.KEPT
    with operator_scope(house.id):
        Value.objects.filter(record_id=sent.about, field="full-name", version=1).delete()
    assert judged(house, "request.correct").state == ClauseState.BROKEN


def test_a_granted_erasure_is_destroyed_by_the_clock_of_its_ground(house):
    sent = house.send("order")
    case = opened(house, "erasure", sent.subject, ground="wish")
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "granted", by=OFFICER)
        outcomes = {each.outcome for each in obligations.listing(house.id, cause=case.id)}
    assert {"consider", "destroy", "notify-subject", "notify-recipients"} <= outcomes


def given_away(house, subject, recipient: str = "contractors") -> None:
    with operator_scope(house.id):
        leave = gate.decide(
            Operation(
                operator=house.id,
                subject=subject,
                action=Action.PROVISION,
                purpose="orders",
                fields=frozenset({"email"}),
                actor=SYSTEM,
                recipient=recipient,
            )
        )
    assert isinstance(leave, Permit), leave


def test_earlier_recipients_are_told_acknowledge_and_are_reminded(house):
    sent = house.send("order")
    given_away(house, sent.subject)
    case = opened(house, "erasure", sent.subject, ground="unlawful")
    officer = house.staff()
    post(officer, at(case), do="decide", outcome="granted")
    assert "not told yet" in words(officer.get(at(case)))
    with operator_scope(house.id):
        standing = obligations.listing(house.id, obligations.STANDING, cause=case.id)
    assert "notify-recipients" in {each.outcome for each in standing}
    post(officer, at(case), do="told", recipient="contractors")
    with operator_scope(house.id):
        standing = obligations.listing(house.id, obligations.STANDING, cause=case.id)
    assert "notify-recipients" not in {each.outcome for each in standing}
    house.at.set(STARTED + timedelta(days=8))
    assert recalls.remind(house.id, house.at.now()) == 1
    assert recalls.remind(house.id, house.at.now()) == 0
    assert judged(house, "disclosure.recall").state == ClauseState.AT_RISK
    post(officer, at(case), do="acknowledged", recipient="contractors")
    assert "confirmed" in words(officer.get(at(case)))


def test_who_decided_does_not_send_where_the_policy_wants_four_eyes(house, monkeypatch):
    case = opened(house, "objection", house.send("order").subject)
    monkeypatch.setattr(replies, "four_eyes", lambda _operator: True)
    with operator_scope(house.id):
        moving.decide(house.id, case.id, "granted", by=OFFICER)
        said = dict.fromkeys(cases.KINDS["objection"].must, "Said.")
        with pytest.raises(cases.NotPossible):
            replies.send(house.id, case.id, said, by=OFFICER)
        replies.send(house.id, case.id, said, by=OTHER)


def test_an_authority_is_answered_on_paper_and_the_register_says_what_was_told(house):
    officer = house.staff()
    answer = post(
        officer,
        desk("requests/new/"),
        kind="authority:information",
        asker="authority",
        channel="authority",
        received="2024-06-03",
    )
    page = answer.headers["Location"]
    post(officer, page, do="decide", outcome="granted")
    assert post(officer, page, do="outside", said="result").status_code == 422
    with operator_scope(house.id):
        case = Case.objects.get(operator_id=house.id)
        replies.answered_outside(house.id, case.id, ["result", "reasons"], by=OFFICER)
    assert again(house, case).state == State.ANSWERED
    assert judged(house, "intake.authority").state == ClauseState.KEPT


def test_an_authority_s_demand_to_block_takes_effect_at_once(house):
    subject = house.send("order").subject
    with operator_scope(house.id):
        requests.open_case(
            house.id, "authority", "authority", subject, asker="authority", ground="block"
        )
        assert gate.standing(house.id, subject).blocks


def test_several_are_given_to_somebody_at_once_and_found_by_their_view(house):
    subject = house.send("order").subject
    first, second = opened(house, "access", subject), opened(house, "objection", subject)
    officer = house.staff()
    with operator_scope(house.id):
        me = next(iter(staff_names(house.id)))
    form = officer.get(desk("requests/")).content.decode()
    token = (
        form.partition('action="' + desk("requests/assign/"))[2]
        .partition('value="')[2]
        .partition('"')[0]
    )
    sent = {"form-token": token, "case": [str(first.id), str(second.id)], "to": me}
    assert officer.post(desk("requests/assign/"), sent).status_code == 302
    assert words(officer.get(desk("requests/?view=mine"))).count("№ ") >= 2
    assert "Nothing here" in words(officer.get(desk("requests/?view=nobody")))


@pytest.mark.parametrize("view", ["all", "mine", "nobody", "late", "soon", "week", "ended", "odd"])
def test_every_view_opens(house, view):
    opened(house, "access", house.send("order").subject)
    officer = house.staff()
    for language in ("en", "ru"):
        answer = officer.get(
            desk(f"requests/?view={view}&kind=access&state=working&page=0", language)
        )
        assert answer.status_code == 200


def test_the_pictures_and_the_calendar_show_what_waits_and_what_ended(house):
    subject = house.send("order").subject
    case = opened(house, "objection", subject)
    opened(house, "access", subject)
    with operator_scope(house.id):
        moving.take_back(house.id, case.id, by=OFFICER)
    officer = house.staff()
    said = words(officer.get(desk("requests/figures/")))
    assert "100% of 1 request of the last year ended in time." in said
    assert "18 Jun" in words(officer.get(desk("requests/calendar/"))) or "18 June" in words(
        officer.get(desk("requests/calendar/"))
    )


def test_a_withdrawal_ends_in_the_register_once_all_that_was_promised_is_done(house):
    sent = house.send("order")
    receipt = house.withdraw(sent.subject)
    assert moving.end_what_went_by_itself(house.id, house.at.now()) == 0
    house.at.set(STARTED + timedelta(days=30))
    obligations.run_due(house.id, house.at.now())
    assert moving.end_what_went_by_itself(house.id, house.at.now()) == 1
    with operator_scope(house.id):
        assert cases.get(house.id, receipt.about).state == State.ANSWERED


def test_a_person_asks_by_choosing_and_sees_the_date_promised(house):
    subject = house.send("order").subject
    person = house.person(subject)
    answer = post(person, my("ask/"), kind="erasure:wish")
    said = words(person.get(answer.headers["Location"]))
    assert "We have your request" in said
    assert "Promised by 18 June" in said
    assert judged(house, "intake.inapp").state == ClauseState.KEPT


def test_choosing_nothing_is_told(house):
    person = house.person(house.send("order").subject)
    assert post(person, my("ask/"), kind="").status_code == 422
    assert post(person, my("ask/"), kind="authority:block").status_code == 422


def test_somebody_without_an_account_asks_and_gets_a_receipt(house, stranger):
    form = {
        "kind": "access",
        "email": "new@mail.example",
        "message": "What do you hold?",
        "consent-feedback": "on",
    }
    answer = post(stranger, public("ask/"), **form)
    assert answer.status_code == 302
    assert "Access to one’s data" in words(stranger.get(answer.headers["Location"])) or (
        "We are working on it." in words(stranger.get(answer.headers["Location"]))
    )
    with operator_scope(house.id):
        (case,) = Case.objects.filter(operator_id=house.id)
    assert (case.kind, case.channel) == ("access", "form")
    officer = house.staff()
    assert "What do you hold?" in words(post(officer, at(case), do="read"))


def test_a_clerk_works_on_requests_and_an_auditor_only_looks(house):
    case = opened(house, "access", house.send("order").subject)
    assert house.staff("clerk").get(at(case)).status_code == 200
    auditor = house.staff("auditor")
    assert auditor.get(desk("requests/")).status_code == 200
    assert auditor.get(at(case)).status_code == 403


def test_an_outcome_recorded_on_the_promise_ends_the_request_too(house):
    sent = house.send("claim")
    with operator_scope(house.id):
        (row,) = obligations.listing(house.id, cause=sent.about)
        requests.record_outcome(house.id, row.id, OFFICER, "answered")
        case = cases.get(house.id, sent.about)
    assert (case.state, case.outcome) == (State.ANSWERED, "granted")


def test_an_unknown_deed_or_request_is_told(house):
    case = opened(house, "access", house.send("order").subject)
    officer = house.staff()
    assert post(officer, at(case), do="fly").status_code == 404
    assert officer.get(desk(f"requests/{house.id}/")).status_code == 404


def test_a_term_made_longer_moves_the_date_of_the_request(house):
    case = opened(house, "access", house.send("order").subject)
    with operator_scope(house.id):
        (row,) = obligations.listing(house.id, cause=case.id)
        requests.extend(house.id, row.id, OFFICER, "volume")
        assert cases.get(house.id, case.id).due_at == obligations.get(house.id, row.id).due_at
    assert again(house, case).due_at > case.due_at


def test_a_demand_of_an_authority_blocks_some_data_until_a_day_or_destroys_it_with_an_act(house):
    sent = house.send("order")
    case = opened(house, "authority", sent.subject, asker="authority")
    officer = house.staff()
    fields = lambda: demanding.fields_held(house.id, sent.subject)  # noqa: E731
    with operator_scope(house.id):
        first, second = fields()[:2]
    nothing = post(officer, at(case), do="demand", effect="destroy")
    assert nothing.status_code == 409
    post(officer, at(case), do="demand", effect="block", field=first, until="2099-01-01")
    with operator_scope(house.id):
        (block,) = [
            each
            for each in gate.standing(house.id, sent.subject).blocks
            if each.ground == demanding.GROUND
        ]
        assert (block.fields, bool(block.until)) == ({first}, True)
    post(officer, at(case), do="demand", effect="destroy", field=second)
    with operator_scope(house.id):
        assert second not in fields()
        (act,) = [e for e in retention.acts(house.id, sent.subject) if e.cause == case.id]
    assert act.label in words(officer.get(at(case)))
