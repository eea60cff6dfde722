"""The people of a demonstration: a season of their lives, lived through the same actions as
everybody's, so that every page has something true to show.

What they type is made from the forms that the policy declares, so any operator can be lived at.
Nobody here exists; addresses lie under domains reserved for examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from tutela.applications import actions as applications
from tutela.consent.errors import NothingToWithdraw
from tutela.core import clock
from tutela.core.clock import ManualClock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind, LawPurpose, Right
from tutela.db.scope import operator_scope
from tutela.demo import surfaces, talking
from tutela.detection import actions as detection
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity.authorities import NotOpen
from tutela.intake import actions as intake
from tutela.jobs import engine
from tutela.media import actions as media
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.policy.actions import OperatorRow
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import actions as requests
from tutela.requests import machine_decisions, representing
from tutela.requests.errors import Refused
from tutela.requests.rules import consents_asked, consents_needed
from tutela.retention import actions as retention
from tutela.retention.wording import Reason
from tutela.runs import actions as runs
from tutela.vault import actions as vault

SEASON = timedelta(hours=24 * 75)
"""How long people have been living in a demonstration when it is opened for the first time."""
OFFICER = Actor(ActorKind.STAFF, "demo", "officer")
AUDITOR = Actor(ActorKind.STAFF, "12", "auditor")


_QUESTION = "What do you hold about me, and who else has seen it?"
_STOP = {"en": "Please stop.", "ru": "Пожалуйста, прекратите."}


@dataclass
class Person:
    name: str
    address: str
    phone: str
    born: str
    language: str = "en"
    subject: UUID | None = None

    def value(self, kind: str, example: str) -> str:
        known = {
            "name": self.name,
            "email": self.address,
            "phone": self.phone,
            "birth-date": self.born,
        }
        return known.get(kind) or example


@dataclass
class Season:
    """One operator's season. Each deed happens so many days after its beginning."""

    operator: OperatorRow
    policy: Policy
    deeds: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def on(self, day: float, deed: Callable[[], None]) -> None:
        self.deeds.append((day, deed))

    def live(self, beginning: datetime, end: datetime) -> None:
        for day, deed in sorted(self.deeds, key=lambda each: each[0]):
            moment = beginning + timedelta(hours=24 * day)
            if moment < end:
                engine.run_until(moment, only=self.operator.id)
                with operator_scope(self.operator.id):
                    deed()
        engine.run_until(end, only=self.operator.id)

    def send(self, person: Person, point: CollectionPoint, *, everything: bool = False) -> None:
        ask = consents_asked if everything else consents_needed
        values = {
            each.field: person.value(
                self.policy.fields[each.field].type, each.example.get(person.language, "—")
            )
            for each in point.fields
            if (each.required or everything) and not self.policy.fields[each.field].attached
        }
        receipt = requests.submit(
            self.operator.id,
            point.slug,
            language=person.language,
            values=values,
            accepted=ask(self.policy, point),
            idempotency=new_id().hex,
        )
        person.subject = receipt.subject

    def withdraw(self, person: Person) -> None:
        if person.subject is None:
            return
        with suppress(NothingToWithdraw):  # what a person sent may rest on a contract alone
            requests.withdraw(self.operator.id, person.subject, None, language=person.language)

    def hand_over(self, person: Person) -> None:
        """What the person consented to is handed to every processor that works on consent."""
        for each in self.policy.recipients.values():
            if person.subject is None or each.role != "processor" or each.ground != "consent":
                continue
            for purpose in each.purposes[:2]:
                wanted = each.fields & self.policy.purposes[purpose].fields
                asked = Operation(
                    operator=self.operator.id,
                    subject=person.subject,
                    action=Action.PROVISION,
                    purpose=purpose,
                    fields=wanted,
                    actor=SYSTEM,
                    recipient=each.slug,
                )
                if isinstance(gate.decide(asked), Permit):
                    break

    def think_of_the_end(self) -> None:
        """The officer looks at what a liquidation would do; nobody has agreed to it."""
        said = runs.Proposal("liquidation", "№ 1", clock.now() + SEASON)
        runs.open_run(self.operator.id, said, by=OFFICER)

    def answer(self) -> None:
        """The officer answers whatever will be due before long."""
        near = clock.now() + timedelta(hours=24 * 3)
        for each in obligations.listing(self.operator.id, obligations.STANDING, due_before=near):
            if each.outcome in {"answer", "consider"}:
                requests.record_outcome(self.operator.id, each.id, OFFICER, "answered")

    def ask(self, person: Person, kind: str) -> None:
        """The person asks for something in their own pages."""
        if person.subject is not None:
            requests.open_case(
                self.operator.id, kind, "portal", person.subject, language=person.language
            )

    def decide_by_machine(self, person: Person) -> None:
        """A program of the operator decides alone about whoever is to object to it."""
        if person.subject is None:
            return
        for record in vault.records(self.operator.id, person.subject):
            for purpose in sorted(set(record.purposes) & self.policy.purposes.keys()):
                fields = sorted(self.policy.purposes[purpose].fields)[:2]
                made = machine_decisions.Made(purpose, fields, "order-limit-2", "declined")
                with suppress(Refused):
                    machine_decisions.register(self.operator.id, person.subject, made, by=SYSTEM)
                    return

    def hinder(self, person: Person) -> None:
        """Something stands in the way of a destruction, where the policy says what follows then."""
        longer = any(each.if_impossible for each in self.policy.promises.values())
        if longer and person.subject is not None:
            retention.obstacle_open(
                self.operator.id, person.subject, Reason.PROCESSOR_SILENT, by=OFFICER
            )

    def overreach(self, person: Person) -> None:
        """Somebody tries to use data for what the person never agreed to, and is refused."""
        wanted = [each for each in self.policy.purposes.values() if each.marketing]
        if person.subject is not None and wanted:
            gate.decide(
                Operation(
                    operator=self.operator.id,
                    subject=person.subject,
                    action=Action.USE,
                    purpose=wanted[0].slug,
                    fields=wanted[0].fields,
                    actor=SYSTEM,
                )
            )

    def act_for(self, holder: Person, person: Person, *, confirmed: bool) -> None:
        """Somebody asks to act for another, and the officer checks the document, or has yet to."""
        if holder.subject is None or person.subject is None:
            return
        authority = representing.ask(
            self.operator.id,
            holder.subject,
            person.address,
            relation="representative",
            rights=(Right.ACCESS, Right.WITHDRAWAL),
            evidence="power-of-attorney",
        )
        if confirmed:
            with suppress(NotOpen):  # the person may not be known by this address
                representing.confirm(self.operator.id, authority, until=None, by=OFFICER)

    def pry(self, people: Iterable[Person]) -> None:
        """An auditor tries to look at everybody's data, and is refused each time."""
        everything = frozenset(self.policy.fields)
        known = [each.subject for each in people if each.subject is not None]
        for subject in (*known, *known):
            gate.decide(
                Operation(
                    operator=self.operator.id,
                    subject=subject,
                    action=Action.EXTRACTION,
                    purpose=LawPurpose.OVERSIGHT,
                    fields=everything,
                    actor=AUDITOR,
                    reason="investigate-incident",
                )
            )

    def look_into_it(self) -> None:
        for each in detection.events(self.operator.id):
            if each.open:
                detection.settle(self.operator.id, each.id, "spoken-to", OFFICER)

    def write(self, sender: str, subject: str, text: str, **headers: str) -> None:
        """Somebody writes to the operator by mail."""
        message = EmailMessage()
        message["From"], message["To"] = sender, self.policy.operator.email
        message["Subject"], message["Message-ID"] = subject, f"<{new_id()}@mail.example>"
        for header, value in headers.items():
            message[header.replace("_", "-")] = value
        message.set_content(text)
        intake.arrive(self.operator.id, message.as_bytes())

    def withdraw_by_mail(self, person: Person) -> None:
        """With the mark that the policy asks for, from an address that proves nothing."""
        for each in self.policy.channels.values():
            if each.kind == "mail" and each.event in intake.WITHDRAWING:
                mark = each.marker.get(person.language, "")
                self.write(person.address, mark, _STOP[person.language])
                return

    def connect(self) -> None:
        """The operator's own shop may call in; nobody has been given a key yet."""
        wanted = [each for each in self.policy.purposes.values() if not each.marketing]
        rights = applications.Rights(
            purposes=[*(each.slug for each in wanted), LawPurpose.IDENTIFICATION],
            actions=[Action.COLLECTION, Action.EXTRACTION, Action.USE],
            functions=["consents.read", "consents.write", "forms.write", "subjects.read"],
        )
        applications.add(self.operator.id, "web-shop", rights, by=OFFICER)

    def account_for(self) -> None:
        """A disk lies in its place, and a paper file was destroyed."""
        operator = self.operator.id
        place = next((each.slug for each in media.places(self.policy)), "")
        if not place:
            return
        media.add(operator, "disk", place, "", by=OFFICER)
        paper = media.add(operator, "paper", place, "", by=OFFICER)
        media.destroy(operator, paper.id, "shredded", by=OFFICER)
        media.check(operator, [str(each.id) for each in media.media(operator)], by=OFFICER)


