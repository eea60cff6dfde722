"""Each act that a policy may take for consent gives one where it is taken, and shows as such."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from tests.policy.spoiling import Copy

from tutela import app
from tutela.consent import actions as consent
from tutela.consent import evidence
from tutela.core import clock
from tutela.core.vocabulary import SYSTEM
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.requests import actions

app.wire()
MINIMAL = Path(__file__).parents[1] / "data" / "policies" / "minimal"
ORDER = {"name": "Anna", "email": "anna@mail.example", "phone": "+1 305 555 0100"}
CONDUCT = '  - {control: consent.implied, clauses: ["2.4"], with: {acts: [page-visit]}}\n'


@pytest.fixture
def taking(db: None, tmp_path: Path) -> Iterator[Callable[[str], UUID]]:
    """``taking(mode)`` publishes a policy whose orders rest on a consent by this act alone."""

    def publish(mode: str) -> UUID:
        copy = Copy(Path(shutil.copytree(MINIMAL, tmp_path / "policy")))
        copy.change("\n  orders:\n", f"\n  orders:\n    consent: {{modes: [{mode}]}}\n")
        copy.change("controls:\n", f"controls:\n{CONDUCT}")
        policies.publish(policies.load_folder(copy.path))
        return policies.operator_id("lark-bakery")

    with clock.use(clock.ManualClock(datetime(2024, 6, 3, 9, tzinfo=UTC))):
        yield publish


@pytest.mark.parametrize("mode", ["tick", "form-sent", "per-upload", "by-guardian"])
def test_a_form_that_is_sent_gives_the_consent_by_the_act_that_the_policy_takes(
    taking: Callable[[str], UUID], mode: str
) -> None:
    operator = taking(mode)
    with operator_scope(operator):
        receipt = actions.submit(
            operator,
            "order",
            language="en",
            values=ORDER,
            accepted=["orders"],
            idempotency="once",
        )
        (event,) = consent.history(operator, receipt.subject)
        assert (event.mode, event.point, event.record) == (mode, "order", receipt.about)
        assert gate.standing(operator, receipt.subject).consents["orders"].live(clock.now())


@pytest.mark.parametrize("mode", [str(each) for each in consent.Mode])
def test_each_act_is_kept_as_what_it_was_and_stands_in_the_exported_record(
    taking: Callable[[str], UUID], mode: str
) -> None:
    operator = taking(mode)
    with operator_scope(operator):
        person = identity.new_subject(operator, "en", "customer")
        consent.give(
            operator, person, ["orders"], act="page-visit", point="", language="en", mode=mode
        )
        (event,) = consent.history(operator, person)
        assert event.mode == mode
        file = evidence.take(
            operator, person, "orders", actor=SYSTEM, reason="audit", form="record"
        )
    conduct = mode in {"use", "device", "implied"}
    assert ("dpv:ImpliedConsent" if conduct else "dpv:ExpressedConsent") in file.content


def test_conduct_that_the_policy_does_not_list_is_no_consent(
    taking: Callable[[str], UUID],
) -> None:
    operator = taking("use")
    with operator_scope(operator):
        person = identity.new_subject(operator, "en", "customer")
        with pytest.raises(consent.UnknownMode):
            consent.give(
                operator, person, ["orders"], act="scrolling", point="", language="en", mode="use"
            )
        assert consent.history(operator, person) == []
