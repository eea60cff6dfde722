"""Attacks on the sign-in of staff, each named after what it would achieve, and none does."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core import mail
from django.db import connections
from django.test import Client, RequestFactory
from tests.identity.staff import (
    HERE,
    MINIMAL,
    PASSWORD,
    browser,
    code,
    forget_used_steps,
    give_app,
    hire,
    inside,
    publish,
    recovery_codes,
    sign_in,
    words,
)

from tutela import app
from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.identity.staff import attempts, factors, telling
from tutela.identity.staff.models import StaffAttempt, StaffSession
from tutela.journal import actions as journal

app.wire()
DESK = f"/en/desk/{HERE}/"


@pytest.fixture
def bakery(db):
    return publish(MINIMAL)


@pytest.fixture
def nadia(bakery) -> User:
    return hire(bakery, "nadia", "officer")


def test_a_right_password_lets_in_and_the_journal_says_so(bakery, nadia):
    client = browser()
    assert sign_in(client, "nadia").status_code == 302
    assert inside(client)
    with operator_scope(bakery):
        kinds = [each.kind for each in journal.entries(bakery, limit=50)]
    assert kinds.count("staff.signed-in") == 1


def test_a_session_planted_before_the_sign_in_is_worth_nothing_after_it(nadia):
    attacker, victim = browser(), browser()
    attacker.post("/en/desk/sign-in/passkey/")  # any visitor can get a session of their own
    name = django_settings.SESSION_COOKIE_NAME
    planted = attacker.cookies[name].value
    victim.cookies[name] = planted
    sign_in(victim, "nadia")
    assert inside(victim)
    assert victim.cookies[name].value != planted
    assert not inside(attacker)


def test_a_cookie_that_outlives_its_session_row_opens_nothing(nadia):
    client = browser(nadia)
    assert inside(client)
    StaffSession.objects.all().delete()
    assert client.get(DESK).status_code == 302


@pytest.mark.parametrize("field", ["seen_at", "ends_at"])
def test_a_session_ends_when_idle_and_after_its_longest_time(nadia, field, settings):
    client = browser(nadia)
    late = {
        "seen_at": clock.machine() - timedelta(minutes=settings.TUTELA_STAFF_IDLE_MINUTES),
        "ends_at": clock.machine(),
    }
    StaffSession.objects.update(**{field: late[field] + timedelta(seconds=30)})
    assert inside(client)
    StaffSession.objects.update(**{field: late[field]})
    assert not inside(client)


def test_the_cookie_is_hidden_from_script_and_ends_with_the_browser(nadia):
    client = browser()
    sign_in(client, "nadia")
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["expires"]
    assert not cookie["domain"]


def test_guessing_a_password_is_stopped_and_says_the_same_of_a_name_nobody_has(nadia, settings):
    said = {}
    for name in ("nadia", "nobody"):
        client = browser()
        answers = [
            sign_in(client, name, "wrong") for _ in range(settings.TUTELA_STAFF_ATTEMPTS + 1)
        ]
        said[name] = [(each.status_code, words(each).replace(name, "")) for each in answers]
        assert [each.status_code for each in answers[:-1]] == [422] * (len(answers) - 1)
        assert answers[-1].status_code == 429
    strip = [[(status, _without_tokens(text)) for status, text in said[each]] for each in said]
    assert strip[0] == strip[1]
    assert sign_in(browser(), "nadia").status_code == 429, "the right password comes too late"


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "form-token" not in line)


def test_a_locked_account_opens_after_its_time_or_by_an_officer(bakery, nadia, settings):
    olga = hire(bakery, "olga", "officer")
    for _ in range(settings.TUTELA_STAFF_ATTEMPTS):
        sign_in(browser(), "nadia", "wrong")
    assert attempts.locked("Nadia "), "however the name is written"
    boss = browser(olga)
    boss.post(f"{DESK}staff/{nadia.pk}/", {"do": "unlock"})
    assert sign_in(browser(), "nadia").status_code == 302
    for _ in range(settings.TUTELA_STAFF_ATTEMPTS):
        sign_in(browser(), "nadia", "wrong")
    StaffAttempt.objects.update(at=clock.machine() - timedelta(minutes=15))
    assert sign_in(browser(), "nadia").status_code == 302


def test_one_source_that_tries_many_names_is_stopped(nadia, settings):
    settings.TUTELA_STAFF_ATTEMPTS = 1
    far = {"REMOTE_ADDR": "203.0.113.7"}
    for number in range(10):
        assert sign_in(browser(), f"name-{number}", "wrong", **far).status_code == 422
    assert sign_in(browser(), "name-x", "wrong", **far).status_code == 429
    assert sign_in(browser(), "nadia", REMOTE_ADDR="203.0.113.8").status_code == 302


def test_attempts_hold_no_name_and_no_address(nadia):
    sign_in(browser(), "nadia", "wrong", REMOTE_ADDR="203.0.113.7")
    (row,) = StaffAttempt.objects.values("account", "source")
    assert all(len(value) == 64 for value in row.values())


@pytest.mark.django_db(transaction=True)
def test_attempts_sent_at_one_moment_do_not_slip_under_the_limit(settings):
    settings.TUTELA_STAFF_ATTEMPTS = 3
    publish(MINIMAL)
    barrier, allowed = Barrier(8), []

    def attempt() -> None:
        request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.7")
        try:
            barrier.wait()
            attempts.begin(request, "nadia")
            allowed.append(1)
        except attempts.TooManyAttempts:
            pass
        finally:
            connections.close_all()

    threads = [Thread(target=attempt) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(allowed) <= 3
    attempts.unlock("nadia")
    attempts.begin(RequestFactory().post("/", REMOTE_ADDR="203.0.113.7"), "nadia")


def test_the_time_of_an_answer_does_not_tell_whether_a_name_exists(nadia, settings):
    """Medians of interleaved attempts; one hash takes most of the time, and both must burn it."""
    settings.TUTELA_STAFF_ATTEMPTS = 100
    client, taken = browser(), {"nadia": [], "nobody": []}
    for _ in range(9):
        for name, times in taken.items():
            begun = time.perf_counter()
            sign_in(client, name, "wrong")
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times[1:]) for times in taken.values())
    begun = time.perf_counter()
    nadia.check_password("wrong")
    one_hash = time.perf_counter() - begun
    assert 0.4 < known / unknown < 2.5
    assert unknown > one_hash / 3, "no hash was burnt for a name that nobody has"


def test_failures_are_journalled_later_so_that_the_answer_does_not_tell(bakery, nadia):
    for name in ("nadia", "nadia", "nobody"):
        sign_in(browser(), name, "wrong")
    assert telling.tell_failures(bakery) == 0, "an attempt may still turn out to be right"
    StaffAttempt.objects.update(at=clock.machine() - timedelta(minutes=1))
    assert telling.tell_failures(bakery) == 1
    assert telling.tell_failures(bakery) == 0
    with operator_scope(bakery):
        (row,) = [e for e in journal.entries(bakery, limit=50) if e.kind == "staff.sign-in-failed"]
        assert journal.wording(row, "en").startswith("2 failed attempts to sign in as member")


def test_a_password_alone_does_not_let_in_whoever_has_an_app(nadia):
    secret = give_app(browser(nadia))
    client = browser()
    answer = sign_in(client, "nadia")
    assert answer.headers["Location"] == "/en/desk/sign-in/code/"
    assert not inside(client)
    forget_used_steps(nadia)
    assert client.post("/en/desk/sign-in/code/", {"code": code(secret)}).status_code == 302
    assert inside(client)
    assert StaffSession.objects.filter(user_id=nadia.pk, second=True).count() == 2


def test_a_code_seen_over_a_shoulder_is_refused_the_second_time(nadia):
    secret = give_app(browser(nadia))
    forget_used_steps(nadia)
    seen, earlier = code(secret), code(secret, -1)
    assert factors.check(nadia.pk, seen) == factors.TOTP
    assert factors.check(nadia.pk, seen) == ""
    assert factors.check(nadia.pk, earlier) == "", "nor an older one"


def test_the_code_that_proved_a_new_app_does_not_sign_in(nadia):
    secret = give_app(browser(nadia))
    client = browser()
    sign_in(client, "nadia")
    assert client.post("/en/desk/sign-in/code/", {"code": code(secret, -1)}).status_code == 422
    assert not inside(client)


def test_a_recovery_code_lets_in_once_and_is_not_kept_readable(nadia):
    give_app(browser(nadia))
    paper = recovery_codes(nadia)
    assert len(set(paper)) == 10
    for expected in (302, 422):
        client = browser()
        sign_in(client, "nadia")
        answer = client.post("/en/desk/sign-in/code/", {"code": paper[0]})
        assert answer.status_code == expected
    assert factors.unused_recovery_codes(nadia.pk) == 9
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert not any(each.replace(" ", "") in kept for each in paper)


def test_guessing_codes_locks_the_account_even_if_the_password_is_right_each_time(nadia, settings):
    give_app(browser(nadia))
    statuses = []
    for _ in range(settings.TUTELA_STAFF_ATTEMPTS + 1):
        client = browser()
        if sign_in(client, "nadia").status_code == 302:
            statuses.append(client.post("/en/desk/sign-in/code/", {"code": "000000"}).status_code)
    assert statuses == [422] * settings.TUTELA_STAFF_ATTEMPTS
    assert sign_in(browser(), "nadia").status_code == 429


def test_the_second_step_without_the_first_opens_nothing(nadia):
    secret = give_app(browser(nadia))
    stranger = browser()
    answer = stranger.post("/en/desk/sign-in/code/", {"code": code(secret)})
    assert answer.headers["Location"] == "/en/desk/sign-in/"
    assert not inside(stranger)


def test_a_half_done_sign_in_dies_after_ten_minutes(nadia):
    secret = give_app(browser(nadia))
    client = browser()
    sign_in(client, "nadia")
    session = client.session
    session["staff-pending"] |= {"at": (clock.machine() - timedelta(minutes=10)).isoformat()}
    session.save()
    forget_used_steps(nadia)
    client.post("/en/desk/sign-in/code/", {"code": code(secret)})
    assert not inside(client)


def test_a_code_goes_by_mail_where_one_is_required_and_there_is_no_better_factor(bakery, settings):
    settings.TUTELA_SECOND_FACTOR = True
    hire(bakery, "vera", "clerk", email="vera@example.org")
    client, other = browser(), browser()
    for each in (client, other):
        sign_in(each, "vera")
    (first, _) = (each.body.split()[0] for each in mail.outbox)
    assert other.post("/en/desk/sign-in/code/", {"code": first}).status_code == 422
    assert not inside(other), "it works in the browser in which the password was typed"
    assert client.post("/en/desk/sign-in/code/", {"code": first}).status_code == 302
    assert inside(client)
    assert "vera" not in mail.outbox[0].subject


def test_where_a_second_factor_is_required_the_desk_waits_for_it(nadia, settings):
    client = browser(nadia)
    assert inside(client)
    settings.TUTELA_SECOND_FACTOR = True
    assert client.get(DESK).headers["Location"] == "/en/desk/account/"
    assert "A second factor is needed" in words(client.get("/en/desk/account/"))
    give_app(client)
    assert inside(client)


def test_a_policy_can_require_the_second_factor(tmp_path, db):
    text = (MINIMAL / "policy.yaml").read_text(encoding="utf-8")
    for each in MINIMAL.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    demand = '  - {control: access.roles, with: {second-factor: required}, clauses: ["2.4"]}\n'
    changed = text.replace("controls:\n", "controls:\n" + demand, 1)
    assert changed != text
    (tmp_path / "policy.yaml").write_text(changed, encoding="utf-8")
    operator = publish(tmp_path)
    client = browser(hire(operator, "nadia", "officer"))
    assert client.get(DESK).headers["Location"] == "/en/desk/account/"


def test_sensitive_pages_ask_again_who_is_there(nadia, settings):
    client = browser(nadia)
    people = f"{DESK}staff/"
    assert inside(client, people)
    old = clock.machine() - timedelta(minutes=settings.TUTELA_STAFF_CONFIRM_MINUTES)
    StaffSession.objects.update(confirmed_at=old)
    assert inside(client), "what is not sensitive stays open"
    to = client.get(people).headers["Location"]
    assert to == f"/en/desk/account/confirm/?next={people}"
    answer = client.post(people, {}, headers={"referer": f"http://testserver{people}"})
    assert answer.headers["Location"] == to
    assert client.post(to, {"password": "wrong"}).status_code == 422
    assert client.post(to, {"password": PASSWORD}).headers["Location"] == people
    assert inside(client, people)


def test_changing_the_password_ends_the_other_sessions_and_refuses_weak_ones(nadia):
    here, elsewhere = browser(nadia), browser(nadia)
    for weak in ("short", "123456789012345", "password1234", "nadia nadia"):
        typed = {"password": weak, "again": weak}
        assert here.post("/en/desk/account/password/", typed).status_code == 422
    new = "nine amber umbrellas"
    typed = {"password": new, "again": new}
    assert here.post("/en/desk/account/password/", typed).status_code == 302
    assert inside(here)
    assert not inside(elsewhere)
    assert sign_in(browser(), "nadia").status_code == 422
    assert sign_in(browser(), "nadia", new).status_code == 302


def test_one_ends_ones_own_sessions_and_nobody_elses(bakery, nadia):
    olga = hire(bakery, "olga", "officer")
    mine, phone, hers = browser(nadia), browser(nadia), browser(olga)
    (row,) = StaffSession.objects.filter(user_id=olga.pk)
    answer = mine.post("/en/desk/account/sessions/", {"session": row.id})
    assert answer.status_code == 404
    assert inside(hers)
    assert mine.post("/en/desk/account/sessions/", {"session": "nonsense"}).status_code == 404
    assert mine.post("/en/desk/account/sessions/").status_code == 302
    assert inside(mine)
    assert not inside(phone)
    assert inside(hers)


def test_nobody_removes_somebody_elses_factor(bakery, nadia):
    olga = hire(bakery, "olga", "officer")
    give_app(browser(olga))
    (factor, _codes) = factors.listing(olga.pk)
    answer = browser(nadia).post("/en/desk/account/remove/", {"factor": factor.id})
    assert answer.status_code == 404
    assert factors.kinds(olga.pk)
    assert browser(olga).post("/en/desk/account/remove/", {"factor": factor.id}).status_code == 302
    assert factors.listing(olga.pk) == [], "the codes went with the last factor"


def test_a_secret_of_an_app_is_sealed_at_rest(nadia):
    secret = give_app(browser(nadia))
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept


def test_signing_out_ends_the_session_on_the_server(nadia):
    client = browser(nadia)
    name = django_settings.SESSION_COOKIE_NAME
    stolen = client.cookies[name].value
    client.post("/en/desk/sign-out/")
    thief = Client()
    thief.cookies[name] = stolen
    assert not inside(thief)
    assert not StaffSession.objects.exists()
