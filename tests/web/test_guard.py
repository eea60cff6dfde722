from __future__ import annotations

import re

import pytest
from django.test import Client

from tutela.web import guard


@pytest.fixture
def browser(site) -> Client:
    """Like ``site``, but forms are checked as for a real browser."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def token(browser: Client, path: str) -> str:
    page = browser.get(path).content.decode()
    return re.search(r'name="form-token" value="([^"]+)"', page)[1]


def send(browser: Client, path: str, sent: str, **headers: str):
    return browser.post(path, {guard.FIELD: sent, "words": "Да"}, headers=headers or None)


def test_a_form_works_without_any_cookie(browser):
    sent = token(browser, "/en/north/form/")
    assert not browser.cookies
    answer = send(browser, "/en/north/form/", sent, origin="http://testserver")
    assert answer.status_code == 200
    assert answer.content.decode().endswith("Да")


def test_the_same_form_sent_twice_carries_one_submission(browser):
    sent = token(browser, "/en/north/form/")
    first, second = (send(browser, "/en/north/form/", sent).content for _ in range(2))
    assert first == second
    assert token(browser, "/en/north/form/") != sent


def test_a_form_made_in_one_language_may_be_sent_in_the_other(browser):
    assert send(browser, "/ru/north/form/", token(browser, "/en/north/form/")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_sent_from_another_site_does_nothing(browser, headers):
    answer = send(browser, "/en/north/form/", token(browser, "/en/north/form/"), **headers)
    assert answer.status_code == 403


def test_a_token_of_another_page_operator_or_nobody_opens_nothing(browser):
    good = token(browser, "/en/north/form/")
    browser.cookies["subject-north"] = "session-1"
    for path, sent in [
        ("/en/south/form/", good),
        ("/en/north/my/stop/", good),
        ("/en/north/form/", token(browser, "/en/north/my/stop/")),
        ("/en/north/form/", ""),
        ("/en/north/form/", "x" * 500),
        ("/en/north/form/", "::::"),
        ("/en/north/form/", good[:-1]),
        ("/en/north/form/", "f" + good[1:]),
    ]:
        assert send(browser, path, sent).status_code == 403, (path, sent)


def test_a_token_fetched_in_one_session_does_not_fit_another(browser):
    browser.cookies["subject-north"] = "session-of-the-attacker"
    stolen = token(browser, "/en/north/my/stop/")
    assert send(browser, "/en/north/my/stop/", stolen).status_code == 200
    browser.cookies["subject-north"] = "session-of-the-victim"
    assert send(browser, "/en/north/my/stop/", stolen).status_code == 403


def test_a_form_left_open_too_long_is_refused(browser, monkeypatch):
    sent = token(browser, "/en/north/form/")
    monkeypatch.setattr(guard, "MAXIMUM_AGE", -1)
    assert send(browser, "/en/north/form/", sent).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/en/north/?q=%ff", None, "", 400),
        ("/en/north/?q=%00", None, "", 400),
        ("/en/north/%00/", None, "", 404),
        ("/en/north/act/%FF/", None, "", 404),
        ("/en/north/form/", b"words=%ff", "application/x-www-form-urlencoded", 400),
        ("/en/north/form/", b"words=a%00b", "application/x-www-form-urlencoded", 400),
        ("/en/north/form/", b"\xff\xfe\x00", "application/x-www-form-urlencoded", 400),
        ("/en/north/form/", b"a=1", "application/x-www-form-urlencoded; charset=utf-16", 400),
        ("/en/north/form/", b"words=" + b"a" * 3_000_000, "application/x-www-form-urlencoded", 413),
        ("/en/north/form/", b"a&" * 2000, "application/x-www-form-urlencoded", 400),
        ("/en/north/form/", b"nonsense", "multipart/form-data", 400),
        ("/en/north/form/", b"nonsense", "multipart/form-data; boundary=x", 403),
        ("/en/north/form/", b"{}", "application/json", 403),
        (
            "/en/north/form/",
            b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\na\0b\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_input_that_nobody_can_read_is_refused_with_a_page(browser, path, body, kind, status):
    answer = browser.get(path) if body is None else browser.post(path, body, content_type=kind)
    assert answer.status_code == status
    assert b"<h1>" in answer.content
