"""Passkeys in Chromium with its virtual authenticator: added, used, and of no use elsewhere."""

from __future__ import annotations

import json

import pytest
from tests.identity.staff import HERE, MINIMAL, PASSWORD, hire, publish

from tutela import app
from tutela.identity.staff import factors

app.wire()
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = f"/en/desk/{HERE}/"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def place(live_server):
    operator = publish(MINIMAL)
    return hire(operator, "nadia", "officer"), live_server.url


@pytest.fixture
def device(chromium):
    """A browser with a device; whatever the page complains about fails the test."""
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.device = (cdp, made["authenticatorId"])
    yield page
    context.close()
    assert not [each for each in said if "Failed to load resource" not in each]


def by_password(page, url: str) -> None:
    page.goto(f"{url}/en/desk/sign-in/")
    page.fill("#username", "nadia")
    page.fill("#password", PASSWORD)
    page.click("main form button.main")
    page.wait_for_url(f"{url}{DESK}")


def press(page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def add(page, url: str) -> None:
    page.goto(f"{url}/en/desk/account/passkey/")
    page.fill("#name", "My phone")
    press(page, "form[data-passkey] button")
    assert page.locator("main code").count() == 10, "recovery codes come with the first factor"


def test_a_passkey_lets_in_without_a_password(place, device):
    user, url = place
    by_password(device, url)
    add(device, url)
    assert factors.kinds(user.pk) == {factors.PASSKEY, factors.RECOVERY}
    device.goto(f"{url}{DESK}")
    press(device, "header form button")
    press(device, "main form[action$='/passkey/'] button")
    press(device, "form[data-passkey] button")
    assert device.url == f"{url}{DESK}"


def test_a_stolen_answer_of_a_passkey_is_refused_the_second_time_and_in_another_browser(
    place, device, chromium
):
    _user, url = place
    by_password(device, url)
    add(device, url)
    device.goto(f"{url}{DESK}")
    press(device, "header form button")
    press(device, "main form[action$='/passkey/'] button")
    stolen: list[str] = []
    device.on("request", lambda each: stolen.append(each.post_data or ""))
    press(device, "form[data-passkey] button")
    (answer,) = [each for each in stolen if "credential=%7B" in each]
    thief = chromium.new_context()
    for context in (device.context, thief):
        page = context.new_page()
        if context is device.context:
            context.clear_cookies()
        page.goto(f"{url}/en/desk/sign-in/")
        press(page, "main form[action$='/passkey/'] button")
        page.evaluate(
            """sent => { const form = document.querySelector("form[data-passkey]");
            form.elements.credential.value = new URLSearchParams(sent).get("credential");
            form.submit(); }""",
            answer,
        )
        page.wait_for_load_state()
        page.wait_for_selector(".notice.problem")
        page.goto(f"{url}{DESK}")
        assert "/sign-in/" in page.url
    thief.close()


def test_a_passkey_proves_again_who_is_there(place, device):
    from django.utils import timezone  # noqa: PLC0415

    from tutela.identity.staff.models import StaffSession  # noqa: PLC0415

    _user, url = place
    by_password(device, url)
    add(device, url)
    StaffSession.objects.update(confirmed_at=timezone.now() - timezone.timedelta(hours=1))
    device.goto(f"{url}{DESK}staff/")
    assert "/account/confirm/" in device.url
    press(device, "main form[action$='/passkey/'] button")
    press(device, "form[data-passkey] button")
    assert device.url == f"{url}{DESK}staff/"


def test_a_device_whose_counter_runs_backwards_is_refused(place, device):
    from allauth.mfa.models import Authenticator  # noqa: PLC0415

    user, url = place
    by_password(device, url)
    add(device, url)
    row = Authenticator.objects.get(user_id=user.pk, type=factors.PASSKEY)
    row.data["counter"] = 10**6
    row.save()
    device.goto(f"{url}{DESK}")
    press(device, "header form button")
    press(device, "main form[action$='/passkey/'] button")
    press(device, "form[data-passkey] button")
    assert device.locator(".notice.problem").is_visible()
    assert json.dumps(row.data["name"]) == '"My phone"'
