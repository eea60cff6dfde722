"""Where the policy promises it, a new version is told by mail, to each person once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core import mail
from tests.policy.spoiling import Copy

from tutela import app
from tutela.core import clock
from tutela.core.vocabulary import Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy import scheduling
from tutela.requests import actions, announcing, letters
from tutela.requests.models import Announcement

app.wire()
MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
PHONES = {
    name: f"+1 305 555 010{place}"
    for place, name in enumerate(("anna", "olga", "boris", "clara", "late"))
}
PROMISED = '  - {control: policy.version, clauses: ["4.2"], with: {announce: %s}}\n'


@pytest.fixture
def at(db: None) -> Iterator[clock.ManualClock]:
    manual = clock.ManualClock(NOON)
    with clock.use(manual):
        yield manual


@pytest.fixture
def publish(at: clock.ManualClock, tmp_path: Path) -> Callable[..., UUID]:
    def make(number: int, *, announce: str = "users", effective: str = "at-posting") -> UUID:
        at.set(NOON + timedelta(days=number))
        copy = Copy(Path(shutil.copytree(MINIMAL, tmp_path / str(number))))
        copy.change("number: 1, dated", f"number: {number}, dated")
        copy.change("effective: at-posting", f"effective: {effective}")
        if announce:
            copy.change("controls:\n", f"controls:\n{PROMISED % announce}")
        policies.publish(policies.load_folder(copy.path))
        return policies.operator_id("lark-bakery")

    return make


def customer(operator: UUID, name: str) -> UUID:
    with operator_scope(operator):
        policy = policies.in_force(operator)
        point = policy.points["order"]
        agreed = actions.consents_asked(policy, point)
        typed = {"name": name, "email": f"{name}@mail.example", "phone": PHONES[name]}
        values = {each.field: typed[each.field] for each in point.fields if each.field in typed}
        receipt = actions.submit(
            operator,
            "order",
            language="en" if name != "olga" else "ru",
            values=values,
            accepted=set(agreed),
            idempotency=name,
        )
    return receipt.subject


def told(operator: UUID) -> list[tuple[str, str]]:
    mail.outbox.clear()
    announcing.go_on(operator, clock.now())
    letters.send_queued(operator)
    found = [(each.to[0], each.subject) for each in mail.outbox]
    return sorted(each for each in found if "version" in each[1] or "верси" in each[1])


def test_everybody_with_a_live_consent_is_told_once_in_their_language(publish) -> None:
    operator = publish(1)
    customer(operator, "anna")
    customer(operator, "olga")
    gone = customer(operator, "boris")
    with operator_scope(operator):
        actions.withdraw(operator, gone, None, language="en")
        identity.new_subject(operator, "en", "customer")
    assert told(operator) == []
    publish(2)
    assert told(operator) == [
        ("anna@mail.example", "Lark Bakery has a new version of its personal data policy"),
        ("olga@mail.example", "Lark Bakery: новая версия политики о персональных данных"),
    ]
    assert any("Version 2 is in force since" in each.body for each in mail.outbox)
    assert any("/policy/changes/?to=2" in each.body for each in mail.outbox)
    assert told(operator) == []
    with operator_scope(operator):
        (entry,) = journal.entries(operator, kinds=["version.announced"])
    assert (entry.data["number"], entry.data["letters"]) == (2, 2)


def test_a_policy_that_promises_nothing_tells_nobody(publish) -> None:
    operator = publish(1, announce="")
    customer(operator, "anna")
    publish(2, announce="")
    assert told(operator) == []


def test_telling_that_was_broken_off_goes_on_where_it_stopped(
    publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = publish(1)
    for name in ("anna", "boris", "clara"):
        customer(operator, name)
    publish(2)
    monkeypatch.setattr(announcing, "AT_A_TIME", 2)
    announcing._stretch(operator)
    with operator_scope(operator):
        row = Announcement.objects.get()
        assert (row.told, row.ended_at) == (2, None)
    assert len(told(operator)) == 3


def test_who_was_told_of_a_version_hears_that_it_does_not_come(publish) -> None:
    operator = publish(1)
    customer(operator, "anna")
    publish(2, effective="2024-09-01")
    ((address, _subject),) = told(operator)
    assert any("will be in force from" in each.body for each in mail.outbox)
    customer(operator, "late")
    with operator_scope(operator):
        scheduling.cancel(operator, 2, "mistake", by=Actor(ActorKind.STAFF, "1"))
    assert told(operator) == [(address, "Lark Bakery: version 2 of the policy does not come")]
    assert told(operator) == []
