from __future__ import annotations

import pytest
from django.test import Client

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)


@pytest.mark.parametrize(
    "path", ["/en/north/", "/nothing", "/static/tutela/tutela.css", "/en/north/act/breaks/"]
)
def test_every_answer_carries_the_headers(site, path):
    answer = site.get(path)
    answer.close()
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_an_unknown_host_is_refused_with_a_page(site):
    answer = Client(raise_request_exception=False).get(
        "/en/north/", headers={"host": "evil.example"}
    )
    assert answer.status_code == 400
    assert b"<h1>" in answer.content
    assert answer.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.5", "ru"),
        ("de,ru;q=0.1", "ru"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
    ],
)
def test_a_page_without_a_language_in_its_path_follows_the_browser(site, asked, given):
    answer = site.get("/nothing", headers={"accept-language": asked})
    assert answer.headers["Content-Language"] == given
    assert "Accept-Language" in answer.headers["Vary"]
