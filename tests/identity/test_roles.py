from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.identity import actions
from tutela.identity.errors import UnknownRole, UnknownSubject


@dataclass
class User:
    pk: int
    is_active: bool = True


def test_roles_are_given_and_taken_back(operator: UUID) -> None:
    assert actions.grant_role(operator, 7, "officer")
    assert not actions.grant_role(operator, 7, "officer")
    assert actions.grant_role(operator, 7, "auditor")
    assert actions.staff_roles(User(7), operator) == {"officer", "auditor"}
    assert actions.revoke_role(operator, 7, "officer")
    assert not actions.revoke_role(operator, 7, "officer")
    assert actions.staff_roles(User(7), operator) == {"auditor"}


def test_a_user_who_is_switched_off_has_no_role(operator: UUID) -> None:
    actions.grant_role(operator, 7, "officer")
    assert actions.staff_roles(User(7, is_active=False), operator) == frozenset()


def test_a_role_at_one_operator_is_none_at_another(operator: UUID) -> None:
    actions.grant_role(operator, 7, "officer")
    other = new_id()
    with operator_scope(other):
        assert actions.staff_roles(User(7), other) == frozenset()


def test_a_role_outside_the_closed_list_is_refused_with_the_list(operator: UUID) -> None:
    with pytest.raises(UnknownRole, match="officer, clerk, auditor"):
        actions.grant_role(operator, 7, "king")


def test_people_are_listed_in_the_order_they_became_known(operator: UUID) -> None:
    people = [actions.new_subject(operator, "en", "user") for _ in range(3)]
    subscriber = actions.new_subject(operator, "ru", "subscriber")
    actions.mark_destroyed(operator, people[0])
    assert [each.id for each in actions.subjects(operator, category="user")] == people
    assert [each.id for each in actions.subjects(operator, after=people[1], limit=1)] == people[2:]
    assert [each.id for each in actions.subjects(operator, destroyed=True)] == people[:1]
    assert subscriber in {each.id for each in actions.subjects(operator, destroyed=False)}


def test_nobody_is_found_by_an_unknown_identifier(operator: UUID) -> None:
    with pytest.raises(UnknownSubject):
        actions.subject(operator, new_id())
