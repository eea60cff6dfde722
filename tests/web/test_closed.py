"""While there is a reason to be closed, pages say so in the reader's language and do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tutela.vault import passphrase


@pytest.fixture
def sealed(tmp_path: Path, settings, monkeypatch) -> None:
    settings.TUTELA_HOME = tmp_path
    monkeypatch.setitem(passphrase._COST, "n", 2**12)
    passphrase.set_up("five random words are good")
    passphrase.seal()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("cannot be reached", "locked")), ("ru", ("Пока недоступно", "заперты"))],
)
def test_sealed_keys_close_every_page_with_a_sentence(
    sealed: None, language: str, words: tuple[str, ...]
) -> None:
    client = Client()
    for path in ("", "desk/", "nobody/sign-in/"):
        for ask in (client.get, client.post):
            answer = ask(f"/{language}/{path}")
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "30"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Content-Security-Policy" in answer.headers
            for word in words:
                assert word in answer.content.decode()


def test_who_watches_the_program_hears_that_it_is_sealed(sealed: None) -> None:
    client = Client()
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "keys-unsealed" in answer.json()["lacking"]


@pytest.mark.django_db
def test_the_stylesheet_of_that_page_is_served(sealed: None) -> None:
    answer = Client().get("/static/tutela/tutela.css")
    assert answer.status_code == 200
    answer.close()


@pytest.mark.django_db
def test_unsealed_the_pages_are_open(sealed: None) -> None:
    passphrase.unseal("five random words are good")
    assert Client().get("/en/").status_code == 200
    passphrase.seal()
