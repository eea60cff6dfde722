"""Plants canaries: values that occur nowhere else, typed into every place a person can type in."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from django.utils import translation
from django.utils.formats import date_format
from tests.campaigns.canary import Search
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Answer, Form, Unanswered, Visitor, letters

OPERATOR = "prohomeexchange"
CORE = "Zqvkrill7"
"""In every text that is planted; the search looks for it, whatever stands around it."""
CYRILLIC = "Щебетулькина"
UNTIL = "2041-12-31"
"""A day to come, on which a consent ends; that is told of a consent in the open."""
POINTS = ("order", "account", "claim", "newsletter", "letter")


@dataclass(frozen=True)
class Canary:
    """Somebody whose every value is recognisable."""

    name: str
    email: str
    phone: str
    born: str

    def value(self, field_name: str) -> str:
        known = {
            "full-name": self.name,
            "email": self.email,
            "phone": self.phone,
            "birth-date": self.born,
            "subscription-end": UNTIL,
        }
        return known.get(field_name, f"{CORE} {field_name} {self.name}")


def canary(word: str, phone: str, born: str, *, cyrillic: bool = False) -> Canary:
    name = f"{CYRILLIC} {word}" if cyrillic else f"{CORE} {word}"
    return Canary(name, f"{CORE.lower()}.{word}@{word}{CORE.lower()}.example.com", phone, born)


STAYS = canary("stays", "+13056174093", "1931-02-27")
LEAVES = canary("leaves", "+13056174187", "1932-05-23", cyrillic=True)
HASTY = canary("hasty", "+13056174261", "1933-08-29")
REFUSES = canary("refuses", "+13056174339", "1934-10-31")
UNLUCKY = canary("unlucky", "+13056174417", "1935-12-19")
EVERYBODY = (STAYS, LEAVES, HASTY, REFUSES, UNLUCKY)


def search() -> Search:
    looked_for = {"text": CORE, "text in Cyrillic": CYRILLIC}
    for each in EVERYBODY:
        for way in ("{}{}{}", "{}-{}-{}", "({}) {}-{}", "{} {} {}"):
            digits = each.phone[2:5], each.phone[5:8], each.phone[8:]
            looked_for[f"telephone of {each.name}, {way}"] = way.format(*digits)
        looked_for[f"birthday of {each.name}"] = each.born
        for language in ("en", "ru"):
            with translation.override(language):
                written = date_format(date.fromisoformat(each.born), "j F Y")
            looked_for[f"birthday of {each.name}, {language}"] = written
            looked_for[f"birthday of {each.name}, set, {language}"] = written.replace(" ", "\xa0")
    hashed = [value for each in EVERYBODY for value in (each.email, each.phone, each.name)]
    return Search(looked_for, hashed)


@dataclass
class Gardener:
    """Plants, and keeps what only a client sees: addresses, cookies, pages of errors."""

    tutela: Installation
    subjects: dict[str, str] = field(default_factory=dict)
    visitors: list[Visitor] = field(default_factory=list)
    failures: list[Answer] = field(default_factory=list)

    def visitor(self) -> Visitor:
        made = Visitor(self.tutela.url)
        self.visitors.append(made)
        return made

    # forms

    def send(self, who: Canary, point: str, language: str = "en", **changes: str) -> Answer:
        """Fill in every field and tick every box of a form, and send it."""
        visitor = self.visitor()
        page = visitor.get(f"/{language}/{OPERATOR}/forms/{point}/")
        form = page.form()
        given = {"form-token", "notice"}
        typed = {name: who.value(name) for name in form.values if name not in given}
        values = {**form.values, **typed, **dict.fromkeys(form.boxes, "on"), **changes}
        return visitor.post(page.url, {name: value for name, value in values.items() if value})

    def plant_forms(self) -> None:
        for who, language in ((STAYS, "en"), (LEAVES, "ru")):
            for point in POINTS:
                answer = self.send(who, point, language)
                assert answer.status == 302, f"{point}: {answer.status} {answer.text[:2000]}"
                about = answer.location.partition("/receipt/")[2].partition("~")[0]
                ((subject,),) = self.tutela.sql(
                    "SELECT subject_id FROM requests_submission WHERE id = %s", about
                )
                self.subjects[who.name] = str(subject)

    def plant_mistakes(self) -> None:
        """Forms that are not taken: without consent, with bad values, declined, broken."""
        for language in ("en", "ru"):
            page = self.visitor().get(f"/{language}/{OPERATOR}/forms/order/")
            unticked = dict.fromkeys(page.form().boxes, "")
            assert self.send(HASTY, "order", language, **unticked).status == 422
            bad = self.send(HASTY, "account", language, **{"birth-date": HASTY.email})
            assert bad.status == 422
            assert self.send(REFUSES, "order", language, decline="1").status == 302
        self._plant_what_no_browser_sends()

    def _plant_what_no_browser_sends(self) -> None:
        path = f"/en/{OPERATOR}/forms/order/"
        plain = "application/x-www-form-urlencoded"
        mail = quote(HASTY.email)
        for body, kind, status in (
            (f"email={mail}&form-token=made-up", plain, 403),
            (f"email={mail}%00", plain, 400),
            (f"email={mail}%ff", plain, 400),
            (f"email={mail}&" + "a" * 3_000_000, plain, 413),
            (f"email={mail}&" + "a&" * 2000, plain, 400),
            (f"{HASTY.name} {HASTY.email}", "multipart/form-data", 400),
            (f'{{"email": "{HASTY.email}"}}', "application/json", 403),
        ):
            answer = self.visitor().ask("POST", path, body.encode(), kind)
            assert answer.status == status, (kind, status, answer.status)
        planted = Visitor(
            self.tutela.url
        )  # these addresses hold canaries because we put them there
        for path in (f"/en/{OPERATOR}/?q={mail}", f"/en/{OPERATOR}/forms/{mail}/", f"/en/{mail}/"):
            planted.get(path)

    # people and staff

    def plant_sign_ins(self) -> None:
        for address in (HASTY.email, f"{HASTY.name} is no address", STAYS.email):
            visitor = self.visitor()
            page = visitor.get(f"/en/{OPERATOR}/sign-in/")
            visitor.send(page, page.form(), email=address)
        self._through_the_letter(visitor)
        for page_name in ("my", "my/consents", "my/recipients", "my/requests", "my/history"):
            assert visitor.get(f"/en/{OPERATOR}/{page_name}/").status == 200

    def _through_the_letter(self, visitor: Visitor) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for letter in reversed(letters(self.tutela.mail())):
                for link in letter.links:
                    if letter.to == STAYS.email and "/sign-in/open/" in link:
                        page = visitor.get(link)
                        assert visitor.send(page, page.form()).status == 302
                        return
            time.sleep(0.2)
        raise AssertionError("The letter with the link to sign in did not come.")

    def plant_at_the_desk(self) -> None:
        staff = self.visitor()
        page = staff.get("/en/desk/sign-in/")
        staff.send(page, page.form(), username=HASTY.email, password=HASTY.name)
        page = staff.get("/en/demo/")
        staff.send(page, page.form(f"/demo/{OPERATOR}/staff/"))
        people = staff.get(f"/en/desk/{OPERATOR}/people/")
        staff.send(people, people.form(), address=HASTY.email)
        found = staff.follow(staff.send(people, people.form(), address=STAYS.email))
        assert self.subjects[STAYS.name] in found.url
        reveal = found.form("/reveal/")
        assert STAYS.email not in found.text, "The desk shows an address before it was asked to."
        assert STAYS.email in staff.send(found, reveal, reason="answer-request").text
        staff.send(found, reveal, reason=HASTY.name)

    # failures

    def plant_failures(self) -> None:
        """What a person typed is in hand while the database fails, in two ways."""
        self.tutela.sql(
            "ALTER TABLE requests_submission ADD CONSTRAINT planted CHECK (point <> 'order') "
            "NOT VALID"
        )
        self.failures.append(self.send(UNLUCKY, "order"))
        self.tutela.sql("ALTER TABLE requests_submission DROP CONSTRAINT planted")
        with self._locked("vault_value"):
            self.failures.append(self.send(UNLUCKY, "claim"))
        assert [each.status for each in self.failures] == [500, 503]

    @contextlib.contextmanager
    def _locked(self, table: str) -> Iterator[None]:
        """Whoever waits for ``table`` loses the connection, in the middle of the statement."""
        self.tutela.sql(
            f"CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NEW; "
            f"END $$; CREATE TRIGGER planted BEFORE INSERT ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION planted()"
        )
        try:
            yield
        finally:
            self.tutela.sql(f"DROP TRIGGER planted ON {table}; DROP FUNCTION planted()")

    def plant_lost_mail(self) -> None:
        """A letter cannot be delivered; the failure may not tell whose it is."""
        folder = self.tutela.home / "demo-mail"
        aside = folder.with_name("demo-mail-aside")
        folder.rename(aside)
        folder.write_text("no folder", encoding="utf-8")
        try:
            visitor = self.visitor()
            page = visitor.get(f"/en/{OPERATOR}/sign-in/")
            visitor.send(page, page.form(), email=STAYS.email)
            self._until(lambda: b"sweep requests.letters" in self.tutela.said.read_bytes())
        finally:
            folder.unlink()
            aside.rename(folder)
        waiting = "SELECT 1 FROM requests_letter WHERE state = 'queued'"
        self._until(lambda: not self.tutela.sql(waiting))

    @staticmethod
    def _until(come: Callable[[], bool], patience: float = 60.0) -> None:
        end = time.monotonic() + patience
        while not come():
            assert time.monotonic() < end, "It did not come to be."
            time.sleep(0.2)

    # time, and entering as somebody

    def enter(self, who: Canary, tutela: Installation | None = None) -> Visitor:
        there = tutela or self.tutela
        visitor = Visitor(there.url)
        page = visitor.get("/en/demo/")
        form = page.form(f"/demo/{OPERATOR}/person/")
        to = f"/en/demo/{OPERATOR}/person/{self.subjects[who.name]}/"
        assert visitor.send(page, Form(to, "post", form.values)).status == 302
        self.visitors.append(visitor)
        return visitor

    def withdraw(self, who: Canary) -> Answer:
        visitor = self.enter(who)
        page = visitor.get(f"/ru/{OPERATOR}/my/withdraw/")
        return visitor.follow(visitor.send(page, page.form()))

    def a_month(self) -> None:
        visitor = self.visitor()
        page = visitor.get("/en/demo/")
        assert visitor.send(page, page.form("/demo/clock/"), jump="month").status == 200

    def plant_everything(self) -> None:
        self.plant_forms()
        self.plant_mistakes()
        self.plant_sign_ins()
        self.plant_at_the_desk()
        self.plant_failures()
        self.plant_lost_mail()
        with contextlib.suppress(Unanswered):
            self.visitor().get("/en/demo/mail/")
