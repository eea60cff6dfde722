"""Requests in a scenario: asking, deciding, answering, telling recipients, taking a package."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.utils.translation import override

from tutela.core import clock
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.obligations.models import NOBODY
from tutela.policy.terms import Computation
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import OFFICER, CannotRehearse, Result, World
from tutela.requests import cases, moving, official, packaging, recalls, replies, sections
from tutela.requests.errors import Incomplete
from tutela.requests.intake import oneself
from tutela.requests.kinds import Asker
from tutela.requests.models import Case
from tutela.requests.official_wording import CHECKS

WRITTEN = "It is as we found it."
"""What the officer writes where only a person can write something."""


@verb(
    "request",
    needs=("kind",),
    takes=("of", "ground", "channel", "asker", "received", "court", "justified"),
    short="kind",
)
def request(world: World, said: dict[str, Any]) -> str:
    """A request of a ``kind`` comes in, about ``of`` (left out: nobody known): on a ``ground``,
    through a ``channel`` (default portal), by an ``asker`` (default subject), ``received`` at a
    moment (default now), ``court`` being the last day a court has set, ``justified`` true for a
    repeat with a reason."""
    asked = {name: str(said[name]) for name in ("asker", "ground") if said.get(name)}
    try:
        with world.scope():
            cases.open_case(
                world.operator_id,
                str(said["kind"]),
                str(said.get("channel") or "portal"),
                world.subject(said["of"]) if said.get("of") else None,
                received_at=world.moment(str(said["received"])) if said.get("received") else None,
                justified=bool(said.get("justified")),
                court_until=world.day(said["court"]) if said.get("court") else None,
                **asked,  # type: ignore[arg-type]
            )
    except cases.NotPossible as wrong:
        raise CannotRehearse(str(wrong)) from None
    world.result = Result("accepted")
    return f"a request came in: {said['kind']}"


def _case(world: World, said: dict[str, Any]) -> Case:
    """The latest request of the kind about the person."""
    subject = world.subject(said["of"]) if said.get("of") else NOBODY
    rows = cases.listing(world.operator_id, kind=str(said.get("kind") or ""), subject=subject)
    found = rows.order_by("-number").first()
    if found is None:
        raise CannotRehearse(f"There is no request “{said.get('kind', '')}” here.")
    return found


@verb("decide", needs=("kind",), takes=("of", "outcome", "refusal"), short="kind")
def decide(world: World, said: dict[str, Any]) -> str:
    """The officer decides the latest request of a ``kind`` about ``of``: ``outcome`` is granted
    (the default), partly or refused, and then ``refusal`` names the ground."""
    outcome = str(said.get("outcome") or "granted")
    with world.scope():
        row = _case(world, said)
        try:
            refusal = str(said.get("refusal") or "")
            moving.decide(world.operator_id, row.id, outcome, refusal=refusal, by=OFFICER)
        except cases.NotPossible as wrong:
            world.result = Result("refused", "not-possible", message=str(wrong))
            return f"the officer could not decide {row.kind}: {wrong}"
        recalls.begin(world.operator_id, row.id)
    world.result = Result("accepted")
    return f"the officer decided {row.kind}: {outcome}"


@verb("official", needs=("of", "signed"), takes=("ground", "checked", "asked", "granted", "untold"))
def official_paper(world: World, said: dict[str, Any]) -> str:
    """The officer records the formal check of the authority's latest request about ``of``: who
    ``signed`` it, its ``ground``, what of the form was ``checked`` (left out: everything holds),
    the fields ``asked``, the least ``granted``, and the law that leaves the person ``untold``."""
    paper = official.Paper(
        signed=str(said["signed"]),
        ground=str(said.get("ground") or ""),
        checked=tuple(said.get("checked", CHECKS)),
        asked=tuple(said.get("asked", ())),
        granted=tuple(said.get("granted", ())),
        untold_by=str(said.get("untold") or ""),
    )
    with world.scope():
        row = _case(world, {"of": said["of"], "kind": "authority"})
        try:
            official.record(world.operator_id, row.id, paper, by=OFFICER)
        except cases.NotPossible as wrong:
            world.result = Result("refused", "not-possible", message=str(wrong))
            return f"the officer could not record the check: {wrong}"
    world.result = Result("accepted")
    return "the officer checked the form of the official request"


@verb("unblock", needs=("of", "result"))
def unblock(world: World, said: dict[str, Any]) -> str:
    """The officer records the ``result`` of the check, which ends each block of everything about
    ``of``."""
    subject, result = world.subject(said["of"]), str(said["result"])
    with world.scope():
        blocks = gate.standing(world.operator_id, subject).blocks
        for each in blocks:
            if each.id is not None and each.whole and each.live(clock.now()):
                blocking.lift(world.operator_id, subject, each.id, result=result, actor=OFFICER)
    world.result = Result("accepted")
    return f"the officer recorded what the check of {said['of']}’s data found: {result}"


@verb("reply", needs=("kind",), takes=("of", "without"), short="kind")
def reply(world: World, said: dict[str, Any]) -> str:
    """The officer sends the drafted answer to the latest request of a ``kind`` about ``of``,
    ``without`` the section of that name; without ``of`` it leaves on paper."""
    without = str(said.get("without") or "")
    with world.scope():
        row = _case(world, said)
        try:
            if not said.get("of") or row.asker == Asker.AUTHORITY:
                told = [each for each in sections.must_have(row) if each != without]
                replies.answered_outside(world.operator_id, row.id, told, by=OFFICER)
            else:
                replies.send(world.operator_id, row.id, _text(row, without), by=OFFICER)
        except Incomplete as incomplete:
            fields = tuple(each.field for each in incomplete.problems)
            world.result = Result("incomplete", fields=fields)
            return f"the answer to {row.kind} was not sent: {', '.join(fields)}"
        except cases.NotPossible as wrong:
            world.result = Result("refused", "not-possible", message=str(wrong))
            return f"the answer to {row.kind} was not sent: {wrong}"
    world.result = Result("accepted")
    return f"the officer answered {row.kind}"


def _text(row: Case, without: str) -> dict[str, str]:
    with override(sections.language_of(row)):
        drafted = {each.slug: each.text or WRITTEN for each in sections.drafted(row)}
    return drafted | ({without: ""} if without else {})


@verb("tell-recipient", needs=("kind", "recipient"), takes=("of", "acknowledged"))
def tell_recipient(world: World, said: dict[str, Any]) -> str:
    """The officer tells a ``recipient`` about the latest request of a ``kind`` about ``of``;
    ``acknowledged`` true says that the recipient has confirmed too."""
    recipient = str(said["recipient"])
    with world.scope():
        row = _case(world, said)
        recalls.told(world.operator_id, row.id, recipient, by=OFFICER)
        if said.get("acknowledged"):
            recalls.acknowledged(world.operator_id, row.id, recipient, by=OFFICER)
    world.result = Result("accepted")
    return f"{recipient} was told"


@verb("take-package", needs=("by",), short="by")
def take_package(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) takes everything that is held about them, once."""
    person = world.person(said["by"])
    subject = world.subject(person.name)
    with world.scope():
        secret = packaging.make(world.operator_id, subject, by=oneself(subject))
        row = packaging.find(world.operator_id, secret, subject)
        content = packaging.take(row, person.language)
        with content, zipfile.ZipFile(io.BytesIO(content.read())) as made:
            names = made.namelist()
    world.result = Result("accepted")
    return f"{person.name} took {', '.join(names)}"


