"""An operator's own application lets people talk, within the scope of its key."""

from __future__ import annotations

import pytest
from tests.api.conftest import Application
from tests.conversations.conftest import SLUG, Market

from tutela import app
from tutela.api import callers
from tutela.applications import actions as applications
from tutela.applications.actions import Rights
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.journal.models import EntryRow

app.wire()
callers.hooks.load()
OFFICER = Actor(ActorKind.STAFF, "1", "officer")
TALK = Rights(
    purposes=["chat"],
    actions=["collection", "extraction"],
    functions=["records.read", "records.write", "subjects.read"],
)


def program(market: Market, rights: Rights = TALK) -> Application:
    with operator_scope(market.id):
        made = applications.add(market.id, "market-site", rights, by=OFFICER)
        key = applications.issue(market.id, made.id, by=OFFICER)
    assert key
    return Application(key)


def test_two_people_talk_through_the_site_of_the_operator(market):
    anna = market.register("Anna", "anna@mail.example")
    boris = market.register("Boris", "boris@mail.example")
    site = program(market)
    status, where = site.get(f"/subjects/{boris}/conversation-address")
    assert (status, where["path"]) == (
        200,
        f"/en/{SLUG}/my/conversations/to/{where['address']}/",
    )
    body = {
        "values": {"name": "Anna", "message": "Is it still there?"},
        "consents": ["chat"],
        "language": "en",
        "to": where["address"],
    }
    status, begun = site.send(f"/subjects/{anna}/conversations", body)
    assert status == 201
    line = f"/subjects/{boris}/conversations/{begun['conversation']}/messages"
    status, told = site.get(line)
    assert [(each["by"], each["text"]) for each in told["items"]] == [
        ("other", "Is it still there?")
    ]
    reply = {"values": {"message": "It is."}, "language": "en"}
    assert site.send(line, reply)[0] == 403, "Boris has agreed to nothing yet"
    assert site.send(line, {**reply, "consents": ["chat"]})[0] == 201
    status, listed = site.get(f"/subjects/{anna}/conversations")
    assert (status, listed["items"][0]["messages"]) == (200, 2)
    with operator_scope(market.id):
        read = EntryRow.objects.filter(kind="message.read").first()
    assert (read.actor_kind, read.subject_id) == ("application", anna)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"to": "0" * 43}, 404),
        ({"consents": []}, 422),
        ({"values": {"message": "x" * 15_000, "name": "A"}}, 422),
        ({"consents": ["no-such"]}, 422),
    ],
)
def test_what_is_wrong_opens_nothing(market, changes, status):
    anna = market.register("Anna", "anna@mail.example")
    body = {
        "values": {"name": "Anna", "message": "Hello"},
        "consents": ["chat"],
        "language": "en",
        "to": None,
    }
    site = program(market)
    assert site.send(f"/subjects/{anna}/conversations", body | changes)[0] == status
    assert site.get(f"/subjects/{anna}/conversations")[1]["items"] == []


def test_a_key_without_the_purpose_reads_no_word(market):
    anna = market.register("Anna", "anna@mail.example")
    made = market.begin(anna, None, "For the company only")
    other = Rights(purposes=["requests"], actions=["extraction"], functions=["records.read"])
    answer = program(market, other).get(f"/subjects/{anna}/conversations/{made}/messages")
    assert "For the company only" not in str(answer)
    assert answer[1]["items"][0]["why_not"]
