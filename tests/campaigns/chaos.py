"""The campaign: people live with Tutela while its processes are killed at random moments.

In each round people send forms, withdraw, time goes on by a month and what is due is destroyed,
or the operator changes its keys; letters leave and the journal is sequenced all the while. At a
random moment a process is killed with SIGKILL. Then everything is started again,
people repeat what was not acknowledged, and the next round begins. In the end time goes beyond
every date, and ``inspection`` looks from outside whether anything is lost, forgotten, or half done.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urljoin

import psycopg
from tests.campaigns.inspection import Inspection
from tests.campaigns.ledger import Ledger, Person, Sent
from tests.campaigns.processes import Installation
from tests.campaigns.visitor import Answer, Form, Unanswered, Visitor

OPERATOR = "prohomeexchange"
POINTS = ("order", "account", "claim")
CLIENTS = 3
PHASES = ("intake", "withdrawal", "destruction", "rotation")
KEYS = ("data", "operator", "index")  # changed in turn, with nobody kept waiting
VICTIMS = {"main": 6, "database": 2, "backend": 1, "worker": 1}
MOST_DEEDS = 6  # acknowledged in a round before the kill's own delay begins
LATEST_KILL = {
    "intake": 0.4,
    "withdrawal": 0.4,
    "destruction": 1.5,
    "rotation": 1.0,
}  # seconds of that delay
PATIENCE = 30.0  # seconds for those deeds, on a busy machine
SERVER_ERROR = 500

Say = Callable[[str], None]


class Refused(Exception):
    """The server answered that it failed, so nothing was acknowledged."""


@dataclass
class Campaign:
    """``kills`` rounds on one home; the same seed makes the same choices and kills as soon."""

    tutela: Installation
    kills: int
    seed: int
    say: Say
    ledger: Ledger = field(init=False)
    inspection: Inspection = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    of: str = "kills of the"
    _months: int = 0

    def __post_init__(self) -> None:
        self.choose = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret
        self.ledger = Ledger(self.seed % 10_000)
        self.inspection = Inspection(self.tutela, self.ledger, OPERATOR)

    def run(self) -> list[str]:
        """All problems found; an empty list when every promise held."""
        try:
            self.tutela.start(worker=True)
            self.inspection.keep_checkpoint()
            for number in range(self.kills):
                self._round(number)
                if self.ledger.problems:
                    break
            self._live_to_the_end()
        except (AssertionError, Refused, Unanswered) as error:
            self.ledger.problem(f"It could not go on: {error}")
        finally:
            self.tutela.stop()
        self.inspection.check_shares()
        return self.ledger.problems

    def summary(self) -> str:
        lines = [f"{count:4} {self.of} {what}" for what, count in sorted(self.counts.items())]
        said = (
            f"{len(self.ledger.forms)} forms and {len(self.ledger.withdrawals)} withdrawals were "
            f"acknowledged, {self.ledger.refused} answers said that the server had failed"
        )
        return "\n".join([*lines, said, *self.inspection.figures()])

    # one round

    def _round(self, number: int) -> None:
        phase = PHASES[number % len(PHASES)]
        (victim,) = self.choose.choices(list(VICTIMS), list(VICTIMS.values()))
        deeds = self.choose.randint(1, MOST_DEEDS)
        moment = self.choose.uniform(0.0, LATEST_KILL[phase])
        stopping = threading.Event()
        clients = [
            threading.Thread(target=self._live, args=(phase, self.choose.getrandbits(32), stopping))
            for _ in range(CLIENTS)
        ]
        if phase == "destruction":
            clients.append(threading.Thread(target=self._go_on_a_month))
        if phase == "rotation":
            self._begin_to_change_keys(KEYS[number // len(PHASES) % len(KEYS)])
        before = self._done
        for client in clients:
            client.start()
        self._wait_for(before + deeds)
        time.sleep(moment)
        {
            "main": self.tutela.kill_main,
            "database": self.tutela.kill_database,
            "backend": self.tutela.kill_backend,
            "worker": self.tutela.kill_worker,
        }[victim]()
        stopping.set()
        for client in clients:
            client.join(60)
            if client.is_alive():
                self.ledger.problem(f"A client hangs after the {victim} was killed.")
        self._recover(victim)
        self.counts[f"{phase}: {victim}"] += 1
        self.inspection.look(f"kill {number + 1}, of the {victim} during {phase}")
        self.say(
            f"kill {number + 1:3}: {victim:8} in {phase:11}, {moment:4.2f} s after deed {deeds}; "
            f"acknowledged so far: {len(self.ledger.forms)} forms, "
            f"{len(self.ledger.withdrawals)} withdrawals"
        )

    @property
    def _done(self) -> int:
        """What was acknowledged so far; that time has begun to move counts too."""
        return len(self.ledger.forms) + len(self.ledger.withdrawals) + self._months

    def _wait_for(self, deeds: int) -> None:
        end = time.monotonic() + PATIENCE
        while self._done < deeds and time.monotonic() < end:
            time.sleep(0.005)

    def _recover(self, victim: str) -> None:
        if victim == "main":
            self.tutela.start()
        self.tutela.restart_worker()
        self._until_it_works()
        for person in self.ledger.people:
            person.busy = False
            for form in person.forms:
                if not form.about:
                    self._insist(partial(self._hand_in, Visitor(self.tutela.url), person, form))
            if person.leaving and not person.withdrawal:
                self._insist(partial(self._withdraw, Visitor(self.tutela.url), person))
            if person.acknowledged:
                self._insist(partial(self._who, person))

    @staticmethod
    def _insist(deed: Callable[[], object]) -> None:
        """Do it again until it is acknowledged: connections that died may fail a page or two."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                deed()
            except (Refused, Unanswered):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
            else:
                return

    def _until_it_works(self) -> None:
        """After PostgreSQL was killed the pages fail for a moment, until it is back."""
        end = time.monotonic() + 60
        while not self.tutela.answers():
            if time.monotonic() > end:
                raise AssertionError(f"It does not come back:\n{self.tutela.last_words()}")
            time.sleep(0.05)

    # what people do

    def _live(self, phase: str, seed: int, stopping: threading.Event) -> None:
        choose = random.Random(seed)  # noqa: S311 - as above
        deeds = {
            "intake": [(8, self._send_form), (1, self._ask_for_link), (1, self._leave)],
            "withdrawal": [(3, self._send_form), (1, self._ask_for_link), (6, self._leave)],
            "destruction": [(2, self._send_form), (1, self._leave)],
            "rotation": [(3, self._send_form), (1, self._leave)],
        }[phase]
        while not stopping.is_set():
            ((_, deed),) = choose.choices(deeds, [weight for weight, _ in deeds])
            try:
                deed(choose)
            except Unanswered:
                return
            except Refused:
                self.ledger.refuse()
                time.sleep(0.1)
            except Exception as error:  # noqa: BLE001 - a client's mistake must not pass for a kill
                self.ledger.problem(f"A client met {type(error).__name__}: {error}")
                return

    def _send_form(self, choose: random.Random) -> None:
        person = self.ledger.new_person()
        try:
            for _ in range(choose.choice((1, 1, 2))):
                point = choose.choice(POINTS)
                self._send(Visitor(self.tutela.url), person, point)
        finally:
            self.ledger.give_back(person)

    def _send(self, visitor: Visitor, person: Person, point: str) -> None:
        page = _answered(visitor.get(f"/en/{OPERATOR}/forms/{point}/"))
        form = page.form()
        given = {"form-token", "notice"}
        typed = {name: _typed(name, person) for name in form.values if name not in given}
        ticked = dict.fromkeys(form.boxes, "on")
        sent = Sent(page.url, {**form.values, **typed, **ticked}, frozenset(typed))
        person.forms.append(sent)
        self._hand_in(visitor, person, sent)

    def _hand_in(self, visitor: Visitor, person: Person, form: Sent) -> None:
        form.about = _receipt(_answered(visitor.post(form.path, form.values)))

    def _who(self, person: Person) -> str:
        """The opaque id behind a receipt. Raises ``Refused`` while the database is away."""
        if not person.subject:
            about = person.acknowledged[0].about
            try:
                rows = self.tutela.sql(
                    "SELECT subject_id FROM requests_submission WHERE id = %s", about
                )
            except (psycopg.Error, OSError) as error:
                raise Refused("The database is away.") from error
            if not rows:
                raise AssertionError(f"The form {about} was acknowledged and is not there.")
            person.subject = str(rows[0][0])
        return person.subject

    def _ask_for_link(self, choose: random.Random) -> None:
        person = self.ledger.take(choose)
        if person is None:
            return
        try:
            visitor = Visitor(self.tutela.url)
            page = _answered(visitor.get(f"/en/{OPERATOR}/sign-in/"))
            answer = _answered(visitor.send(page, page.form(), email=person.email))
            person.links_asked += answer.status == 302
        finally:
            self.ledger.give_back(person)

    def _leave(self, choose: random.Random) -> None:
        person = self.ledger.take(choose)
        if person is None:
            self._send_form(choose)
            return
        try:
            self._withdraw(Visitor(self.tutela.url), person)
        finally:
            self.ledger.give_back(person)

    def _withdraw(self, visitor: Visitor, person: Person) -> None:
        self.enter(visitor, person)
        page = _answered(visitor.get(f"/en/{OPERATOR}/my/withdraw/"))
        if person.leaving and not any(not each.action for each in page.forms):
            person.withdrawal = self._withdrawn(person)
            return
        person.leaving = True
        answer = _answered(visitor.send(page, page.form()))
        person.withdrawal = _receipt(answer)

    def _withdrawn(self, person: Person) -> str:
        """The page offers nothing more to withdraw, so what was not acknowledged was done."""
        rows = self.tutela.sql(
            "SELECT id FROM consent_withdrawal WHERE subject_id = %s", self._who(person)
        )
        if len(rows) != 1:
            raise AssertionError(f"{len(rows)} withdrawals of somebody who has no consent left.")
        return str(rows[0][0].hex)

    def enter(self, visitor: Visitor, person: Person) -> None:
        """Sign in as this person by the demonstration's short way."""
        page = _answered(visitor.get("/en/demo/"))
        form = page.form(f"/demo/{OPERATOR}/person/")
        other = Form(f"/en/demo/{OPERATOR}/person/{self._who(person)}/", "post", form.values)
        answer = _answered(visitor.send(page, other))
        if answer.status != 302 or not visitor.cookies:
            raise AssertionError(f"Signing in as a person answered {answer.status}.")

    def _begin_to_change_keys(self, kind: str) -> None:
        """Only begun here; whoever works in the background carries it out, and is killed at it."""
        begun = self.tutela.run("keys", "rotate", kind, OPERATOR, "--background")
        if begun.returncode:
            self.ledger.problem(f"A change of keys could not be begun: {begun.stderr[-300:]}")

    # time

    def _go_on_a_month(self) -> None:
        try:
            self.advance(jump="month")
        except (Unanswered, Refused):
            pass
        except Exception as error:  # noqa: BLE001 - as above
            self.ledger.problem(f"The clock met {type(error).__name__}: {error}")

    def advance(self, **how: str) -> Answer:
        visitor = Visitor(self.tutela.url, patience=300)
        page = _answered(visitor.get("/en/demo/"))
        self._months += MOST_DEEDS
        return _answered(visitor.send(page, page.form("/demo/clock/"), **how))

    def _live_to_the_end(self) -> None:
        """Without kills from here on: a month, then beyond the last date there is."""
        self.inspection.wait_for_letters()
        self.inspection.check_living(self._portal)
        self._remove_hindrances()
        for _ in range(2):
            self.advance(jump="month")
        self.inspection.look("two months later")
        self.inspection.check_withdrawn()
        ((last,),) = self.tutela.sql("SELECT max(ends_at) FROM retention_schedule")
        beyond = (last or dt.datetime.now(dt.UTC)) + dt.timedelta(days=40)
        self.say(f"time goes on to {beyond.date()}")
        self.advance(to=beyond.date().isoformat())
        self.inspection.look("after every date")
        self.inspection.check_end()
        self.inspection.check_journal()

    def _remove_hindrances(self) -> None:
        """What the demonstration's people cannot have destroyed yet would be tried every day."""
        staff = Visitor(self.tutela.url)
        page = staff.get("/en/demo/")
        staff.send(page, page.form(f"/demo/{OPERATOR}/staff/"))
        for (subject,) in self.tutela.sql(
            "SELECT subject_id FROM retention_obstacle WHERE closed_at IS NULL"
        ):
            page = staff.get(f"/en/desk/{OPERATOR}/people/{subject}/")
            answer = staff.send(page, page.form("/obstacle/"), close="1")
            if answer.status != 302:
                self.ledger.problem(f"An obstacle could not be closed: {answer.status}.")

    def _portal(self, person: Person) -> str:
        visitor = Visitor(self.tutela.url)
        self.enter(visitor, person)
        return visitor.get(f"/en/{OPERATOR}/my/").text


def _typed(name: str, person: Person) -> str:
    known = {
        "full-name": person.name,
        "email": person.email,
        "phone": person.phone,
        "birth-date": "1980-01-02",
    }
    return known.get(name, f"Said by number {person.number}")


def _answered(answer: Answer) -> Answer:
    """The answer, unless it says that nothing was done: the server has failed, or the session has
    ended because time went on by a month meanwhile."""
    if answer.status >= SERVER_ERROR or answer.location.partition("?")[0].endswith("/sign-in/"):
        raise Refused(f"{answer.url} answered {answer.status}")
    return answer


def _receipt(answer: Answer) -> str:
    """What the receipt is about: the answer to a form is the way to it."""
    place = urljoin(answer.url, answer.location)
    if answer.status != 302 or "/receipt/" not in place:
        raise AssertionError(f"A form was answered with {answer.status} {place}.")
    return place.partition("/receipt/")[2].partition("~")[0]
