"""Keys that do not work are limited by where they come from; those that do are not."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from tests.api.conftest import Application

from tutela.api import failures

AWAY, HERE = "203.0.113.7", "198.51.100.4"


def ask(key: str, source: str = AWAY) -> int:
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": source}
    client = Client(raise_request_exception=False)
    return client.get("/api/v1/application", headers=headers).status_code


@pytest.fixture(autouse=True)
def behind_one_proxy():
    with override_settings(TUTELA_PROXIES=1):
        yield


def guess(shop, number: int) -> str:
    return f"tutela_{shop.slug}_abcdefgh_{number:064d}"


def test_a_source_that_guesses_keys_is_shut_out_and_no_other(shop, django_assert_num_queries):
    answers = [ask(guess(shop, each)) for each in range(failures.PER_MINUTE + 1)]
    assert answers == [401] * failures.PER_MINUTE + [429]
    with django_assert_num_queries(0):
        assert ask(guess(shop, 99)) == 429
    assert ask(guess(shop, 99), HERE) == 401


def test_requests_without_any_key_count_too(shop):
    answers = {ask("") for _ in range(failures.PER_MINUTE)}
    assert answers == {401}
    assert ask("") == 429


def test_a_key_that_works_goes_on_beside_one_who_guesses(shop, program: Application):
    assert ask(program.key) == 200
    for each in range(failures.PER_MINUTE + 5):
        ask(guess(shop, each))
    assert ask(guess(shop, 0)) == 429
    assert ask(program.key) == 200


def test_where_the_source_is_unknown_a_wider_bucket_serves_for_all(shop):
    with override_settings(TUTELA_PROXIES=0):
        answers = [ask(guess(shop, each)) for each in range(failures.PER_MINUTE + 5)]
    assert set(answers) == {401}


def test_the_answer_says_when_to_go_on_and_repeats_nothing(shop):
    for each in range(failures.PER_MINUTE):
        ask(guess(shop, each))
    client = Client(raise_request_exception=False)
    key = guess(shop, 77)
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": AWAY, "Accept-Language": "ru"}
    answer = client.get("/api/v1/application", headers=headers)
    assert answer.headers["Retry-After"] == "60"
    assert "Подождите минуту" in answer.content.decode()
    assert key not in answer.content.decode()