@expectation(
    "request",
    takes=("of", "kind", "state", "outcome", "due", "source", "channel", "count", "in-time"),
)
def a_request(world: World, said: dict[str, Any]) -> Answer:
    """A request stands in the register. Narrow it by ``of``, ``kind``, ``state`` and ``channel``;
    then ``outcome``, ``due`` (the last day in time), ``source`` (policy, law or target),
    ``in-time`` (true if it ended in time), ``count`` (0 for none)."""
    rows = Case.objects.filter(operator_id=world.operator_id)
    if said.get("of"):
        rows = rows.filter(subject_id=world.subject(said["of"]))
    for name in ("kind", "state", "channel", "outcome"):
        if said.get(name):
            rows = rows.filter(**{name: str(said[name])})
    if said.get("source"):
        rows = rows.filter(due_from=str(said["source"]))
    found = [each for each in rows.order_by("number") if _as_said(world, each, said)]
    every = Case.objects.filter(operator_id=world.operator_id).order_by("number")
    shown = ", ".join(_shown(each) for each in every) or "none"
    wanted = said.get("count")
    holds = bool(found) if wanted is None else len(found) == int(wanted)
    expected = ", ".join(f"{name} {value}" for name, value in said.items())
    return Answer(holds, expected or "a request", shown)


def _as_said(world: World, row: Case, said: dict[str, Any]) -> bool:
    if said.get("due") and _last_day(row) != world.day(said["due"]):
        return False
    if "in-time" in said:
        over = row.ended_at or clock.now()
        return (over < row.due_at) is bool(said["in-time"])
    return True


def _last_day(row: Case) -> Any:
    return Computation.from_json(row.computation).last_day


def _shown(row: Case) -> str:
    return f"{row.kind} {row.state} {row.outcome} due {_last_day(row)} ({row.due_from})"
