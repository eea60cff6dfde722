"""Versions are published in order, kept whole, and served by their moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from tests.policy.spoiling import Copy

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.journal import actions as journal
from tutela.policy import actions, compiling
from tutela.policy.errors import NoPolicyInForce, NumberTaken, UnknownVersion
from tutela.policy.models import Version

pytestmark = pytest.mark.django_db

MakeCopy = Callable[[str], Copy]


def at(day: int, hour: int = 12, month: int = 6) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=UTC)


def second_version(make: MakeCopy, effective: str = "at-posting") -> Path:
    copy = make(f"second-{effective}").change(
        "number: 1, dated: 2024-03-01, effective: at-posting",
        f"number: 2, dated: 2024-07-01, effective: {effective}",
    )
    return copy.change("term: 30 days", "term: 20 days").path


def test_an_operator_has_one_identifier_however_often_it_is_registered(minimal: Path) -> None:
    policy = actions.load_folder(minimal)
    assert (
        actions.register(policy) == actions.register(policy) == actions.operator_id("lark-bakery")
    )
    assert [(row.slug, row.brand) for row in actions.operators()] == [
        ("lark-bakery", "Lark Bakery")
    ]
    found = actions.operator_by_slug("lark-bakery")
    assert found is not None
    assert found.id == actions.operator_id("lark-bakery")
    assert actions.operator_by_slug("nobody") is None


def test_a_published_version_is_in_force_and_equal_to_what_was_loaded(minimal: Path) -> None:
    policy = actions.load_folder(minimal)
    assert actions.publish(policy) == 1
    operator = actions.operator_id("lark-bakery")
    with operator_scope(operator):
        served = actions.in_force(operator)
        assert served == policy
        assert served is actions.in_force(operator)
        assert actions.version(operator, 1) is served


def test_publishing_is_journalled_with_number_and_digest(minimal: Path) -> None:
    policy = actions.load_folder(minimal)
    actions.publish(policy)
    operator = actions.operator_id("lark-bakery")
    with operator_scope(operator):
        (row,) = journal.entries(operator, kinds=["policy.published"])
    assert row.data == {"number": 1, "digest": policy.digest}
    assert row.clause == "Header/p0"
    assert row.policy_version == 1
    assert journal.wording(row, "en") == "Version 1 of the policy was published"
    assert journal.wording(row, "ru") == "Опубликована версия 1 политики"


def test_the_same_content_published_again_is_no_new_version(minimal: Path) -> None:
    operator = actions.operator_id("lark-bakery")
    for _again in range(3):
        assert actions.publish(actions.load_folder(minimal)) == 1
    with operator_scope(operator):
        assert len(actions.versions(operator)) == 1
        assert journal.count(operator, kinds=["policy.published"]) == 1


def test_an_old_version_published_again_changes_nothing(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    operator = actions.operator_id("lark-bakery")
    actions.publish(actions.load_folder(minimal))
    actions.publish(actions.load_folder(second_version(copy_of_minimal)))
    assert actions.publish(actions.load_folder(minimal)) == 1
    assert actions.in_force(operator).number == 2


def test_another_content_under_a_number_already_used_is_refused(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    actions.publish(actions.load_folder(minimal))
    changed = copy_of_minimal("changed").change("term: 30 days", "term: 20 days").path
    with pytest.raises(NumberTaken, match="Raise “version"):
        actions.publish(actions.load_folder(changed))
    actions.publish(actions.load_folder(second_version(copy_of_minimal)))
    with pytest.raises(NumberTaken):
        actions.publish(actions.load_folder(changed))


def test_a_version_effective_at_posting_takes_force_at_that_moment(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    operator = actions.operator_id("lark-bakery")
    actions.publish(actions.load_folder(minimal), at(1))
    actions.publish(actions.load_folder(second_version(copy_of_minimal)), at(3))
    assert actions.in_force(operator, at(3, 11)).number == 1
    assert actions.in_force(operator, at(3, 12)).number == 2
    with pytest.raises(NoPolicyInForce):
        actions.in_force(operator, at(1, 11))


def test_a_version_with_a_day_of_its_own_waits_for_the_operators_midnight(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    operator = actions.operator_id("lark-bakery")
    actions.publish(actions.load_folder(minimal), at(1))
    actions.publish(actions.load_folder(second_version(copy_of_minimal, "2024-06-10")), at(3))
    assert actions.in_force(operator, at(10, 3)).number == 1
    assert actions.in_force(operator, at(10, 4)).number == 2
    newest, _oldest = actions.versions(operator)
    assert newest.effective_from == at(10, 4)


def test_a_day_that_has_passed_never_makes_a_version_older_than_its_posting(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    operator = actions.operator_id("lark-bakery")
    actions.publish(actions.load_folder(minimal), at(1))
    actions.publish(actions.load_folder(second_version(copy_of_minimal, "2024-05-10")), at(3))
    assert actions.in_force(operator, at(2)).number == 1
    assert actions.in_force(operator, at(3)).number == 2


def test_the_policy_in_force_is_read_by_the_installed_clock(minimal: Path) -> None:
    operator = actions.operator_id("lark-bakery")
    with clock.use(clock.ManualClock(at(5))):
        actions.publish(actions.load_folder(minimal))
        assert actions.in_force(operator).number == 1
    with clock.use(clock.ManualClock(at(4))), pytest.raises(NoPolicyInForce):
        actions.in_force(operator)


def test_a_running_system_needs_the_stored_sources_only(copy_of_minimal: MakeCopy) -> None:
    copy = copy_of_minimal("gone")
    policy = actions.load_folder(copy.path)
    actions.publish(policy)
    for file in copy.path.iterdir():
        file.unlink()
    actions._compiled.cache_clear()
    compiling._compiled.cache_clear()
    served = actions.in_force(actions.operator_id("lark-bakery"))
    assert served == policy
    assert served is not policy


def test_a_version_that_does_not_exist_is_told_so(minimal: Path) -> None:
    actions.publish(actions.load_folder(minimal))
    with pytest.raises(UnknownVersion):
        actions.version(actions.operator_id("lark-bakery"), 7)
    with pytest.raises(NoPolicyInForce):
        actions.in_force(uuid4())


def test_a_published_version_can_be_neither_changed_nor_removed(minimal: Path) -> None:
    actions.publish(actions.load_folder(minimal))
    operator = actions.operator_id("lark-bakery")
    for change in (
        lambda rows: rows.update(digest="0"),
        lambda rows: rows.delete(),
    ):
        with (
            pytest.raises(DatabaseError, match="evidence"),
            operator_scope(operator),
            transaction.atomic(),
        ):
            change(Version.objects.filter(operator_id=operator))


def test_versions_of_one_operator_are_not_seen_by_another(
    minimal: Path, copy_of_minimal: MakeCopy, as_app_role: Callable
) -> None:
    other = copy_of_minimal("other").change("slug: lark-bakery", "slug: owl-bakery").path
    actions.publish(actions.load_folder(minimal))
    actions.publish(actions.load_folder(other))
    lark, owl = actions.operator_id("lark-bakery"), actions.operator_id("owl-bakery")
    with as_app_role(), operator_scope(lark):
        assert actions.in_force(lark).operator.slug == "lark-bakery"
        assert [row.operator_id for row in Version.objects.all()] == [lark]
        assert not Version.objects.filter(operator_id=owl).exists()
    with as_app_role():
        assert not Version.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_policy_in_force_can_be_asked_outside_of_a_scope(minimal: Path) -> None:
    actions.publish(actions.load_folder(minimal))
    operator = actions.operator_id("lark-bakery")
    assert actions.in_force(operator).number == 1
    assert [row.number for row in actions.versions(operator)] == [1]


def test_a_new_brand_is_shown_once_its_version_is_published(
    minimal: Path, copy_of_minimal: MakeCopy
) -> None:
    actions.publish(actions.load_folder(minimal))
    path = second_version(copy_of_minimal)
    Copy(path).change("brand: Lark Bakery", "brand: Lark & Co")
    actions.publish(actions.load_folder(path))
    assert [row.brand for row in actions.operators()] == ["Lark & Co"]
