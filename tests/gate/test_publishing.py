"""Where the policy asks for it, a version is published only when somebody has agreed to it."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.gate.office import bakery, staff

from tutela import app
from tutela.db.scope import operator_scope
from tutela.gate import approvals
from tutela.gate.errors import NeedsSecondPerson
from tutela.policy import actions as policies


@pytest.fixture
def shop(db: None, at) -> UUID:
    app.wire()
    policies.publish(bakery("four_eyes"))
    return policies.operator_id("lark-bakery")


def test_the_next_version_waits_for_a_second_person_and_is_published_once_agreed(shop: UUID):
    following, other = bakery("four_eyes", "decisions", number=2), bakery(number=2)
    for _attempt in range(2):
        with pytest.raises(NeedsSecondPerson) as waits:
            policies.publish(following)
        with operator_scope(shop):
            waits.value.afterwards()
    assert policies.in_force(shop).number == 1
    with operator_scope(shop):
        ann = staff(shop, ann="officer")["ann"]
        (proposed,) = approvals.listing(shop)  # trying again proposes nothing twice
        assert (proposed.act, proposed.target) == ("publish-policy", following.digest)
        approvals.agree(shop, proposed.id, by=ann)
    with pytest.raises(NeedsSecondPerson):  # agreed to for these contents only
        policies.publish(other)
    assert policies.publish(following) == 2
    assert policies.publish(following) == 2  # the same again is no new version
    with operator_scope(shop):
        assert approvals.state_of(approvals.get(shop, proposed.id), proposed.since) == "archived"


def test_the_first_version_and_a_policy_that_does_not_ask_wait_for_nobody(db: None, at):
    app.wire()
    assert policies.publish(bakery()) == 1
    assert policies.publish(bakery("four_eyes", number=2)) == 2
    with pytest.raises(NeedsSecondPerson):
        policies.publish(bakery(number=3))
