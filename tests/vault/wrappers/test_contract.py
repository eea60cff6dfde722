"""What every service that keeps an operator's key does alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from tests.vault.wrappers.conftest import Service

from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.vault.errors import KeyLost
from tutela.vault.sealing import KEY_SIZE, new_key
from tutela.vault.wrappers import choice


@pytest.fixture
def operator() -> UUID:
    return new_id()


SUBJECT = new_id()


def test_what_it_wrapped_opens_also_in_another_process(service: Service, operator: UUID) -> None:
    wrapper, key = service.wrapper(), new_key()
    name = wrapper.fresh(operator, ())
    assert name.startswith(f"{service.kind}:")
    wrapped = wrapper.wrap(operator, SUBJECT, name, key)
    assert key not in wrapped
    assert len(key) == KEY_SIZE
    assert wrapper.unwrap(operator, SUBJECT, name, wrapped) == key
    assert service.wrapper().unwrap(operator, SUBJECT, name, wrapped) == key
    assert choice.behind(name).unwrap(operator, SUBJECT, name, wrapped) == key


def test_the_same_key_wrapped_twice_looks_different(service: Service, operator: UUID) -> None:
    wrapper, key = service.wrapper(), new_key()
    name = wrapper.fresh(operator, ())
    assert wrapper.wrap(operator, SUBJECT, name, key) != wrapper.wrap(operator, SUBJECT, name, key)


def test_it_opens_for_no_other_operator_and_no_other_person(
    service: Service, operator: UUID
) -> None:
    wrapper = service.wrapper()
    name = wrapper.fresh(operator, ())
    wrapped = wrapper.wrap(operator, SUBJECT, name, new_key())
    other = new_id()
    others = wrapper.fresh(other, ())
    for who, whose, by in (
        (operator, new_id(), name),
        (other, SUBJECT, name),
        (other, SUBJECT, others),
    ):
        with pytest.raises(KeyLost):
            wrapper.unwrap(who, whose, by, wrapped)


def test_changed_or_cut_bytes_do_not_open(service: Service, operator: UUID) -> None:
    wrapper = service.wrapper()
    name = wrapper.fresh(operator, ())
    wrapped = wrapper.wrap(operator, SUBJECT, name, new_key())
    for broken in (wrapped[:-5], wrapped[:-9] + b"AAAAAAAAA", wrapped[:3], b""):
        with pytest.raises(KeyLost):
            wrapper.unwrap(operator, SUBJECT, name, broken)


def test_a_key_that_is_not_there_is_missed_and_not_replaced(
    service: Service, operator: UUID
) -> None:
    wrapper = service.wrapper()
    name = wrapper.fresh(operator, ())
    wrapped = wrapper.wrap(operator, SUBJECT, name, new_key())
    missing = {
        "file": "file:0123456789abcdef",
        "transit": "transit:transit/v9",
        "aws": f"aws:{new_id()}",
        "pkcs11": "pkcs11:00ff",
    }[service.kind]
    with pytest.raises(KeyLost, match=r"restore|bring|enable"):
        wrapper.wrap(operator, SUBJECT, missing, new_key())
    with pytest.raises(KeyLost):
        wrapper.unwrap(operator, SUBJECT, missing, wrapped)
    for odd in (f"{service.kind}:", f"{service.kind}:../../x", f"{service.kind}:zz"):
        with pytest.raises(KeyLost):
            wrapper.unwrap(operator, SUBJECT, odd, wrapped)
    assert wrapper.fresh(operator, ()) == name


def test_a_service_that_is_away_is_told_in_a_sentence_and_nothing_is_lost(
    service: Service, operator: UUID
) -> None:
    wrapper, key = service.wrapper(), new_key()
    name = wrapper.fresh(operator, ())
    wrapped = wrapper.wrap(operator, SUBJECT, name, key)
    with service.away():
        stranger = service.wrapper()
        for attempt in (
            lambda: stranger.fresh(operator, (name,)),
            lambda: stranger.wrap(operator, SUBJECT, name, key),
            lambda: stranger.unwrap(operator, SUBJECT, name, wrapped),
        ):
            with pytest.raises(TutelaError, match="Nothing is") as raised:
                attempt()
            assert raised.value.status == 503
    back = service.wrapper()
    assert back.fresh(operator, ()) == name
    assert back.unwrap(operator, SUBJECT, name, wrapped) == key


def test_the_next_key_wraps_and_the_one_before_goes_on_opening(
    service: Service, operator: UUID
) -> None:
    wrapper, key = service.wrapper(), new_key()
    first = wrapper.fresh(operator, ())
    assert wrapper.fresh(operator, ()) == first
    old = wrapper.wrap(operator, SUBJECT, first, key)
    second = wrapper.fresh(operator, (first,))
    assert second != first
    assert service.wrapper().fresh(operator, (first,)) == second, "to repeat makes no third key"
    new = wrapper.wrap(operator, SUBJECT, second, key)
    for each in (wrapper, service.wrapper()):
        assert each.unwrap(operator, SUBJECT, first, old) == key
        assert each.unwrap(operator, SUBJECT, second, new) == key
        with pytest.raises(KeyLost):
            each.unwrap(operator, SUBJECT, second, old)


def test_a_destroyed_key_opens_nothing_any_more_and_the_newest_does(
    service: Service, operator: UUID
) -> None:
    wrapper, key = service.wrapper(), new_key()
    first = wrapper.fresh(operator, ())
    old = wrapper.wrap(operator, SUBJECT, first, key)
    second = wrapper.fresh(operator, (first,))
    new = wrapper.wrap(operator, SUBJECT, second, key)
    for _ in range(2):
        wrapper.destroy(operator, first)
        if service.kind == "aws":  # moto goes on using a key that awaits its end; KMS does not
            state = wrapper._kms.describe_key(KeyId=first.removeprefix("aws:"))["KeyMetadata"]
            assert state["KeyState"] == "PendingDeletion"
            assert wrapper.unwrap(operator, SUBJECT, second, new) == key
            continue
        for each in (wrapper, service.wrapper()):
            with pytest.raises(KeyLost):
                each.unwrap(operator, SUBJECT, first, old)
            with pytest.raises(KeyLost):
                each.wrap(operator, SUBJECT, first, key)
            assert each.unwrap(operator, SUBJECT, second, new) == key


def test_many_threads_wrap_and_open_at_once(service: Service, operator: UUID) -> None:
    wrapper = service.wrapper()
    name = wrapper.fresh(operator, ())

    def once(_number: int) -> bool:
        subject, key = new_id(), new_key()
        wrapped = wrapper.wrap(operator, subject, name, key)
        return wrapper.unwrap(operator, subject, name, wrapped) == key

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(24)))
