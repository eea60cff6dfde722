"""What people outside know: what they sent, and what they were told had happened."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass
class Sent:
    """One form. ``values`` holds its token, so that it can be sent again, the very same.

    ``about`` is what its receipt names; empty as long as no answer came.
    """

    path: str
    values: dict[str, str]
    fields: frozenset[str]
    about: str = ""


@dataclass
class Person:
    """Somebody with an address of their own. ``withdrawal`` is what the receipt names."""

    number: int
    run: int
    forms: list[Sent] = field(default_factory=list)
    subject: str = ""
    busy: bool = False
    leaving: bool = False
    withdrawal: str = ""
    links_asked: int = 0

    @property
    def name(self) -> str:
        return f"Kampagna Number{self.number}"

    @property
    def email(self) -> str:
        return f"kampagna{self.number}.{self.run}@example.com"

    @property
    def phone(self) -> str:
        return f"+1305{self.number % 10_000_000:07d}"

    @property
    def acknowledged(self) -> list[Sent]:
        return [each for each in self.forms if each.about]


class Ledger:
    """Shared by the threads of all clients; a person is in one hand at a time."""

    def __init__(self, run: int) -> None:
        self.run = run
        self.people: list[Person] = []
        self.problems: list[str] = []
        self.refused = 0
        self._lock = threading.Lock()

    def new_person(self) -> Person:
        with self._lock:
            person = Person(2_000_000 + len(self.people), self.run, busy=True)
            self.people.append(person)
            return person

    def take(self, choose: object) -> Person | None:
        """Somebody with an acknowledged form who has not begun to withdraw; ``choose`` is a
        ``random.Random``."""
        with self._lock:
            free = [
                each
                for each in self.people
                if each.acknowledged and not each.busy and not each.leaving
            ]
            if not free:
                return None
            person: Person = choose.choice(free)  # type: ignore[attr-defined]
            person.busy = True
            return person

    def give_back(self, person: Person) -> None:
        with self._lock:
            person.busy = False

    def problem(self, sentence: str) -> None:
        with self._lock:
            self.problems.append(sentence)

    def refuse(self) -> None:
        with self._lock:
            self.refused += 1

    @property
    def forms(self) -> list[Sent]:
        return [form for person in self.people for form in person.acknowledged]

    @property
    def withdrawals(self) -> list[Person]:
        return [person for person in self.people if person.withdrawal]
