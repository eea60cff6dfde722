"""The end of an operator and the sale of its business, in a scenario (room ``runs``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tutela.core.errors import TutelaError
from tutela.core.vocabulary import Actor
from tutela.journal import actions as journal
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import OFFICER, SECOND, CannotRehearse, Result, World
from tutela.runs import actions as runs
from tutela.runs import handing
from tutela.runs.actions import Proposal, RunRow
from tutela.vault.backups.sealing import Opener

_BUYERS = X25519PrivateKey.from_private_bytes(bytes(range(32)))
"""The buyer's key, whose public half the officer writes down; the private one opens the file."""


@verb("run", needs=("kind", "on"), takes=("buyer", "assumed", "destroys", "agreed"))
def run(world: World, said: dict[str, Any]) -> str:
    """The officer opens a run of a ``kind`` (liquidation, sale) that is carried out ``on`` a day,
    and the second officer agrees, unless ``agreed`` is false or names who tries to (officer,
    second). A sale has a ``buyer`` and the number of the paper by which it has ``assumed`` the
    policy; ``destroys`` false keeps the data here as well."""
    kind = str(said["kind"])
    what = f"a run was opened: {kind}"
    proposal = Proposal(
        kind=kind,
        reference="No. 1",
        carry_at=world.moment(str(said["on"])),
        buyer=str(said.get("buyer") or ""),
        key=_BUYERS.public_key().public_bytes_raw().hex() if said.get("buyer") else "",
        assumed=str(said.get("assumed") or ""),
        destroys=bool(said.get("destroys", True)),
    )
    with world.scope():
        try:
            made = runs.open_run(world.operator_id, proposal, by=OFFICER)
            if (agreed := said.get("agreed", True)) is not False:
                runs.decide(world.operator_id, made.id, by=_agreeing(agreed))
        except TutelaError as error:
            world.result = Result("refused", type(error).__name__, message=str(error))
            return f"{what}; refused: {error}"
    world.result = Result("accepted")
    return what


def _agreeing(who: Any) -> Actor:
    return OFFICER if who == "officer" else SECOND


@verb("call-off", needs=("kind",), short="kind")
def call_off(world: World, said: dict[str, Any]) -> str:
    """The officer calls the latest run of a ``kind`` off."""
    with world.scope():
        runs.cancel(world.operator_id, _latest(world, said).id, by=OFFICER)
    world.result = Result("accepted")
    return f"the run was called off: {said['kind']}"


def _latest(world: World, said: dict[str, Any]) -> RunRow:
    found = next((each for each in runs.runs(world.operator_id) if each.kind == said["kind"]), None)
    if found is None:
        raise CannotRehearse(f"No run “{said['kind']}” was opened.")
    return found


@expectation(
    "run", needs=("kind",), takes=("step", "clause", "people", "handed", "destroyed", "kept")
)
def a_run(world: World, said: dict[str, Any]) -> Answer:
    """The latest run of a ``kind`` carries out a ``clause`` and stands at a ``step`` (opened,
    telling, waiting, carrying, ended, cancelled): of how many ``people`` it was, how many were
    ``handed`` over, ``destroyed`` whole, ``kept`` in part. The act of one that has ended is
    verified."""
    with world.scope():
        row = _latest(world, said)
    genuine = row.envelope is None or journal.document_holds(world.operator_id, row.envelope)
    found = {
        "kind": row.kind,
        "step": row.step(world.clock.now()).value,
        "clause": row.clause,
        "people": row.people,
        "handed": row.handed,
        "destroyed": row.destroyed,
        "kept": row.kept,
    }
    holds = genuine and all(str(found[name]) == str(value) for name, value in said.items())
    shown = ", ".join(f"{name} {value}" for name, value in found.items())
    return Answer(holds, f"run {said}", shown if genuine else f"{shown}, its act does not verify")


@expectation(
    "handed-over", needs=("of",), takes=("fields", "without", "consents", "holds", "blocked")
)
def handed_over(world: World, said: dict[str, Any]) -> Answer:
    """What the buyer finds ``of`` a person in the file of the last sale, opened with its own key:
    exactly ``fields`` (none: the person is not in it), never ``without``; and with them the
    ``consents`` to these purposes, the ``holds`` on these grounds, and whether ``blocked``."""
    with world.scope():
        row = _latest(world, {"kind": "sale"})
    line = _line(row, str(world.subject(said["of"])))
    standing: Mapping[str, Any] = line.get("standing", {})
    found = {
        "fields": sorted(line.get("data", {})),
        "consents": sorted(standing.get("consents", {})),
        "holds": sorted(each["ground"] for each in standing.get("holds", [])),
    }
    wanted = {name: sorted(_several(said[name])) for name in found if name in said}
    holds = all(found[name] == value for name, value in wanted.items())
    holds &= set(found["fields"]).isdisjoint(_several(said.get("without")))
    holds &= "blocked" not in said or bool(standing.get("blocks")) is bool(said["blocked"])
    return Answer(holds, f"handed over {said}", f"{found}, blocked {bool(standing.get('blocks'))}")


def _line(row: RunRow, person: str) -> Mapping[str, Any]:
    place = handing.path_of(row.id)
    if not place.is_file():
        return {}
    everybody = handing.opened(place, Opener(private=_BUYERS))
    return next((each for each in everybody if each["person"] == person), {})


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)
