"""What a scenario can say about conversations, verification and payments."""

from __future__ import annotations

import io
import json
import struct
from typing import Any
from uuid import UUID

from tutela.conversations import actions as conversations
from tutela.conversations import reading, rules
from tutela.conversations.reading import Line, Viewer
from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.core.ids import new_id
from tutela.core.spool import Spool
from tutela.payments import actions as payments
from tutela.policy.model import Acquirer, CollectionPoint, Field
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import CLERK, OFFICER, SECOND, CannotRehearse, Result, World
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.intake import oneself
from tutela.requests.rules import consents_needed
from tutela.vault import actions as vault
from tutela.verification import actions as verification

_KEY = "rehearsal"
_STAFF = {
    "officer": OFFICER,
    "second": SECOND,
    "clerk": CLERK,
}


def _failed(world: World, error: TutelaError, what: str) -> str:
    refusal = error.refusal if isinstance(error, Refused) else None
    fields = tuple(each.field for each in getattr(error, "problems", ()))
    reason = refusal.reason if refusal else getattr(error, "reason", type(error).__name__)
    kind = "incomplete" if isinstance(error, Incomplete) else "refused"
    clause = refusal.clause if refusal else ""
    world.result = Result(kind, reason, clause, fields=fields, message=str(error))
    return f"{what}; not taken: {error}"


