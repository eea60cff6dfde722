from __future__ import annotations

import html
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.policy import actions

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
SAMPLES = Path(__file__).parents[2] / "operators"
POSTED = datetime(2024, 3, 1, 15, tzinfo=UTC)


def second_version(folder: Path, *, effective: str = "at-posting") -> None:
    shutil.copytree(MINIMAL, folder)
    declared = folder / "policy.yaml"
    text = declared.read_text(encoding="utf-8")
    text = text.replace("version: {number: 1,", "version: {number: 2,")
    declared.write_text(
        text.replace("effective: at-posting", f"effective: {effective}"), encoding="utf-8"
    )


@pytest.fixture
def bakery(db):
    with clock.use(ManualClock(POSTED)) as hand:
        actions.publish(actions.load_folder(MINIMAL))
        yield hand


def words(page: str) -> str:
    """What a reader sees, spaces as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_word_of_the_text_stands_on_the_page_in_its_order(bakery, client, language):
    page = client.get(f"/{language}/lark-bakery/policy/").content.decode()
    published = (MINIMAL / f"policy.{language}.txt").read_text(encoding="utf-8").split()
    shown = iter(words(page).split())
    assert all(any(word == each for each in shown) for word in published)


@pytest.mark.parametrize(
    "folder", sorted(SAMPLES.glob("*/policy.yaml")), ids=lambda p: p.parent.name
)
def test_every_clause_of_a_sample_has_one_anchor_of_its_own(db, client, folder):
    policy = actions.load_folder(folder.parent)
    actions.publish(policy)
    for language in policy.languages:
        page = client.get(f"/{language}/{policy.operator.slug}/policy/").content.decode()
        identifiers = re.findall(r'\bid="([^"]+)"', page)
        assert len(identifiers) == len(set(identifiers))
        assert {each.anchor for each in policy.clauses[language]} <= set(identifiers)


def test_the_page_says_version_dates_and_language_and_sets_no_cookie(bakery, client):
    answer = client.get("/en/lark-bakery/policy/")
    shown = words(answer.content.decode())
    assert "Version 1, in force since 1 March 2024." in shown
    assert "Language of this text English" in shown
    assert not answer.cookies
    assert "<script" not in answer.content.decode()


def test_a_translation_says_that_the_original_counts(bakery, client):
    assert "верен оригинал" in client.get("/ru/lark-bakery/policy/").content.decode()
    assert "original counts" not in client.get("/en/lark-bakery/policy/").content.decode()


def test_the_plain_text_is_the_published_text_to_the_byte(bakery, client):
    answer = client.get("/ru/lark-bakery/policy/text/")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == (MINIMAL / "policy.ru.txt").read_bytes()


@pytest.mark.parametrize(
    ("ref", "target"),
    [
        ("3.2", "policy/#clause-3.2"),
        ("3.2(b)", "policy/#clause-3.2"),
        ("2.2/b1", "policy/#clause-2.2-b1"),
        ("Preamble/p1", "policy/#clause-preamble-p1"),
        ("4.1(1)", "policy/#clause-4.1-1"),
        ("3.2?version=1", "policy/v/1/#clause-3.2"),
    ],
)
def test_a_link_to_a_clause_leads_to_where_it_is_published(bakery, client, ref, target):
    answer = client.get(
        f"/en/lark-bakery/policy/clause/{ref}".replace("?", "/?") + "/" * ("?" not in ref)
    )
    assert answer.headers["Location"] == f"/en/lark-bakery/{target}"


@pytest.mark.parametrize(
    "path",
    [
        "clause/9.9/",
        "clause/%F0%9F%98%80/",
        "v/2/",
        "v/0/",
        "v/99999999999999999999/",
        "text/?version=2",
        "text/?version=x",
        "text/?version=-1",
        "text/?version=%D9%A1",
        "text/?version=99999999999999999999",
    ],
)
def test_what_was_never_published_is_not_found(bakery, client, path):
    answer = client.get(f"/en/lark-bakery/policy/{path}")
    assert answer.status_code == 404
    assert b"<h1>" in answer.content


def test_the_archive_shows_which_version_was_in_force_when(bakery, client, tmp_path):
    bakery.set(POSTED + timedelta(hours=24 * 40))
    second_version(tmp_path / "second")
    actions.publish(actions.load_folder(tmp_path / "second"))
    shown = words(client.get("/en/lark-bakery/policy/versions/").content.decode())
    assert "since 10 April 2024 in force" in shown
    assert "since 1 March 2024 until 10 April 2024 no longer in force" in shown
    old = words(client.get("/en/lark-bakery/policy/v/1/").content.decode())
    assert "Version 1, no longer in force." in old
    assert "This is an old version" in old
    assert "Version 2, in force since 10 April 2024." in words(
        client.get("/en/lark-bakery/policy/v/2/").content.decode()
    )


def test_a_version_posted_ahead_is_shown_as_not_yet_in_force(bakery, client, tmp_path):
    second_version(tmp_path / "second", effective="2024-06-01")
    actions.publish(actions.load_folder(tmp_path / "second"))
    shown = words(client.get("/en/lark-bakery/policy/versions/").content.decode())
    assert "since 1 June 2024 not yet in force" in shown
    assert "since 1 March 2024 until 1 June 2024 in force" in shown
    assert "Version 2, not yet in force." in words(
        client.get("/en/lark-bakery/policy/v/2/").content.decode()
    )
    assert "Version 1, in force" in words(client.get("/en/lark-bakery/policy/").content.decode())


def test_the_assumptions_name_their_clauses_as_links(bakery, client):
    policy = actions.load_folder(SAMPLES / "prohomeexchange")
    actions.publish(policy)
    page = client.get("/en/prohomeexchange/policy/assumptions/").content.decode()
    for each in policy.assumptions.values():
        assert f'id="{each.slug}"' in page
    assert 'href="/en/prohomeexchange/policy/clause/9.7/"' in page


def test_the_first_page_of_an_operator_leads_to_every_form_but_not_to_talk_among_people(db, client):
    for sample in ("prohomeexchange", "amigo"):
        actions.publish(actions.load_folder(SAMPLES / sample))
    page = client.get("/ru/prohomeexchange/").content.decode()
    assert "/ru/prohomeexchange/forms/order/" in page
    assert "/ru/prohomeexchange/forms/chat/" in page, (
        "whoever writes to the company needs no account"
    )
    assert "/ru/prohomeexchange/policy/" in page
    assert "/forms/message/" not in client.get("/ru/amigo/").content.decode()


def test_the_list_of_operators_links_to_each(bakery, client):
    page = client.get("/en/").content.decode()
    assert 'href="/en/lark-bakery/"' in page


def test_an_operator_without_a_policy_in_force_is_an_answer_and_not_a_failure(db, tmp_path):
    with clock.use(ManualClock(POSTED)):
        second_version(tmp_path / "ahead", effective="2024-06-01")
        actions.publish(actions.load_folder(tmp_path / "ahead"))
        answer = Client().get("/en/lark-bakery/policy/")
    assert 400 <= answer.status_code < 500
