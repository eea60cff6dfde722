"""Finds a real address for every registered page, by following links as everybody would.

What no link leads to is reached by an errand: a form that is sent, a letter that is opened.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Answer, Visitor, letters

from tutela.web.pages import ROUTES, Audience

HERE = "prohomeexchange"
THERE = "uslugi"
PER_PAGE = 2
"""So many addresses of one page are looked at, where its parameters differ; of forms, all."""
_EVERY_ONE = frozenset({"form"})
_STEPS = ("code", "provider", "provider/back")
"""Steps of a sign-in of staff that only somebody in the middle of one comes to."""


def page_of(address: str) -> str:
    """The name of the registered page at this address, or an empty string."""
    try:
        name = resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""
    return name if name in ROUTES else ""


@dataclass
class Explorer:
    """One person's walk. ``found`` holds addresses by the name of their page."""

    tutela: Installation
    language: str
    found: dict[str, list[str]] = field(default_factory=dict)
    visitor: Visitor = field(init=False)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.tutela.url)

    def note(self, address: str) -> bool:
        """Remember an address; whether it is one more to look at."""
        path = urlsplit(address).path
        name = page_of(path)
        if not name or not path.startswith(f"/{self.language}/"):
            return False
        known = self.found.setdefault(name, [])
        if path in known or (len(known) >= PER_PAGE and name not in _EVERY_ONE):
            return False
        known.append(path)
        return True

    def follow_links(self, *starts: str) -> None:
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if page_of(address) and not self.note(address) and address not in starts:
                continue
            answer = self.visitor.get(address)
            self.answers[urlsplit(address).path] = answer
            if answer.location:
                waiting.append(urljoin(answer.url, answer.location))
            if answer.header("Content-Type").startswith("text/html"):
                waiting += [
                    link for link in answer.links if urlsplit(link).path not in self.answers
                ]


def explore(tutela: Installation, audience: Audience, language: str) -> Explorer:
    """Everything that somebody of this audience can come to."""
    made = Explorer(tutela, language)
    start = f"/{language}/{HERE}/"
    if audience is Audience.PUBLIC:
        made.follow_links(f"/{language}/", start, f"/{language}/desk/sign-in/")
        made.follow_links(*(f"/{language}/desk/sign-in/{each}/" for each in _STEPS))
        made.follow_links(f"{start}embed/", f"{start}embed/links/")
        made.follow_links(*(f"{start}embed/order/{each}/" for each in ("form", "script")))
        made.follow_links(_invitation(made))
        _public_errands(made)
        made.follow_links(f"/{language}/demo/", f"/{language}/demo/style/")
    elif audience is Audience.SUBJECT:
        enter(made.visitor, made.language, f"/demo/{HERE}/person/")
        made.follow_links(f"{start}my/", f"{start}my/prove/")
        made.follow_links(f"{start}my/children/")  # no link leads there where nobody has any
        page = made.visitor.get(f"{start}my/everything/")
        answer = made.visitor.send(page, page.form())
        made.follow_links(urljoin(answer.url, answer.location))
        _conversation_errand(made)
        _elsewhere(made, "person", f"/{language}/{THERE}/my/conversations/")
    else:
        enter(made.visitor, made.language, f"/demo/{HERE}/staff/")
        made.follow_links(f"/{language}/desk/", f"/{language}/desk/{HERE}/")
        _decision_errand(made)
        made.follow_links(_others_spoken_of(tutela, language))
        _elsewhere(made, "staff", f"/{language}/desk/{THERE}/verifications/")
        made.follow_links(
            *(f"/{language}/desk/account/{each}/" for each in ("confirm", "provider"))
        )
    wanted = {name for name, route in ROUTES.items() if route.audience is audience}
    made.found = {name: paths for name, paths in made.found.items() if name in wanted}
    return made


def _conversation_errand(made: Explorer) -> None:
    """A conversation with the company that is begun."""
    page = made.visitor.get(f"/{made.language}/{HERE}/my/conversations/new/")
    typed = {"message": "A question", "consent-feedback": "on"}
    answer = made.visitor.send(page, page.form(), **typed)
    made.follow_links(urljoin(answer.url, answer.location))


