"""A person's way from the form to the act, in a real browser without script, in both languages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Visitor
from tests.journey.walker import Walker

pytestmark = pytest.mark.browser
HERE = "prohomeexchange"
SEND = "main form button:not([name])"
NAMES = {"en": "Maria Journeywoman", "ru": "Мария Странникова"}
KEPT = {"en": "kept", "ru": "исполняется"}


def counts(tutela: Installation) -> dict[str, int]:
    """How many rows each table holds; what a person leaves behind is a difference of these."""
    tables = tutela.sql(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    return {
        name: tutela.sql(f'SELECT count(*) FROM "{name}"')[0][0]  # noqa: S608
        for (name,) in tables
        if not name.startswith(("procrastinate", "django", "journal_", "demo_"))
    }


def fill_in(walker: Walker, name: str, address: str) -> None:
    walker.page.fill("#full-name", name)
    walker.page.fill("#email", address)
    walker.page.fill("#phone", "+1 305 555 0199")


def order(walker: Walker, language: str, address: str) -> None:
    """The form of an order: wrong at first, then without consent, then right."""
    walker.go(f"/{language}/{HERE}/").press(f"a[href$='/{HERE}/forms/order/']")
    assert not walker.page.locator("input[type=checkbox]:checked").count(), "nothing is ticked"
    walker.page.fill("#full-name", NAMES[language])
    walker.page.fill("#email", "no address")
    walker.press(SEND)
    assert walker.status == 422
    assert walker.page.locator("#errors a[href='#email']").count() == 1
    assert walker.page.locator("#email-error").count() == 1
    assert walker.page.input_value("#full-name") == NAMES[language], "what was typed is kept"

    fill_in(walker, NAMES[language], address)
    walker.press(SEND)
    assert walker.status == 422
    assert walker.page.locator("#errors a[href='#consent-orders']").count() == 1
    assert walker.page.locator("#errors a").count() == 1

    walker.page.check("#consent-orders")
    walker.press(SEND)
    assert f"/{language}/{HERE}/receipt/" in walker.page.url


def enter_by_letter(walker: Walker, language: str, address: str) -> None:
    walker.go(f"/{language}/{HERE}/my/")
    assert f"/{HERE}/sign-in/" in walker.path, "the portal opens to nobody unknown"
    walker.page.fill("#email", address)
    walker.press(SEND)
    letter = f"article.letter:has-text('{address}') a[href*='/sign-in/open/']"
    for _ in range(100):
        walker.go(f"/{language}/demo/mail/")
        if walker.page.locator(letter).count():
            break
        walker.page.wait_for_timeout(200)
    walker.press(letter)
    link = walker.page.url
    walker.press(SEND)
    assert walker.path == f"/{language}/{HERE}/my/"
    other = Walker(walker.context.browser, walker.url)
    other.go(link)
    other.press(SEND)
    assert other.status == 410, "the link works once"
    other.context.close()


def withdraw(walker: Walker, language: str) -> str:
    """Withdraw everything; returns the address of the receipt."""
    walker.go(f"/{language}/{HERE}/my/consents/")
    walker.press(f"a[href*='/{HERE}/my/withdraw/']")
    walker.press("main form button.danger")
    assert f"/{language}/{HERE}/receipt/" in walker.page.url
    return walker.page.url


def a_month_passes(walker: Walker, language: str) -> None:
    walker.go(f"/{language}/demo/").press("button[name=jump][value=month]")
    assert walker.status == 200
    assert walker.page.locator("main li.done").count()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_from_the_form_to_the_act(story, walk, tmp_path, language):
    address = f"journey.{language}@example.com"
    person = walk(story)
    order(person, language, address)
    enter_by_letter(person, language, address)
    assert NAMES[language] in person.text
    assert address in person.text
    for each in (
        "recipients",
        "history",
        "consents",
        "requests",
    ):  # the first two in the open drawer
        person.press(f"nav a[href$='/{HERE}/my/{each}/']")
        assert person.status == 200
    receipt = withdraw(person, language)
    assert not person.page.locator("a[href*='/acts/']").count(), "nothing is destroyed yet"

    a_month_passes(person, language)
    assert person.go(f"/{language}/{HERE}/my/").path.startswith(f"/{language}/{HERE}/sign-in/")

    stranger = walk(story)
    stranger.go(receipt)
    assert stranger.page.locator("a[href*='/acts/']").count() == 1
    stranger.press("a[href*='/acts/']")
    assert NAMES[language] not in stranger.text
    holds(story, stranger, tmp_path, language, address)
    clause_is_kept(stranger, language)
    assert stranger.context.cookies() == []


def holds(story, stranger: Walker, folder, language: str, address: str) -> None:
    """Both files of the act name nobody, and the signed one verifies, unless it is changed."""
    key = re.search(r"--key (\S+)", stranger.page.locator("main code").inner_text())[1]
    signed = stranger.take("a[href$='/json/']")
    for private in (address, NAMES[language], "3055550199"):
        assert private.encode() not in signed
    document = json.loads(signed)
    document["document"]["counts"]["values"] += 1
    for name, content, outcome in (
        ("act.json", signed, 0),
        ("changed.json", json.dumps(document).encode(), 1),
    ):
        (folder / name).write_bytes(content)
        verified = story.run("verify", str(folder / name), "--key", key)
        assert verified.returncode == outcome, verified.stdout + verified.stderr
    pdf = stranger.take("a[href$='/pdf/']")
    assert pdf.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        (folder / "act.pdf").write_bytes(pdf)
        read = subprocess.run(
            ["pdftotext", folder / "act.pdf", "-"], capture_output=True, check=True, text=True
        ).stdout
        assert "GOALITY CONSULTING, INC" in read
        assert NAMES[language] not in read
        assert ("уничтож" in read.casefold()) == (language == "ru")


def clause_is_kept(stranger: Walker, language: str) -> None:
    """The proof page judges the clause that promised the destruction."""
    stranger.go(f"/{language}/{HERE}/proof/")
    line = stranger.page.locator("main ul.clauses > li").filter(
        has=stranger.page.locator("p.ref", has_text=re.compile(r"^\s*9\.4(\(b\))?\s*$"))
    )
    assert line.count() >= 1
    assert KEPT[language] in line.first.locator(".verdict").inner_text()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_visitor_who_declines_leaves_the_refusal_and_nothing_else(town, walk, language):
    before = counts(town)
    visitor = walk(town)
    visitor.go(f"/{language}/{HERE}/forms/order/")
    fill_in(visitor, "Nobody Byname", "declines@example.com")
    visitor.press("button[name=decline]")
    assert visitor.path == f"/{language}/{HERE}/forms/order/declined/"
    after = counts(town)
    new = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    new.pop("notices_shown", None)  # what the form says, kept once for everybody
    assert new == {"consent_refusal": 1}
    assert visitor.context.cookies() == []


def test_a_form_sent_by_a_double_click_is_taken_once(town, walk):
    person = walk(town)
    person.go(f"/en/{HERE}/forms/order/")
    fill_in(person, "Twice Clicked", "twice.clicked@example.com")
    person.page.check("#consent-orders")
    before = counts(town)
    person.page.locator(SEND).dblclick()
    person.page.wait_for_url("**/receipt/**")
    once(before, counts(town))


def test_the_same_form_sent_again_gives_the_same_receipt(town):
    visitor = Visitor(town.url)
    page = visitor.get(f"/en/{HERE}/forms/order/")
    values = {
        **page.form().values,
        "full-name": "Twice Sent",
        "email": "twice.sent@example.com",
        "phone": "+13055550198",
        "consent-orders": "on",
    }
    before = counts(town)
    first, second = visitor.post(page.url, values), visitor.post(page.url, values)
    assert first.status == 302
    assert "/receipt/" in first.location
    assert first.location == second.location
    once(before, counts(town))


def once(before: dict[str, int], after: dict[str, int]) -> None:
    grown = {name: after[name] - before[name] for name in after}
    assert grown["requests_submission"] == grown["identity_subject"] == grown["vault_record"] == 1
    assert grown["consent_event"] == 1
    assert grown["requests_letter"] == 1


def test_a_page_that_breaks_its_policy_would_have_been_noticed(town, chromium):
    walker = Walker(chromium, town.url)
    walker.page.route(
        "**/planted/",
        lambda route: route.fulfill(
            body="<!doctype html><p style='color: red'>x<img src='https://example.com/x.png'>",
            headers={"Content-Security-Policy": "default-src 'none'", "Content-Type": "text/html"},
        ),
    )
    walker.go("/planted/")
    walker.page.wait_for_timeout(300)
    walker.context.close()
    assert any("Content Security Policy" in each for each in walker.complaints)
