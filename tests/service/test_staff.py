"""Accounts for the desk, made from the command line."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest
from django.contrib.auth import authenticate

from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity.errors import UnknownRole
from tutela.policy import actions as policies
from tutela.service import staff
from tutela.service.commands import add_staff, publish

pytestmark = pytest.mark.django_db
TINY = Path(__file__).parents[1] / "data" / "policies" / "minimal"


@pytest.fixture
def operator(capsys):
    publish(Namespace(path=TINY, at=None))
    capsys.readouterr()
    (row,) = policies.operators()
    return row


def roles(operator, name: str) -> frozenset[str]:
    user = staff.get_user_model().objects.get(username=name)
    with operator_scope(operator.id):
        return identity.staff_roles(user, operator.id)


def add(operator, name="anna", role="officer") -> None:
    add_staff(Namespace(name=name, operator=operator.slug, role=role, ask=False))


def test_a_new_account_signs_in_with_the_password_that_was_printed(operator, capsys):
    assert staff.anybody() is False
    add(operator)
    password = capsys.readouterr().out.rpartition(" ")[2].strip()
    assert authenticate(username="anna", password=password) is not None
    assert roles(operator, "anna") == {"officer"}
    assert staff.anybody() is True


def test_an_account_that_exists_keeps_its_password_and_gains_the_role(operator, capsys):
    add(operator)
    password = capsys.readouterr().out.rpartition(" ")[2].strip()
    add(operator, role="auditor")
    assert "password stays" in capsys.readouterr().out
    assert authenticate(username="anna", password=password) is not None
    assert roles(operator, "anna") == {"officer", "auditor"}


def test_an_unknown_operator_is_answered_with_those_there_are(operator):
    with pytest.raises(staff.NoSuchOperator, match=operator.slug):
        staff.give_account("anna", "nowhere", "officer", "a long password")
    assert staff.anybody() is False


def test_an_unknown_role_makes_no_account(operator):
    with pytest.raises(UnknownRole):
        staff.give_account("anna", operator.slug, "emperor", "a long password")
    assert staff.anybody() is False
