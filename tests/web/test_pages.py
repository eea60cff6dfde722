from __future__ import annotations

import pytest

from tutela.web.pages import ROUTES, Audience, Menu, page


def view(request):
    raise AssertionError


def test_a_staff_page_without_a_permission_is_refused_when_it_is_written():
    with pytest.raises(ValueError, match="must name a permission"):
        page("desk/<operator>/x/", name="unguarded", audience=Audience.STAFF)
    assert "unguarded" not in ROUTES


def test_a_public_page_with_a_permission_is_refused_when_it_is_written():
    with pytest.raises(ValueError, match="must name a permission"):
        page("<operator>/x/", name="confused", permission="x.read")


def test_a_menu_cannot_hold_a_page_that_takes_parameters(monkeypatch):
    monkeypatch.setattr(ROUTES, "_things", {})
    with pytest.raises(ValueError, match="no menu can link to it"):
        page("<operator>/x/<uuid:id>/", name="deep", menu=Menu("Deep", 1))(view)


def test_two_pages_of_one_name_are_refused(monkeypatch):
    monkeypatch.setattr(ROUTES, "_things", {})
    page("<operator>/a/", name="same")(view)
    with pytest.raises(ValueError, match="registered twice"):
        page("<operator>/b/", name="same")(lambda request: None)


ANONYMOUS, SUBJECT, READER, KEEPER = "", "subject", "reader", "keeper"


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/en/north/", ANONYMOUS, 200),
        ("/ru/north/", ANONYMOUS, 200),
        ("/en/north/", SUBJECT, 200),
        ("/en/north/my/", ANONYMOUS, 302),
        ("/en/north/my/", SUBJECT, 200),
        ("/en/south/my/", SUBJECT, 302),
        ("/en/north/my/", READER, 302),
        ("/en/desk/north/", ANONYMOUS, 403),
        ("/en/desk/north/", SUBJECT, 403),
        ("/en/desk/north/", READER, 200),
        ("/en/desk/north/keys/", READER, 403),
        ("/en/desk/north/keys/", KEEPER, 200),
        ("/en/west/", ANONYMOUS, 404),
        ("/en/desk/", ANONYMOUS, 404),
        ("/de/north/", ANONYMOUS, 404),
        ("/en/North/", ANONYMOUS, 404),
    ],
)
def test_each_page_opens_to_its_audience_only(site, path, who, status):
    if who == SUBJECT:
        site.cookies["subject-north"] = "session-1"
    elif who:
        site.cookies["staff"] = who
    assert site.get(path).status_code == status


def test_a_person_is_led_to_the_sign_in_and_back(site):
    answer = site.get("/ru/north/my/")
    assert answer.headers["Location"] == "/ru/north/sign-in/?next=/ru/north/my/"
    assert site.get(answer.headers["Location"]).content == b"/ru/north/my/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_the_way_back_never_leaves_this_host(site, elsewhere):
    assert site.get("/en/north/sign-in/", {"next": elsewhere}).content == b""


def test_a_page_answers_only_the_methods_it_names(site):
    assert site.head("/en/north/").status_code == 200
    for method in (site.post, site.put, site.delete, site.patch, site.options):
        answer = method("/en/north/")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD"
    assert site.generic("BREW", "/en/north/").status_code == 405


def test_personal_pages_are_never_stored_and_public_pages_set_no_cookie(site):
    site.cookies["subject-north"] = "session-1"
    assert site.get("/en/north/my/").headers["Cache-Control"] == "no-store"
    for path in ("/en/north/", "/en/north/form/", "/en/nothing/"):
        assert not site.get(path).cookies
    assert "Set-Cookie" not in site.get("/en/north/form/").headers


def test_the_switch_of_languages_keeps_page_and_query(site):
    page = site.get("/en/north/form/?a=1&b=2").content.decode()
    assert 'href="/ru/north/form/?a=1&amp;b=2"' in page
    assert '<html lang="en">' in page


def test_the_menu_underlines_the_page_or_the_page_it_stands_under(site):
    for path in ("/en/north/", "/en/north/form/"):
        assert (
            '<a href="/en/north/" aria-current="page">Home</a>' in site.get(path).content.decode()
        )


def test_the_menu_of_the_desk_shows_only_what_the_role_opens(site):
    site.cookies["staff"] = "reader"
    assert ">Keys<" not in site.get("/en/desk/north/").content.decode()
    site.cookies["staff"] = "keeper"
    assert ">Keys<" in site.get("/en/desk/north/").content.decode()


def test_the_open_drawer_shows_what_lies_in_it_if_that_is_more_than_one_page(site):
    site.cookies["staff"] = "keeper"
    shown = site.get("/en/desk/north/").content.decode()
    assert 'aria-current="true">Desk<' in shown
    assert shown.index('class="within" aria-label="Desk"') < shown.index(">Keys<")
    site.cookies["staff"] = "reader"
    shown = site.get("/en/desk/north/").content.decode()
    assert 'aria-current="page">Desk<' in shown
    assert 'class="within"' not in shown


def test_what_an_operator_is_called_cannot_become_markup(site):
    assert "North &amp; Sons" in site.get("/en/north/").content.decode()
