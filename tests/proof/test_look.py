"""How the proof looks: in both languages, wide and narrow, without script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from tests.proof.conftest import STARTED

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity

pytestmark = pytest.mark.browser

PUBLIC = ("lark-bakery/proof/", "lark-bakery/proof/?state=not-built", "lark-bakery/proof/3.2/")
STAFF = ("desk/lark-bakery/proof/", "desk/lark-bakery/proof/3.2/")


@pytest.fixture
def lived_in(bakery):
    for number in range(5):
        subject = bakery.order(number)
        if number < 2:
            bakery.withdraw(subject)
    bakery.decline()
    bakery.until(STARTED + timedelta(days=31))
    return bakery


def _officer(bakery, eyes):
    user = User.objects.create_user("officer", password="not used")
    with operator_scope(bakery.id):
        identity.grant_role(bakery.id, user.pk, "officer")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    eyes.sign_in(settings.SESSION_COOKIE_NAME, session.session_key)


def test_anybody_reads_the_proof_on_any_screen(lived_in, eyes):
    visitor = eyes()
    for path in PUBLIC:
        for language in ("en", "ru"):
            visitor.look(f"/{language}/{path}")


def test_staff_read_the_proof_on_any_screen(lived_in, eyes):
    officer = eyes()
    _officer(lived_in, officer)
    for path in STAFF:
        for language in ("en", "ru"):
            officer.look(f"/{language}/{path}")
