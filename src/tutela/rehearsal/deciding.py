"""Decisions that a machine makes alone, in a scenario, and a person who looks at them."""

from __future__ import annotations

from typing import Any

from tutela.core.vocabulary import SYSTEM
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import NEWCOMER, OFFICER, CannotRehearse, Result, World
from tutela.requests import cases, machine_decisions
from tutela.requests.errors import Refused


@verb("acknowledge")
def acknowledge(world: World, _said: dict[str, Any]) -> str:
    """The newcomer among the staff states that they know the policy in force; only then may they
    look at data where the policy says so. The other staff of a scenario have done it."""
    world.acknowledge(NEWCOMER)
    world.result = Result("accepted")
    return "a new officer acknowledged the policy"


@verb("machine-decides", needs=("of", "purpose", "fields"), takes=("rule", "outcome", "legal"))
def machine_decides(world: World, said: dict[str, Any]) -> str:
    """A machine alone decides about a person (``of``) for a ``purpose`` from ``fields``, by a
    ``rule``, with an ``outcome``; ``legal`` true says that the decision has legal effect."""
    made = machine_decisions.Made(
        purpose=str(said["purpose"]),
        fields=[str(each) for each in said["fields"]],
        rule=str(said.get("rule") or "rule-1"),
        outcome=str(said.get("outcome") or "declined"),
        legal=bool(said.get("legal")),
    )
    with world.scope():
        try:
            machine_decisions.register(
                world.operator_id, world.subject(said["of"]), made, by=SYSTEM
            )
        except Refused as refused:
            world.result = Result("refused", message=str(refused))
            return f"the machine may not decide: {refused}"
    world.result = Result("accepted")
    return f"a machine decided about {said['of']}: {made.outcome}"


@verb("look-again", needs=("of",), takes=("found", "kind"), short="of")
def look_again(world: World, said: dict[str, Any]) -> str:
    """The officer looks at the latest decision of a machine about a person (``of``) and has
    ``found`` that it is upheld (the default), changed or cancelled; ``kind`` names the kind of
    the request on which it is looked at again."""
    subject = world.subject(said["of"])
    with world.scope():
        made = machine_decisions.about(world.operator_id, subject)
        if not made:
            raise CannotRehearse(f"No machine has decided about “{said['of']}”.")
        asked = None
        if kind := str(said.get("kind") or ""):
            asked = cases.listing(world.operator_id, kind=kind, subject=subject).last()
        machine_decisions.review(
            world.operator_id,
            made[-1].id,
            str(said.get("found") or machine_decisions.Result.UPHELD),
            by=OFFICER,
            case=asked.id if asked else None,
        )
    world.result = Result("accepted")
    return f"a person looked at what a machine decided about {said['of']}"


@expectation("machine-decision", needs=("of",), takes=("effect", "found", "count"), short="of")
def a_machine_decision(world: World, said: dict[str, Any]) -> Answer:
    """The register has a decision of a machine about a person (``of``): it takes ``effect`` or
    not, a person has ``found`` something (upheld, changed, cancelled); ``count`` of them."""
    rows = machine_decisions.about(world.operator_id, world.subject(said["of"]))
    found = [
        each
        for each in rows
        if ("effect" not in said or each.takes_effect is bool(said["effect"]))
        and ("found" not in said or each.result == str(said["found"]))
    ]
    wanted = said.get("count")
    holds = bool(found) if wanted is None else len(found) == int(wanted)
    shown = ", ".join(
        f"{each.rule}: {each.outcome}, {each.result or 'not looked at'}" for each in rows
    )
    return Answer(
        holds, ", ".join(f"{name} {value}" for name, value in said.items()), shown or "none"
    )
