"""A form on the operator's own site: sent from there, with the words in force, taken in here."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client
from tests.requests.conftest import House, public, words

from tutela.consent import actions as consent
from tutela.db.scope import operator_scope
from tutela.inventory import actions as inventory
from tutela.journal import actions as journal
from tutela.requests.models import Submission

SEND = public("embed/order/send/")


def site_of(house: House) -> str:
    return f"https://{house.policy.operator.sites[0].host}"


def fields(html: str) -> dict[str, str]:
    """What a browser would send of the form as it stands, everything ticked."""
    found = re.findall(r'<input[^>]*name="([^"]+)"(?:[^>]*value="([^"]*)")?', html)
    return {name: value for name, value in found if name.startswith("consent-") or name == "notice"}


@pytest.fixture
def html(house: House, stranger: Client) -> str:
    return stranger.get(public("embed/order/form/")).content.decode()


def typed(html: str, **more: str) -> dict[str, str]:
    return {
        "full-name": "Maria Sample",
        "email": "maria@mail.example",
        "phone": "+13055550142",
        **fields(html),
        **more,
    }


def test_the_form_as_html_is_taken_in_from_a_site_of_the_policy(house, stranger, html):
    assert f'action="http://127.0.0.1:8600{SEND}"' in html
    answer = stranger.post(SEND, typed(html), headers={"origin": site_of(house)})
    assert answer.status_code == 302
    assert "/receipt/" in answer.url
    with operator_scope(house.id):
        row = Submission.objects.get()
        assert set(consent.live(house.id, row.subject_id)) == {"orders", "newsletter"}


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://127.0.0.1:9", "http://[", "http://a:b", "файл"]
)
def test_a_site_that_the_policy_does_not_name_sends_nothing(house, stranger, html, origin):
    answer = stranger.post(SEND, typed(html), headers={"origin": origin})
    if origin == "http://127.0.0.1:9":
        assert answer.status_code == 302, "our own address"
        return
    assert answer.status_code == 403
    with operator_scope(house.id):
        assert not Submission.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"origin": "null"}])
def test_a_form_of_a_site_that_hides_itself_is_shown_once_more_with_all_but_the_ticks(
    house, stranger, html, headers
):
    answer = stranger.post(SEND, typed(html), headers=headers)
    assert (answer.status_code, "nothing has been taken yet" in words(answer)) == (409, True)
    assert 'value="Maria Sample"' in answer.content.decode()
    assert "checked" not in answer.content.decode()
    with operator_scope(house.id):
        assert not Submission.objects.exists()


def test_ticks_beside_other_words_give_no_consent_and_nothing_is_lost(house, stranger, html):
    old = typed(html) | {"consent-orders": "0" * 64}
    answer = stranger.post(SEND, old, headers={"origin": site_of(house)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="Maria Sample"' in page
    assert "Without this consent" in words(answer)
    token = re.search(r'name="form-token" value="([^"]+)"', page.partition("<main")[2])
    again = stranger.post(
        public("forms/order/"),
        {**typed(html), "consent-orders": "on", "form-token": token[1]},
    )
    assert (again.status_code, "/receipt/" in again.url) == (302, True)


def test_the_same_form_sent_twice_is_taken_once(house, stranger, html):
    sent = typed(html, once="0a6c1c9e-5a52-4b6b-9f0e-0d6f3f7f4a11")
    urls = {stranger.post(SEND, sent, headers={"origin": site_of(house)}).url for _time in range(2)}
    assert len(urls) == 1
    changed = stranger.post(
        SEND, sent | {"phone": "+13055550143"}, headers={"origin": site_of(house)}
    )
    assert changed.url not in urls, "somebody went back and mended it"
    with operator_scope(house.id):
        assert Submission.objects.count() == 2


def test_declining_on_the_site_keeps_nothing_but_the_refusal(house, stranger):
    answer = stranger.post(SEND, {"decline": "1"}, headers={"origin": site_of(house)})
    assert answer.url.partition("?")[0] == public("forms/order/declined/")
    assert f'href="{site_of(house)}/"' in stranger.get(answer.url).content.decode()


def test_every_page_after_a_form_leads_back_to_the_site_it_was_sent_from(house, stranger, html):
    here = f"https://www.{house.policy.operator.sites[0].host}"
    wrong = stranger.post(SEND, typed(html, email="no"), headers={"origin": here})
    assert f'href="{here}/"' in wrong.content.decode()
    mend = re.search(r'action="([^"]*forms/order[^"]*)"', wrong.content.decode())[1]
    token = re.search(
        r'name="form-token" value="([^"]+)"', wrong.content.decode().partition("<main")[2]
    )
    sent = stranger.post(mend, {**typed(html), "consent-orders": "on", "form-token": token[1]})
    assert sent.status_code == 302
    assert f'href="{here}/"' in stranger.get(sent.url).content.decode()
    path = sent.url.partition("?")[0]
    for elsewhere in (
        "https://elsewhere.example",
        "javascript:alert(1)",
        "http://[",
        "https://",
        "%00",
    ):
        answer = stranger.get(path, {"site": elsewhere})
        assert answer.status_code in {200, 400}
        assert "Back to the site" not in words(answer), elsewhere


def test_texts_that_are_not_taken_are_counted_at_their_form_and_nothing_of_them_is_kept(
    house, stranger, html
):
    card = "4111 1111 1111 1111"
    sent = typed(html, message=f"Take it from {card}")
    assert stranger.post(SEND, sent, headers={"origin": site_of(house)}).status_code == 422
    path = public("forms/order/")
    token = re.search(r'name="form-token" value="([^"]+)"', stranger.get(path).content.decode())
    assert stranger.post(path, {**sent, "form-token": token[1]}).status_code == 422
    with operator_scope(house.id):
        assert inventory.counted(house.id)["turned-away"] == {"order": 2}
        assert not Submission.objects.exists()
        assert card not in str(journal.entries(house.id, limit=100))


def test_the_script_puts_the_same_form_where_it_stands(house, stranger, html):
    answer = stranger.get(public("embed/order/script/"))
    script = answer.content.decode()
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "</script" not in script
    told = json.loads(re.search(r'"afterend", (".*")\);', script)[1])
    assert told == html


def test_the_links_lead_to_pages_that_open(house, stranger):
    told = json.loads(stranger.get(public("embed/links/")).content)["links"]
    assert {"policy", "proof", "my-data", "form:order"} <= {each["name"] for each in told}
    for each in told:
        path = each["address"].removeprefix("http://127.0.0.1:8600")
        assert stranger.get(path).status_code in {200, 302}, path


class Shop(BaseHTTPRequestHandler):
    """A page of the operator's, on a server and an origin of its own."""

    page = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_script_works_in_a_browser_on_another_origin(house, live_server, chromium, settings):
    settings.TUTELA_PUBLIC_URL = live_server.url
    settings.TUTELA_DEMO = True  # only there may a site lie on this machine
    source = f"{live_server.url}{public('embed/order/script/')}"
    Shop.page = f'<!doctype html><title>Shop</title><body><script src="{source}"></script>'
    shop = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{shop.server_port}/")
    page.fill("[name=full-name]", "Maria Sample")
    page.fill("[name=email]", "maria@mail.example")
    page.fill("[name=phone]", "+13055550142")
    page.check("[name=consent-orders]")
    page.click("button:not([name])")
    page.wait_for_url("**/receipt/**")
    context.close()
    shop.shutdown()
    shop.server_close()