def cast() -> Iterator[Person]:
    names = (
        ("Maria Sample", "1990-05-17", "en"),
        ("Иван Примеров", "1984-11-02", "ru"),
        ("Noor Specimen", "1979-03-28", "en"),
        ("Анна Образцова", "1995-08-09", "ru"),
        ("Tomas Placeholder", "1968-01-30", "en"),
        ("Лев Условный", "2001-12-12", "ru"),
        ("Grace Template", "1988-02-29", "en"),
        ("Ольга Неназванная", "1973-06-21", "ru"),
        ("Sam Instance", "1992-10-05", "en"),
        ("Пётр Некто", "1959-04-14", "ru"),
        ("Ida Example", "1999-07-19", "en"),
        ("Вера Вымышленная", "1986-09-01", "ru"),
    )
    for number, (name, born, language) in enumerate(names, start=1):
        yield Person(
            name, f"person{number}@example.com", f"+1305555{100 + number:04d}", born, language
        )


def populate(operator: OperatorRow) -> None:
    """Live through the time since the policy was posted, a season at most, up to the present."""
    end = clock.now()
    with operator_scope(operator.id):
        first = policies.versions(operator.id)[-1]
    beginning = max(first.effective_from, end - SEASON)
    with clock.use(ManualClock(beginning)):
        with operator_scope(operator.id):
            policy = policies.in_force(operator.id)
        _season(Season(operator, policy)).live(beginning, end)


