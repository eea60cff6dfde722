"""What a reader of the tutorial does in the browser, by the names that stand in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tutela.core.registry import Registry

ADDRESS = "ada@mail.example"
PATIENCE = 45_000  # milliseconds for a page to show what is said of it on a busy machine


class Reader:
    """Somebody who follows the tutorial: a browser, a folder, and what they keep in mind."""

    def __init__(self, page: Page, url: str, folder: Path) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE)
        self.url = url
        self.folder = folder
        self.environment: dict[str, str] = {}
        self.receipt = ""

    def link(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_role("textbox", name=label).fill(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text, timeout=PATIENCE)

    def opens(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, path


HANDS: Registry[Callable[[Reader], None]] = Registry("deed of the tutorial's reader")


def by_hand(name: str) -> Callable[[Callable[[Reader], None]], Callable[[Reader], None]]:
    def register(deed: Callable[[Reader], None]) -> Callable[[Reader], None]:
        return HANDS.register(name, deed)

    return register


@by_hand("send-a-form")
def send_a_form(reader: Reader) -> None:
    reader.opens("/en/demo/")
    reader.page.get_by_role("link", name="The operator’s start page").first.click()
    reader.page.get_by_role("link", name="Order a Service").first.click()
    reader.write("Full name", "Ada Sample")
    reader.write("E-mail", ADDRESS)
    reader.write("Telephone", "+1 305 555 0199")
    boxes = reader.page.get_by_role("checkbox")
    assert boxes.count() == 2
    assert not any(boxes.nth(each).is_checked() for each in range(2))
    boxes.first.check()
    reader.button("Send")
    reader.sees("We have your form")


@by_hand("sign-in-by-mail")
def sign_in_by_mail(reader: Reader) -> None:
    reader.link("See what we hold about you")
    reader.write("E-mail", ADDRESS)
    reader.button("Send me the link")
    reader.link("Open the demonstration’s mail")
    letter = reader.page.locator("a[href*='/sign-in/open/']")
    for _ in range(40):
        if letter.count():
            break
        reader.page.wait_for_timeout(250)
        reader.page.reload()
    letter.first.click()
    reader.button("Show me my data")
    reader.sees("3 values")
    reader.sees("8.1")
    reader.link("What happened")
    reader.sees("own rights")


@by_hand("withdraw")
def withdraw(reader: Reader) -> None:
    reader.link("Consents")
    reader.link("Withdraw everything")
    reader.button("Yes, withdraw")
    reader.sees("Your consent is withdrawn")
    reader.sees("30 days")
    reader.sees("9.4(b)")
    reader.receipt = reader.page.url


@by_hand("advance-thirty-days")
def advance_thirty_days(reader: Reader) -> None:
    reader.opens("/en/demo/")
    reader.button("30 days")
    reader.sees("Here we are")


@by_hand("take-the-act")
def take_the_act(reader: Reader) -> None:
    reader.page.goto(reader.receipt)
    reader.page.locator("a[href*='/acts/']").first.click()
    reader.sees("Act of destruction")
    assert ADDRESS not in reader.page.content()
    with reader.page.expect_download() as download:
        reader.link("Download the signed file")
    download.value.save_as(reader.folder / "act.json")


@by_hand("take-the-key")
def take_the_key(reader: Reader) -> None:
    said = reader.page.locator("main code", has_text="--key").inner_text()
    reader.environment["KEY"] = said.partition("--key ")[2].strip()


@by_hand("look-at-the-proof")
def look_at_the_proof(reader: Reader) -> None:
    reader.opens("/en/prohomeexchange/proof/")
    reader.sees("9.4")
    reader.sees("not built yet")


@by_hand("be-the-officer")
def be_the_officer(reader: Reader) -> None:
    reader.opens("/en/demo/")
    reader.button("officer")
    reader.link("People")
    row = reader.page.locator("tbody tr", has_text="stored").first
    row.get_by_role("link").click()
    reader.page.get_by_label("Why you need to see it").select_option("answer-request")
    reader.button("Show it")
    reader.sees("@")
    reader.link("Proof")
    reader.link("Journal")
    reader.sees("looked at hidden data")


def _change(reader: Reader, old: str, new: str) -> None:
    path = reader.folder / "my-policy" / "policy.yaml"
    head, mark, rest = path.read_text(encoding="utf-8").partition("  destroy-after-withdrawal:\n")
    assert old in rest
    path.write_text(head + mark + rest.replace(old, new, 1), encoding="utf-8")


@by_hand("shorten-the-term")
def shorten_the_term(reader: Reader) -> None:
    text = (reader.folder / "my-policy" / "policy.yaml").read_text(encoding="utf-8")
    _change(reader, "term: 14 dais" if "14 dais" in text else "term: 30 days", "term: 14 days")


@by_hand("misspell-the-term")
def misspell_the_term(reader: Reader) -> None:
    _change(reader, "term: 14 days", "term: 14 dais")
