"""The example sites run as they are, each in a process of its own, on a server that listens."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tutela import app
from tutela.db.scope import operator_scope
from tutela.demo import sites
from tutela.policy import actions as policies
from tutela.requests.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
FORMS = {
    "amigo": ("ad", {"full-name": "Maria Sample", "ad-text": "A bicycle"}),
    "familami": ("account", {"full-name": "Maria Sample", "birth-date": "1988-02-29"}),
    "uslugi": ("request", {"name": "Анна", "request-text": "Починить кран"}),
    "amorealtor": ("install", {"full-name": "Maria Sample", "amocrm-account": "sample"}),
    "prohomeexchange": ("order", {"full-name": "Maria Sample", "phone": "+13055550142"}),
}
"""A page with a form on each site, and what somebody types there beside an address."""


def test_every_sample_operator_has_a_site_of_its_own():
    found = {each.stem for each in sites.folder().glob("*.py")} - {"kit"}
    assert found == {each.name for each in policies.samples().iterdir() if each.is_dir()}


@pytest.fixture(params=sorted(FORMS))
def site(request, live_server, settings) -> Iterator[tuple[str, str]]:
    """The operator and where its site is."""
    app.wire()
    settings.TUTELA_PUBLIC_URL = live_server.url
    settings.TUTELA_DEMO = True
    name = request.param
    policies.publish(policies.load_folder(policies.samples() / name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, str(sites.folder() / f"{name}.py")]
    running = subprocess.Popen([*program, "--port", str(port), "--tutela", live_server.url])
    try:
        yield name, f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


def page(url: str) -> str:
    for _try in range(200):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - our own server
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer.")


@pytest.mark.browser
def test_a_site_shows_its_pages_and_a_form_sent_from_one_is_taken_in_once(
    site, live_server, chromium
):
    name, url = site
    front = page(f"{url}/")
    language = re.search(r'<html lang="(\w+)"', front)[1]
    assert f"{live_server.url}/{language}/{name}/policy/" in front
    assert "<script" not in front
    for path in re.findall(r'<a href="(/\w+/(?:\w+/)?)"', front.partition("</header>")[0]):
        assert "<h1>" in page(url + path), path
    with pytest.raises(urllib.error.HTTPError):
        page(f"{url}/{language}/no-such-page/")
    where, typed = FORMS[name]
    context = chromium.new_context()
    visitor = context.new_page()
    visitor.goto(f"{url}/{language}/{where}/")
    place = visitor.locator("[data-tutela-place]")
    if place.count():
        asked = visitor.get_by_role("button", name=re.compile("Взять место"))
        context.grant_permissions([])
        asked.click()
        expect(visitor.get_by_role("status")).to_have_text(re.compile("Напишите вместо него адрес"))
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"latitude": 43.238949, "longitude": 76.889709})
        asked.click()
        expect(place).to_have_value("43.24, 76.89")
    for field, value in {"email": "maria@mail.example", **typed}.items():
        visitor.fill(f"form.tutela [name={field}]", value)
    for box in visitor.locator("form.tutela [type=checkbox]").all():
        box.check()
    visitor.dblclick("form.tutela button:not([name])")
    # The second sending takes the place of the first, and one page of the two is never finished.
    expect(visitor).to_have_url(re.compile("/receipt/"), timeout=30_000)
    visitor.get_by_role("link", name=re.compile("Back to the site|Вернуться на сайт")).click()
    assert visitor.url.startswith(f"{url}/")
    context.close()
    operator = policies.operator_id(name)
    with operator_scope(operator):
        assert Submission.objects.count() == 1
