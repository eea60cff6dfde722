"""An officer's day at the desk, in a real browser without script, in both languages."""

from __future__ import annotations

import pytest
from tests.campaigns.processes import Installation
from tests.journey.walker import Walker

pytestmark = pytest.mark.browser
HERE = "prohomeexchange"


def sign_in(walker: Walker, tutela: Installation, language: str) -> None:
    """First with a wrong password, which opens nothing; whoever works for two operators chooses."""
    password = (tutela.home / "demo-password").read_text(encoding="ascii")
    walker.go(f"/{language}/desk/sign-in/")
    for word, status in (("wrong", 422), (password, 200)):
        walker.page.fill("input[name=username]", "officer")
        walker.page.fill("input[name=password]", word)
        walker.press("main form button")
        assert walker.status == status
    if walker.path == f"/{language}/desk/":
        walker.press(f"main a[href$='/desk/{HERE}/']")
    assert walker.path == f"/{language}/desk/{HERE}/"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_an_officer_works_through_a_day(town, walk, language):
    officer = walk(town)
    assert officer.go(f"/{language}/desk/{HERE}/").status == 403 or "sign-in" in officer.path
    sign_in(officer, town, language)

    officer.press("main a[href*='/obligations/']")
    assert officer.page.locator("main blockquote").inner_text().strip(), "the clause is quoted"
    officer.press("main a[href*='/people/']")
    person = officer.path
    assert "@example.com" not in officer.text, "nobody is shown before a reason is given"
    looks_at_data(officer, town, person)

    officer.press(f"nav a[href$='/desk/{HERE}/proof/']")
    officer.press(f"nav a[href$='/desk/{HERE}/journal/']")
    officer.press("main a[href*='/journal/']:not([href*='?']):not([href$='/log/'])")
    assert officer.status == 200
    officer.press(f"nav a[href$='/desk/{HERE}/proof/']")
    assert officer.page.locator("main ul.clauses li").count() > 50
    officer.press("main p.ref a")
    assert officer.status == 200
    officer.press("header form button")
    assert officer.go(f"/{language}/desk/{HERE}/").status == 403 or "sign-in" in officer.path


def looks_at_data(officer: Walker, town: Installation, person: str) -> None:
    """A look at what is hidden needs a reason, shows the values once and is journalled."""
    looks = (
        "SELECT count(*) FROM journal_entry WHERE kind = 'identifiers.revealed' "
        "AND subject_id::text = %s"
    )
    subject = person.rstrip("/").rpartition("/")[2]
    ((before,),) = town.sql(looks, subject)
    officer.press("form[action$='/reveal/'] button")
    assert officer.status >= 400, "no reason, no look"
    assert town.sql(looks, subject) == [(before,)]
    officer.go(person)
    officer.page.select_option("#reason", index=1)
    officer.press("form[action$='/reveal/'] button")
    assert "@example.com" in officer.text
    assert town.sql(looks, subject) == [(before + 1,)]
    assert "@example.com" not in officer.go(person).text, "the look does not last"
