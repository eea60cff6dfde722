"""What is declared beside what arrives: counting, screening, and what nobody uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tutela import app
from tutela.core import clock
from tutela.core.controls import CONTROLS, ClauseState, Question
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, ActorKind
from tutela.db.scope import operator_scope
from tutela.gate import access
from tutela.gate import actions as gate
from tutela.gate.rules import Operation, Reason
from tutela.identity import actions as identity
from tutela.inventory import actions, reports, screening
from tutela.inventory.errors import AlreadyDecided, NotRemoved
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests import actions as requests
from tutela.vault import actions as vault

PLAIN = "Please tell me when the ad goes public."
TELLING = "I cannot come, my diagnosis is diabetes."


class Desk:
    """AMIGO, whose policy has no place for special categories."""

    def __init__(self, at: clock.ManualClock) -> None:
        app.wire()
        self.at = at
        policies.publish(policies.load_folder(policies.samples() / "amigo"))
        self.id = policies.operator_id("amigo")
        self.policy = policies.in_force(self.id)
        self.point = next(
            slug
            for slug, each in self.policy.points.items()
            if any(asked.field == "message" for asked in each.fields)
        )
        self.sent = 0

    def staff(self, role: str = "officer") -> tuple[Actor, User]:
        """Somebody with the role who has acknowledged the policy, as it asks."""
        user, _made = User.objects.get_or_create(username=role)
        identity.grant_role(self.id, user.pk, role)
        actor = Actor(ActorKind.STAFF, str(user.pk), role)
        access.acknowledge(self.id, actor)
        return actor, user

    def decide(self, outcome: str, role: str = "officer") -> None:
        (row,) = actions.findings(self.id)
        actions.decide(self.id, row.id, outcome, self.staff(role)[0])

    def send(self, message: str, email: str = "maria@mail.example") -> requests.Receipt:
        self.sent += 1
        return requests.submit(
            self.id,
            self.point,
            language="en",
            values={
                "full-name": "Maria Sample",
                "email": email,
                "message": message,
            },
            accepted=self.policy.points[self.point].purposes,
            idempotency=f"form-{self.sent}",
        )

    def ask(self, subject: UUID, action: Action, purpose: str, **more) -> Permit | gate.Refusal:
        return gate.decide(
            Operation(
                operator=self.id,
                subject=subject,
                action=action,
                purpose=purpose,
                fields=frozenset({"message"}),
                **{"actor": SYSTEM, **more},
            )
        )

    def judge(self, control: str) -> ClauseState:
        (clause, *_others) = self.policy.bound_to(control)
        question = Question(self.id, self.policy, control, clause, {}, clock.now())
        return CONTROLS[control].judge(question).state


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 9, tzinfo=UTC))) as at:
        desk = Desk(at)
        with operator_scope(desk.id):
            yield desk


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (PLAIN, ()),
        (TELLING, ("health",)),
        ("У меня ДИАБЕТ, и я мусульманин", ("health", "religion")),
        ("осуждён по статье", ("conviction",)),
        ("Мой отпечатки\nпальцев не снимали", ("biometrics",)),
        ("Больше не пишите. Увидимся на выставке", ()),
        ("I have a gaze of steel and a racing bike", ()),
        ("", ()),
    ],
)
def test_words_of_special_categories_are_found_at_the_beginning_of_words(text, kinds) -> None:
    assert screening.found(text) == kinds


def test_a_text_that_tells_of_health_is_blocked_and_waits_at_the_desk(desk) -> None:
    receipt = desk.send(TELLING)
    (row,) = actions.findings(desk.id, waiting=True)
    assert (row.field, row.kinds, row.record) == ("message", ("health",), receipt.about)
    refused = desk.ask(receipt.subject, Action.USE, "requests", record=receipt.about)
    assert isinstance(refused, gate.Refusal)
    assert refused.reason == Reason.BLOCKED
    (entry,) = journal.entries(desk.id, kinds=["inventory.special-found"])
    said = journal.wording(entry, "en")
    assert "health" in said
    assert "diabetes" not in str(entry)


def test_staff_may_look_at_it_to_decide_and_for_nothing_else(desk) -> None:
    receipt = desk.send(TELLING)
    look = desk.ask(
        receipt.subject,
        Action.EXTRACTION,
        "oversight",
        actor=desk.staff()[0],
        reason="verify-identity",
    )
    assert isinstance(look, Permit)
    assert [each.value for each in vault.read(look)] == [TELLING]


def test_an_innocent_text_is_free_again(desk) -> None:
    receipt = desk.send("I sell a book on cancer research.")
    desk.decide("kept")
    assert isinstance(desk.ask(receipt.subject, Action.USE, "requests"), Permit)
    with pytest.raises(AlreadyDecided):
        desk.decide("removed")


def test_what_has_no_place_here_is_removed_and_the_rest_stays(desk) -> None:
    receipt = desk.send(TELLING)
    desk.decide("removed")
    held = vault.holdings(desk.id, receipt.subject)
    assert set(held[receipt.about]) == {"full-name", "email"}
    assert not gate.standing(desk.id, receipt.subject).blocks
    assert journal.count(desk.id, ("inventory.special-decided",)) == 1


def test_a_clerk_removes_nothing(desk) -> None:
    desk.send(TELLING)
    with pytest.raises(NotRemoved):
        desk.decide("removed", "clerk")
    assert actions.findings(desk.id, waiting=True)


def test_the_clause_is_kept_at_risk_after_a_week_and_kept_again(desk) -> None:
    assert desk.judge("special.forbid") == ClauseState.NOTHING_YET
    desk.send(TELLING)
    assert desk.judge("special.forbid") == ClauseState.KEPT
    desk.at.set(clock.now() + timedelta(days=8))
    assert desk.judge("special.forbid") == ClauseState.AT_RISK
    desk.decide("removed")
    assert desk.judge("special.forbid") == ClauseState.KEPT


@pytest.mark.parametrize("sample", ["amigo", "prohomeexchange", "uslugi"])
def test_every_technical_field_of_the_samples_has_a_purpose_and_a_term(sample) -> None:
    policy = policies.load_folder(policies.samples() / sample)
    fields = screening.technical(policy)
    assert fields
    for slug in fields:
        assert any(slug in each.fields for each in policy.purposes.values()), slug
        assert reports.terms_of(policy, slug), slug


def test_fields_that_no_form_asks_for_are_dropped_and_counted(desk) -> None:
    client = Client()
    path = f"/en/amigo/forms/{desk.point}/"
    token = (
        client.get(path)
        .content.decode()
        .partition('name="form-token" value="')[2]
        .partition('"')[0]
    )
    asked = {f"consent-{slug}": "on" for slug in desk.policy.points[desk.point].purposes}
    answer = client.post(
        path,
        {
            "form-token": token,
            "full-name": "Maria Sample",
            "email": "maria@mail.example",
            "message": PLAIN,
            **asked,
            "passport": "1234 567890",
            "<script>": "alert(1)",
        },
    )
    assert answer.status_code == 302
    assert actions.counted(desk.id)["dropped"] == {desk.point: 2}
    assert "passport" not in str(journal.entries(desk.id, limit=1000))


def test_what_no_purpose_used_for_a_year_is_named(desk) -> None:
    receipt = desk.send(PLAIN)
    came = clock.now()
    fresh = _line(desk, "message")
    assert (fresh.held, fresh.used_at, fresh.idle) == (1, None, 0)
    assert not fresh.unused
    desk.at.set(came + timedelta(days=300))
    assert isinstance(desk.ask(receipt.subject, Action.USE, "requests"), Permit)
    used = clock.now()
    desk.at.set(came + timedelta(days=400))
    assert not _line(desk, "message").unused
    assert _line(desk, "full-name").unused
    assert _line(desk, "full-name").idle_since == came
    desk.at.set(came + timedelta(days=700))
    later = _line(desk, "message")
    assert later.unused
    assert later.idle_since == used
    assert not _line(desk, "about").unused


def test_what_lies_unused_is_told_of_each_person_by_itself(desk) -> None:
    """The use of one person's value does not hide that another's lies idle."""
    desk.send(PLAIN)
    came = clock.now()
    desk.at.set(came + timedelta(days=380))
    other = desk.send(PLAIN, "ivan@mail.example")
    assert isinstance(desk.ask(other.subject, Action.USE, "requests"), Permit)
    line = _line(desk, "message")
    assert (line.held, line.idle, line.idle_since, line.unused) == (2, 1, came, False)


def _line(desk, field: str) -> reports.Line:
    return next(each for each in reports.report(desk.id).lines if each.field.slug == field)


def test_the_pages_show_the_register_and_take_the_decision(desk) -> None:
    desk.send(TELLING)
    _actor, user = desk.staff()
    client = Client(raise_request_exception=False)
    client.force_login(user)
    page = client.get("/en/desk/amigo/inventory/")
    assert page.status_code == 200
    assert "IP address" in page.content.decode()
    path = "/en/desk/amigo/inventory/found/"
    listed = client.get(path).content.decode()
    assert "health" in listed
    assert "diabetes" not in listed
    (row,) = actions.findings(desk.id)
    form = listed.partition(f'action="{path}{row.id}/"')[2]
    token = form.partition('name="form-token" value="')[2].partition('"')[0]
    wrong = client.post(f"{path}{row.id}/", {"form-token": token, "outcome": "whatever"})
    assert wrong.status_code == 404
    done = client.post(f"{path}{row.id}/", {"form-token": token, "outcome": "removed"})
    assert done.status_code == 302
    assert not actions.findings(desk.id, waiting=True)
