from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import User


def saved(name: str) -> bool:
    return User.objects.filter(username=name).exists()


@pytest.mark.parametrize(
    ("how", "status", "kept"),
    [
        ("succeeds", 200, True),
        ("refuses", 409, True),
        ("keeps", 409, True),
        ("raises", 409, False),
        ("breaks", 500, False),
        ("swallows", 500, False),
    ],
)
def test_what_a_view_did_is_saved_unless_it_raised(site, how, status, kept):
    assert site.get(f"/en/north/act/{how}/").status_code == status
    assert saved(how) is kept


def test_an_error_of_the_reader_is_a_page_with_its_sentence(site):
    page = site.get("/ru/north/act/raises/").content.decode()
    assert "This is “changed” &lt;b&gt;meanwhile&lt;/b&gt;." in page
    assert "North &amp; Sons" in page
    assert '<html lang="ru">' in page


def test_an_error_of_ours_says_nothing_personal_in_page_and_log(site, caplog):
    with caplog.at_level(logging.DEBUG):
        page = site.get("/en/north/act/breaks/").content.decode()
    assert "secret@example.com" not in page + caplog.text
    (record,) = [each for each in caplog.records if each.name == "tutela.web"]
    incident = record.getMessage().rsplit(" ", 1)[1]
    assert "KeyError" in record.getMessage()
    assert incident in page


def test_paths_do_not_reach_the_log(site, caplog):
    with caplog.at_level(logging.DEBUG):
        for path in ("/en/north/nothing/a-secret-token/", "/en/north/act/raises/"):
            site.get(path)
        site.get("/en/north/act/breaks/")
    assert "a-secret-token" not in caplog.text
    assert "/en/north" not in caplog.text
