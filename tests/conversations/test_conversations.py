"""People talk to each other and to the company; what each sees, keeps and leaves behind."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from tests.conversations.conftest import SLUG, STARTED, Market, photo, send, voice
from tests.vault.files import SECRET

from tutela.consent import actions as consent
from tutela.conversations import actions as conversations
from tutela.conversations import reading
from tutela.conversations.controls import attachments, chat
from tutela.conversations.errors import NobodyThere, NotWithOneself, UnknownConversation
from tutela.conversations.models import Conversation, Message
from tutela.conversations.reading import Viewer
from tutela.core import clock
from tutela.core.controls import ClauseState, Question
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.jobs import engine
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.intake import oneself
from tutela.vault import actions as vault
from tutela.vault.models import Value

MY = f"/en/{SLUG}/my/conversations/"
DESK = f"/en/desk/{SLUG}/conversations/"
CLERK = Actor(ActorKind.STAFF, "7", "clerk")


@pytest.fixture
def anna(market: Market):
    return market.register("Anna", "anna@mail.example")


@pytest.fixture
def boris(market: Market):
    return market.register("Boris", "boris@mail.example")


def seen(market: Market, conversation, subject):
    with operator_scope(market.id):
        viewer = Viewer(subject, oneself(subject))
        return reading.thread(market.id, conversation, viewer, "en")[1]


def verdict(market: Market, judge):
    with operator_scope(market.id):
        return judge(Question(market.id, market.policy, "chat", "", {}, clock.now()))


def words(answer) -> str:
    main = answer.content.decode().partition("<main")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", "<main" + main)))


def test_the_other_party_reads_what_was_said_and_the_journal_says_who(market, anna, boris):
    made = market.begin(anna, boris, "When can you come?")
    (line,) = seen(market, made, boris)
    assert (line.text, line.name, line.mine) == ("When can you come?", "Anna", False)
    (read,) = market.told("message.read")
    assert (read.subject_id, read.data["messages"]) == (anna, 1)
    seen(market, made, boris)
    assert len(market.told("message.read")) == 1, "a second look at the same message"


def test_who_takes_no_part_sees_nothing_and_the_desk_sees_no_talk_of_others(market, anna, boris):
    made = market.begin(anna, boris, "Between us.")
    other = market.register("Passer", "passer@mail.example")
    with operator_scope(market.id):
        with pytest.raises(UnknownConversation):
            reading.thread(market.id, made, Viewer(other, oneself(other)), "en")
        with pytest.raises(UnknownConversation):
            reading.thread(market.id, made, Viewer(None, CLERK), "en")
        with pytest.raises(UnknownConversation):
            conversations.say(market.id, made, other, message=new_id(), values={"message": "x"})
        with pytest.raises(NotWithOneself):
            conversations.begin(
                market.id,
                anna,
                anna,
                message=new_id(),
                language="en",
                values={},
                accepted=(),
            )


def test_nothing_opens_without_the_consent_that_is_shown(market, anna, boris):
    with pytest.raises(Incomplete):
        market.begin(anna, boris, "Hello", accepted=())
    with operator_scope(market.id):
        assert not Conversation.objects.exists()
        assert "chat" not in consent.live(market.id, anna)
    market.begin(anna, boris, "Hello")
    with operator_scope(market.id):
        assert "chat" in consent.live(market.id, anna)


def test_an_answer_needs_a_consent_of_ones_own(market, anna, boris):
    """Boris agreed to nothing yet: what he says is not kept until he does."""
    made = market.begin(anna, boris, "Hello")
    with operator_scope(market.id), pytest.raises(Refused):
        conversations.say(market.id, made, boris, message=new_id(), values={"message": "Hi"})
    browser = market.person(boris)
    page = f"{MY}{made}/"
    assert send(browser, page, message="Hi").status_code == 422
    with operator_scope(market.id):
        assert Message.objects.count() == 1
        assert not Value.objects.filter(subject_id=boris, field="message").exists()
    assert send(browser, page, **{"message": "Hi", "consent-chat": "on"}).status_code == 302
    assert send(browser, page, message="Once more, without a tick").status_code == 302


def test_a_withdrawal_shows_at_once_to_the_other_party(market, anna, boris):
    made = market.begin(anna, boris, "My number is in the advertisement.")
    with operator_scope(market.id):
        consent.withdraw(market.id, anna, ["chat"], actor=oneself(anna), channel="portal")
    (line,) = seen(market, made, boris)
    assert line.text == ""
    assert line.why_not
    (own,) = seen(market, made, anna)
    assert own.text == "My number is in the advertisement.", "their own data they still see"


def test_destroying_one_party_leaves_the_messages_of_the_other_and_a_note(market, anna, boris):
    made = market.begin(anna, boris, "I am Anna.")
    market.begin(boris, None, "So that Boris agrees")
    with operator_scope(market.id):
        conversations.say(
            market.id, made, boris, message=new_id(), values={"message": "I am Boris."}
        )
        consent.withdraw(market.id, anna, None, actor=oneself(anna), channel="portal")
    engine.run_until(STARTED + timedelta(days=60), only=market.id)
    with operator_scope(market.id):
        assert not vault.records(market.id, anna)
    gone, stays = seen(market, made, boris)
    assert (gone.text, bool(gone.why_not)) == ("", True)
    assert (stays.text, stays.mine) == ("I am Boris.", True)
    with operator_scope(market.id):
        assert not Message.objects.filter(author_id=anna).exists()
        with pytest.raises(NobodyThere):
            conversations.say(market.id, made, boris, message=new_id(), values={"message": "?"})
    assert verdict(market, chat).state is ClauseState.KEPT


def test_an_address_tells_nothing_of_its_person_and_leads_to_nobody_once_they_are_gone(
    market, anna
):
    with operator_scope(market.id):
        address = conversations.address_of(market.id, anna)
        assert conversations.address_of(market.id, anna) == address
        assert anna.hex not in address.replace("-", "")
        assert conversations.at_address(market.id, address) == anna
        conversations.erase(market.id, [anna], None)
        for dead in (address, anna.hex, str(anna)):
            with pytest.raises(NotFound):
                conversations.at_address(market.id, dead)


def test_a_conversation_that_nobody_is_left_in_goes(market, anna):
    market.begin(anna, None, "To the company")
    with operator_scope(market.id):
        conversations.erase(market.id, [anna], None)
        assert not Conversation.objects.exists()
        assert not Message.objects.exists()


def test_in_a_browser_words_a_photograph_and_a_voice_go_both_ways(market, anna, boris):
    with operator_scope(market.id):
        address = conversations.address_of(market.id, boris)
    browser, his = market.person(anna), market.person(boris)
    to = f"{MY}to/{address}/"
    assert address in his.get(MY).content.decode()
    empty = send(browser, to, name="Anna", message="Look")
    assert (empty.status_code, "Without this consent" in words(empty)) == (422, True)
    made = send(
        browser,
        to,
        **{"name": "Anna", "message": "Look", "consent-chat": "on"},
        **{"chat-photo": photo(), "voice-message": voice()},
    )
    assert made.status_code == 302
    page = his.get(made.url)
    assert "Look" in words(page)
    files = re.findall(r'action="([^"]+/(?:chat-photo|voice-message)/)"', page.content.decode())
    assert len(files) == 2
    for each in files:
        got = send(his, made.url, each)
        kept = b"".join(got.streaming_content)
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert kept
        assert SECRET not in kept
    assert send(his, made.url, message="").status_code == 422
    assert verdict(market, attachments).state is ClauseState.KEPT
    assert verdict(market, chat).state is ClauseState.KEPT


def test_the_form_opens_a_conversation_that_the_desk_answers(market):
    stranger = market.person(market.register("Anna", "anna@mail.example"))
    sent = send(
        stranger,
        f"/en/{SLUG}/forms/chat/",
        name="Anna",
        email="anna@mail.example",
        message="A question",
        **{"consent-chat": "on"},
    )
    assert sent.status_code == 302
    clerk = market.staff("clerk")
    found = re.search(rf'href="({DESK}[0-9a-f-]+/)"', clerk.get(DESK).content.decode())
    assert found
    assert "A question" in words(clerk.get(found[1]))
    assert send(clerk, found[1], message="An answer").status_code == 302
    mine = re.search(rf'href="({MY}[0-9a-f-]+/)"', stranger.get(MY).content.decode())
    assert mine
    assert "An answer" in words(stranger.get(mine[1]))
    sent, answered = market.told("message.sent")
    assert (answered.actor_kind, answered.subject_id) == ("staff", sent.subject_id)
    assert market.staff("auditor").get(found[1]).status_code == 403


def test_what_is_saved_hides_the_other_party(market, anna, boris):
    made = market.begin(anna, boris, "Anna's words")
    market.begin(boris, None, "So that Boris agrees")
    with operator_scope(market.id):
        conversations.say(
            market.id, made, boris, message=new_id(), values={"message": "Boris's words"}
        )
    saved = send(market.person(anna), f"{MY}{made}/", f"{MY}{made}/save/")
    told = json.loads(saved.content)
    assert [each["by"] for each in told] == ["you", "other"]
    assert "Anna's words" in saved.content.decode()
    assert "Boris" not in saved.content.decode()
    data = market.person(anna).get(f"/en/{SLUG}/my/").content.decode()
    assert "Boris" not in data
    (entry,) = market.told("conversation.exported")
    assert entry.data["masked"] == 1


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x" * 20_000, "<script>alert(1)</script>", "Привет", "مرحبا \u202e", "🙂" * 50],
)
def test_whatever_is_typed_gets_a_page_and_no_markup_of_its_own(market, anna, typed):
    made = market.begin(anna, None, "Hello")
    browser = market.person(anna)
    answer = send(browser, f"{MY}{made}/", message=typed)
    assert answer.status_code in {302, 422}
    page = browser.get(f"{MY}{made}/").content.decode()
    assert "<script>alert" not in page


def test_the_same_form_sent_twice_says_it_once(market, anna, boris):
    name = new_id()
    made = market.begin(anna, boris, "Once", message=name)
    assert market.begin(anna, boris, "Once", message=name) == made
    with operator_scope(market.id):
        for _time in range(2):
            conversations.say(
                market.id, made, anna, message=(again := new_id()), values={"message": "Twice?"}
            )
            conversations.say(market.id, made, anna, message=again, values={"message": "Twice?"})
        assert Message.objects.filter(conversation=made).count() == 3


def test_an_address_that_was_not_given_leads_nowhere(market, anna):
    answer = market.person(anna).get(f"{MY}to/{'0' * 32}~forged/")
    assert (answer.status_code, "Nobody can be written to" in words(answer)) == (404, True)


def test_the_control_notices_a_message_that_lost_its_record(market, anna):
    made = market.begin(anna, None, "Hello")
    assert verdict(market, chat).state is ClauseState.KEPT
    with operator_scope(market.id):
        Message.objects.filter(conversation=made).update(id=new_id())
    assert verdict(market, chat).state is ClauseState.BROKEN