@verb("talk", needs=("by",), takes=("to", "text", "with", "consents"))
def talk(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) says ``text`` to another (``to``), or to the company, in the conversation
    that they have or in a new one; ``with`` lists photo and voice; ``consents`` is needed (the
    default of a new one) or none."""
    subject, other = world.subject(said["by"]), said.get("to")
    what = f"{said['by']} wrote to {other or 'the company'}"
    with world.scope():
        them = world.subject(str(other)) if other else None
        point = conversations.point_for(world.policy, rules.PEOPLE if them else rules.COMPANY)
        known = _conversation(world, subject, them)
        begins = known is None
        asked = (
            rules.to_begin(world.policy, point) if begins else rules.to_go_on(world.policy, point)
        )
        needed = consents_needed(world.policy, point)
        lacking = begins or conversations.lacks_consent(world.operator_id, subject, point)
        agreed = needed if lacking and said.get("consents") != "none" else ()
        brought: dict[str, Any] = {
            "message": new_id(),
            "language": world.person(said["by"]).language,
            "values": _said(world, said, asked),
            "accepted": agreed,
            "files": _files(world, asked, said.get("with") or ()),
        }
        try:
            if known is None:
                conversations.begin(world.operator_id, subject, them, **brought)
            else:
                conversations.say(world.operator_id, known, subject, **brought)
        except TutelaError as error:
            return _failed(world, error, what)
    world.result = Result("accepted")
    return what


def _said(world: World, said: dict[str, Any], point: CollectionPoint) -> dict[str, str]:
    person, fields = world.person(said["by"]), world.policy.fields
    return {
        each.field: str(said.get("text", ""))
        if fields[each.field].type == "long-text"
        else person.value(each.field, fields[each.field].type)
        for each in point.fields
        if not fields[each.field].attached
    }


def _conversation(world: World, subject: UUID, other: UUID | None) -> UUID | None:
    number = other.hex[-6:] if other else ""
    found = reading.of_person(world.operator_id, subject)
    mine = (each for each in found if each.with_company == (other is None))
    return next((each.id for each in mine if each.number == number), None)


def _files(world: World, point: CollectionPoint, kinds: Any) -> dict[str, vault.Clean]:
    wanted = {kinds} if isinstance(kinds, str) else {str(each) for each in kinds}
    fields = [world.policy.fields[each.field] for each in point.fields]
    return {each.slug: _file(each) for each in fields if each.type in wanted}


def _file(field: Field) -> vault.Clean:
    """A grey picture, or a tenth of a second of silence."""
    made = io.BytesIO()
    if field.type == "voice":
        head = struct.pack(
            "<4sI8sIHHIIHH4sI", b"RIFF", 836, b"WAVEfmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", 800
        )
        made.write(head + bytes(800))
    else:
        from PIL import Image  # noqa: PLC0415 - loaded where one is met, for a quick start

        Image.new("RGB", (64, 40), (200, 204, 208)).save(made, "PNG")
    spool = Spool()
    spool.write(made.getvalue())
    return vault.examine(field, spool, size=spool.size)


@expectation("conversation", needs=("of",), takes=("to", "says", "messages", "hidden", "files"))
def conversation(world: World, said: dict[str, Any]) -> Answer:
    """What a person (``of``) sees of the conversation with another (``to``) or the company: how
    many ``messages``, how many of them ``hidden``, how many ``files``, and words one ``says``."""
    lines = _lines(world, said)
    seen = {
        "messages": len(lines),
        "hidden": sum(bool(each.why_not) for each in lines),
        "files": sum(len(each.files) for each in lines),
    }
    wrong = [f"{name} {seen[name]}" for name in seen if said.get(name) not in {None, seen[name]}]
    words = str(said.get("says", ""))
    if words and not any(words in each.text for each in lines):
        wrong.append("nobody says so")
    found = ", ".join(f"{name} {count}" for name, count in seen.items())
    return Answer(not wrong, f"conversation {said}", ", ".join(wrong) or found)


def _lines(world: World, said: dict[str, Any]) -> list[Line]:
    subject = world.subject(said["of"])
    with world.scope():
        other = world.subject(str(said["to"])) if said.get("to") else None
        known = _conversation(world, subject, other)
        if known is None:
            return []
        viewer = Viewer(subject, oneself(subject))
        return reading.thread(world.operator_id, known, viewer, world.policy.original)[1]


@verb("verify", needs=("of", "outcome"), takes=("by",))
def verify(world: World, said: dict[str, Any]) -> str:
    """Staff (``by``: officer, second, clerk; default officer) decide about the verification
    ``of`` a person: ``outcome`` is verified, unreadable, differs, expired, incomplete, doubtful;
    or look, which opens a copy and decides nothing."""
    subject, by = world.subject(said["of"]), _STAFF[str(said.get("by", "officer"))]
    outcome, what = str(said["outcome"]), f"the verification of {said['of']}"
    with world.scope():
        found = verification.cases(world.operator_id, subject=subject)
        if not found:
            raise CannotRehearse("This person has not asked to be verified.")
        case = found[0]
        try:
            if outcome == "look":
                field = next(iter(case.fields), "")
                verification.look(world.operator_id, case.id, field, by)
            else:
                verification.decide(world.operator_id, case.id, outcome, by=by)
        except TutelaError as error:
            return _failed(world, error, what)
    world.result = Result("accepted")
    return f"{what}: {outcome}"


@verb("payment", needs=("by",), takes=("name", "card", "key"))
def payment(world: World, said: dict[str, Any]) -> str:
    """The policy's payment platform tells that a person (``by``) has paid; ``name`` is the
    message's own, the same again is the same message; ``card`` is what it wrongly says beside it;
    ``key`` is a wrong one it signs with."""
    known = next(iter(world.policy.acquirers.values()), None)
    if known is None:
        raise CannotRehearse("The policy names no acquirer.")
    body = json.dumps(_told(world, known, said)).encode()
    moment = str(int(clock.now().timestamp()))
    signed = payments.sign(str(said.get("key", _KEY)), moment, body)
    with world.scope():
        try:
            taken = payments.receive(
                world.operator_id, known.slug, payments.Message(body, moment, signed), key=_KEY
            )
        except TutelaError as error:
            return _failed(world, error, f"a payment of {said['by']} was told")
    world.result = Result("repeated" if taken.repeated else "accepted")
    return f"a payment of {said['by']} was told"


def _told(world: World, known: Acquirer, said: dict[str, Any]) -> dict[str, Any]:
    person = world.person(said["by"])
    told: dict[str, Any] = {}
    _put(told, known.event, str(said.get("name") or new_id().hex))
    _put(told, known.state, known.paid[0])
    for field, path in known.fields.items():
        _put(told, path, person.value(field, world.policy.fields[field].type))
    if said.get("card"):
        told["note"] = str(said["card"])
    return told


def _put(told: dict[str, Any], path: str, value: str) -> None:
    *steps, name = path.split(".")
    for step in steps:
        told = told.setdefault(step, {})
    told[name] = value
