"""What the tests of staff share: an operator, people who work there, and their browsers."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from uuid import UUID

from django.contrib.auth.models import User
from django.test import Client

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.staff import factors
from tutela.policy import actions as policies

MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
SAMPLE = Path(__file__).parents[2] / "operators" / "prohomeexchange"
HERE, THERE = "lark-bakery", "prohomeexchange"
PASSWORD = "seven violet lanterns"


def publish(folder: Path) -> UUID:
    policy = policies.load_folder(folder)
    policies.publish(policy)
    return policies.operator_id(policy.operator.slug)


def hire(operator: UUID, name: str, *roles: str, email: str = "") -> User:
    user = User.objects.filter(username=name).first()
    user = user or User.objects.create_user(name, email=email, password=PASSWORD)
    with operator_scope(operator):
        for role in roles:
            identity.grant_role(operator, user.pk, role)
    return user


def browser(user: User | None = None, **headers: str) -> Client:
    client = Client(raise_request_exception=False, **headers)
    if user is not None:
        client.force_login(user)
    return client


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/en/desk/sign-in/", {"username": name, "password": password}, **more)


def inside(client: Client, path: str = f"/en/desk/{HERE}/") -> bool:
    """Whether the browser is signed in."""
    return client.get(path).status_code == 200


def give_app(client: Client) -> str:
    """Add an app on the pages, and answer with its secret; ``code(secret)`` is what it shows."""
    page = client.get("/en/desk/account/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    answer = client.post("/en/desk/account/app/", {"code": code(secret)})
    assert answer.status_code == 200
    return secret


def code(secret: str, steps: int = 0) -> str:
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415

    now = list(auth.yield_hotp_counters_from_time())[1]
    return auth.format_hotp_value(auth.hotp_value(secret, now + steps))


def forget_used_steps(user: User) -> None:
    """As if half a minute had gone by since the last code."""
    from tutela.identity.staff.models import StaffCounter  # noqa: PLC0415

    StaffCounter.objects.filter(user_id=user.pk).update(step=0)


def recovery_codes(user: User) -> list[str]:
    return factors.new_recovery_codes(user)


def words(answer) -> str:
    return unescape(answer.content.decode())