def _season(season: Season) -> Season:
    people = list(cast())
    apart = {"chat", "verification", "api"}
    forms = [each for each in season.policy.points.values() if each.kind not in apart]
    main, *others = sorted(forms, key=lambda each: each.kind != "form")
    for index, person in enumerate(people):
        point = main if index % 2 == 0 or not others else others[index // 2 % len(others)]
        deed = partial(season.send, person, point, everything=index % 3 == 0)
        season.on(1 + 6.1 * index, deed)
    for day in (3.2, 21.4, 52.8):
        season.on(day, partial(_decline, season, main.slug))
    season.on(0.5, season.connect)
    season.on(0.6, season.account_for)
    season.on(72, season.think_of_the_end)
    season.on(10, partial(season.hand_over, people[0]))
    season.on(14, partial(season.withdraw, people[0]))
    season.on(64, partial(season.hand_over, people[4]))
    season.on(26, partial(season.overreach, people[2]))
    season.on(29, partial(season.withdraw, people[2]))
    season.on(30, partial(season.hinder, people[2]))
    season.on(19.8, partial(season.decide_by_machine, people[3]))
    season.on(20, partial(season.ask, people[3], "objection"))
    for day in range(1, 74):
        season.on(day + 0.95, season.answer)
    season.on(73.2, partial(season.ask, people[1], "access"))
    season.on(74, partial(season.ask, people[5], "export"))
    season.on(50, partial(season.ask, people[3], "access"))
    season.on(74.4, partial(season.ask, people[3], "repeat"))
    season.on(66, partial(season.withdraw, people[4]))
    season.on(44, partial(season.act_for, people[1], people[5], confirmed=True))
    season.on(73, partial(season.act_for, people[7], people[1], confirmed=False))
    season.on(68, partial(season.withdraw_by_mail, people[6]))
    season.on(68.5, partial(season.withdraw_by_mail, people[9]))
    season.on(69, partial(season.write, "stranger@mail.example", "A question", _QUESTION))
    season.on(69.2, partial(season.write, people[3].address, "Re: …", "…", Auto_Submitted="auto"))
    season.on(70, partial(season.pry, people))
    season.on(71.5, season.look_into_it)
    surfaces.plan(season, people)
    talking.add(season, people)
    return season


def _decline(season: Season, point: str) -> None:
    requests.decline(season.operator.id, point, language="en")
