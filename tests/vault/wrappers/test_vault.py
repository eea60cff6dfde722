"""The whole vault on each key service: stored, found, changed, destroyed, and moved to it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from tests.vault.conftest import ANN, Allow
from tests.vault.test_rotation import all_is_there, carry_out, mail
from tests.vault.wrappers.conftest import Service

from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action
from tutela.db.scope import operator_scope
from tutela.vault import actions as vault
from tutela.vault import keyfiles, rotation
from tutela.vault.models import Key, OperatorKey, Rotation
from tutela.vault.rotation import Kind
from tutela.vault.wrappers import choice

pytestmark = pytest.mark.django_db(transaction=True)


def test_people_are_kept_read_moved_and_destroyed_on_every_service(
    service: Service, settings, operator: UUID, sealed: Callable[..., None], allow: Allow
) -> None:
    settings.TUTELA_KEY_SERVICE = "file"
    people = [new_id() for _ in range(3)]
    for number, subject in enumerate(people):
        with operator_scope(operator):
            sealed({**ANN, "email": mail(number)}, into=new_id(), subject=subject)
    settings.TUTELA_KEY_SERVICE = f"file, lark-bakery={service.kind}"
    for kind in (Kind.OPERATOR, Kind.DATA, Kind.OPERATOR):
        carry_out(operator, kind, destroy_old=True)
        assert rotation.end_keys(operator) == (kind is Kind.OPERATOR)
        all_is_there(operator, people, allow)
    with operator_scope(operator):
        (name,) = set(Key.objects.values_list("wrapper", flat=True))
        assert name.startswith(f"{service.kind}:")
        assert OperatorKey.objects.filter(use="wrapping").count() == 3
    for subject in people:
        with operator_scope(operator):
            assert vault.destroy(allow(Action.DESTRUCTION, subject=subject)).keys == 1


def test_a_rotation_that_the_service_interrupts_goes_on_when_it_is_back(
    service: Service, operator: UUID, sealed: Callable[..., None], allow: Allow
) -> None:
    people = [new_id() for _ in range(3)]
    for number, subject in enumerate(people):
        with operator_scope(operator):
            sealed({**ANN, "email": mail(number)}, into=new_id(), subject=subject)
    begun = rotation.begin(operator, Kind.OPERATOR)
    rotation.step(operator, begun, page=1)
    with service.away():
        keyfiles.forget()
        choice.wrapper.cache_clear()
        with pytest.raises(TutelaError, match="Nothing is"):
            rotation.step(operator, begun, page=1)
        with operator_scope(operator), pytest.raises(TutelaError, match="Nothing is"):
            vault.read(allow(Action.EXTRACTION, subject=people[0]))
    choice.wrapper.cache_clear()
    assert carry_out(operator, Kind.OPERATOR) == begun
    all_is_there(operator, people, allow)
    with operator_scope(operator):
        assert Rotation.objects.get().done == len(people)


@pytest.mark.parametrize("text", ["vault", "file, lark-bakery=", "lark-bakery=nowhere"])
def test_a_service_that_does_not_exist_is_named_with_those_that_do(
    settings, operator: UUID, text: str
) -> None:
    settings.TUTELA_KEY_SERVICE = text
    with operator_scope(operator), pytest.raises(TutelaError, match="transit"):
        choice.chosen_for(operator)
