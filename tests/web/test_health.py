"""Health, readiness, and pages while the database is away."""

from __future__ import annotations

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from tutela.core import readiness
from tutela.db import migrate

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(db):
    """The tables of the tests, marked as brought up to date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO db_fact (name, value) VALUES ('migrations', %s) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [migrate.fingerprint()],
        )


def test_a_running_program_is_live_whatever_host_name_is_asked():
    answer = Client().get("/health/live", headers={"host": "10.1.2.3"})
    assert (answer.status_code, answer.json()) == (200, {"live": True})
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_it_is_ready_when_the_database_answers_with_the_right_tables(recorded):
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "lacking": []})


def test_it_is_not_ready_with_the_tables_of_another_version(recorded):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE db_fact SET value = 'another' WHERE name = 'migrations'")
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["lacking"]) == (503, ["tables"])


def test_a_check_that_fails_is_named_by_its_slug_and_nothing_else(recorded, monkeypatch):
    def breaks() -> bool:
        raise psycopg.OperationalError("password of mary@example.org refused")

    monkeypatch.setattr(readiness, "CHECKS", {**readiness.CHECKS, "sample": breaks})
    answer = Client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "lacking": ["sample"]}


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing was saved"), ("ru", "Ничего не сохранено")]
)
def test_pages_say_in_the_reader_s_language_that_the_database_is_away(language, words, monkeypatch):
    def away(*_arguments: object, **_keywords: object) -> None:
        raise OperationalError("could not connect as mary@example.org")

    monkeypatch.setattr("tutela.policy.actions.operator_by_slug", away)
    answer = Client().get(f"/{language}/somebody/")
    assert answer.status_code == 503
    assert words in answer.content.decode()
    assert "mary@example.org" not in answer.content.decode()
    assert int(answer.headers["Retry-After"]) > 0


def test_every_answer_carries_a_number_of_its_own_and_never_the_caller_s():
    answers = [Client().get("/en/", headers={"x-request-id": "mine"}) for _ in range(2)]
    numbers = {each.headers["X-Request-Id"] for each in answers}
    assert len(numbers) == 2
    assert "mine" not in numbers