def _elsewhere(made: Explorer, door: str, start: str) -> None:
    """What only another sample has: people who talk to each other, papers that are verified."""
    visitor = Visitor(made.tutela.url, patience=240)
    page = visitor.get(f"/{made.language}/demo/")
    if f"/demo/open/{THERE}/" in page.text:
        assert visitor.send(page, page.form(f"/demo/open/{THERE}/")).status == 302
    enter(made.visitor, made.language, f"/demo/{THERE}/{door}/")
    made.follow_links(start)


def _invitation(made: Explorer) -> str:
    """An officer lets somebody in; the link is shown once."""
    officer = Visitor(made.tutela.url)
    enter(officer, made.language, f"/demo/{HERE}/staff/")
    page = officer.get(f"/{made.language}/desk/{HERE}/staff/")
    answer = officer.send(page, page.form(), name=f"guest-{made.language}", role="auditor")
    found = re.search(r"<code>(\S+/welcome/\S+)</code>", answer.text)
    assert found, answer.status
    return found[1]


def enter(visitor: Visitor, language: str, door: str) -> None:
    page = visitor.get(f"/{language}/demo/")
    assert visitor.send(page, page.form(door)).status == 302


def _public_errands(made: Explorer) -> None:
    """A form that is sent, a form that is declined, a link asked for, a letter opened."""
    visitor, start = made.visitor, f"/{made.language}/{HERE}/"
    address = f"explorer.{made.language}@example.com"
    typed = {
        "full-name": "Explorer",
        "email": address,
        "phone": "+13055550177",
        "consent-orders": "on",
    }
    page = visitor.get(f"{start}forms/order/")
    for values in (typed, {"decline": "1"}):
        answer = visitor.send(page, page.form(), **values)
        made.follow_links(urljoin(answer.url, answer.location))
    page = visitor.get(f"{start}sign-in/")
    answer = visitor.send(page, page.form(), email=address)
    made.follow_links(urljoin(answer.url, answer.location))
    made.follow_links(_link_in_letter(made.tutela, address))
    made.follow_links(_link_to_confirm(made.tutela, made.language))
    made.follow_links(_where_a_processor_answers(made.tutela, made.language))
    made.follow_links(*_acts(made.tutela, start))


def _decision_errand(made: Explorer) -> None:
    """A decision that is proposed."""
    page = made.visitor.get(f"/{made.language}/desk/{HERE}/decisions/propose/")
    typed = {"operations": "use", "ground": "policy", "interest": "serves"}
    answer = made.visitor.send(page, page.form(), **typed)
    made.follow_links(urljoin(answer.url, answer.location))


def _others_spoken_of(tutela: Installation, language: str) -> str:
    """What is hidden of others in an answer; only a copy's request leads there, and nobody has
    asked for a copy yet."""
    ((case,),) = tutela.sql(
        "SELECT c.id FROM requests_case c JOIN policy_operator o ON o.id = c.operator_id "
        "WHERE o.slug = %s AND c.kind = 'claim' ORDER BY c.number LIMIT 1",
        HERE,
    )
    return f"/{language}/desk/{HERE}/requests/{case}/others/"


def _link_in_letter(tutela: Installation, address: str) -> str:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for letter in letters(tutela.mail()):
            for link in letter.links:
                if letter.to == address and "/sign-in/open/" in link:
                    return link
        time.sleep(0.2)
    raise AssertionError("The letter with the link to sign in did not come.")


def _link_to_confirm(tutela: Installation, language: str) -> str:
    """Somebody withdrew by mail, and was sent a link to say that it was them."""
    found = (link for letter in letters(tutela.mail()) for link in letter.links)
    link = next(each for each in found if f"/{HERE}/mail/" in each)
    return re.sub(rf"/(en|ru)/{HERE}/", f"/{language}/{HERE}/", urlsplit(link).path)


def _where_a_processor_answers(tutela: Installation, language: str) -> str:
    """A processor was told to destroy its copy, and where to answer."""
    found = (link for letter in letters(tutela.mail()) for link in letter.links)
    link = next(each for each in found if f"/{HERE}/processors/" in each)
    return re.sub(rf"/(en|ru)/{HERE}/", f"/{language}/{HERE}/", urlsplit(link).path)


def _acts(tutela: Installation, start: str) -> list[str]:
    """One of each kind; the links to them stand on receipts that only their owners have."""
    kinds = tutela.sql("SELECT DISTINCT ON (kind) id FROM retention_act ORDER BY kind, number")
    return [f"{start}acts/{act}/" for (act,) in kinds]
