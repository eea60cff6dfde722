"""The examples run as they are: each site in a process of its own, on a server that listens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.api.conftest import ROOM

from tutela.consent import actions as consent
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity

EXAMPLES = ROOM / "examples"
RIGHTS = {
    "purposes": ["newsletter"],
    "actions": ["use"],
    "functions": ["consents.write", "gate.decide", "subjects.write"],
}
"""What examples/README.md says that they need, and no more."""
SITES = {
    "django_site": ("wsgi", "application"),
    "fastapi_site": ("asgi", "app"),
    "flask_site": ("wsgi", "app"),
}


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(params=sorted(SITES))
def site(request, live_server, shop, tmp_path):
    """The name of the example, and a browser at its address."""
    interface, application = SITES[request.param]
    port = _port()
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment |= {
        "TUTELA_URL": live_server.url,
        "TUTELA_KEY": shop.application(**RIGHTS).key,
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES), str(ROOM / "clients" / "python" / "src")]),
    }
    said = tmp_path / "said"
    program = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", interface, "--port", str(port), "--no-ws"),
        f"{request.param}:{application}",
    ]
    with said.open("wb") as log:
        process = subprocess.Popen(program, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=60, follow_redirects=True
        ) as browser:
            _wait(browser, process, said)
            yield request.param, browser
    finally:
        process.terminate()
        process.wait(20)


def _wait(browser: httpx.Client, process: subprocess.Popen, said: Path) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert process.poll() is None, said.read_text(encoding="utf-8")
        try:
            browser.get("/no-such-page")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(said.read_text(encoding="utf-8"))


@pytest.mark.django_db(transaction=True)
def test_a_site_takes_a_consent_asks_before_it_sends_and_takes_the_withdrawal(site, shop):
    name, browser = site
    if name == "flask_site":
        assert "advertising included" in browser.get("/").text
        sends = browser.post("/", data={"agree": "on"}).json()
        browser.post("/stop")
        after = browser.get("/sends").json()
    elif name == "fastapi_site":
        assert "advertising included" in browser.get("/").json()["text"]
        browser.post("/subscription")
        sends = browser.get("/subscription").json()
        browser.delete("/subscription")
        after = browser.get("/subscription").json()
    else:
        sends = browser.post("/subscription").json()
        assert "advertising included" in sends["text"]
        browser.delete("/subscription")
        after = browser.get("/subscription").json()
    assert (sends["sends"], after["sends"]) == (True, False)
    with operator_scope(shop.id):
        (person,) = identity.subjects(shop.id)
        kinds = [each.kind for each in consent.history(shop.id, person.id)]
    assert kinds == ["withdrawn", "given"]


@pytest.mark.parametrize("name", sorted(SITES))
def test_an_example_is_short(name):
    lines = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()
    body = [each for each in lines if each.strip() and not each.startswith(("import", "from"))]
    assert len(body) <= 27, len(body)
