"""What can be done in a scenario. Each verb acts through the same actions as the pages do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, VISITOR, Action, Actor, ActorKind
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.jobs import engine
from tutela.obligations import actions as obligations
from tutela.obligations.errors import NoExtension, NoPause
from tutela.rehearsal.registry import verb
from tutela.rehearsal.world import NEWCOMER, OFFICER, CannotRehearse, Person, Result, World
from tutela.rehearsal.world import staff as staff_in
from tutela.requests import actions as requests
from tutela.requests import sign_ins
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.rules import consents_asked, consents_needed
from tutela.retention import actions as retention
from tutela.retention import happening


@verb("form", needs=("point", "by"), takes=("consents", "values", "language", "nonce"))
def form(world: World, said: dict[str, Any]) -> str:
    """A person sends a form. ``point`` is the collection point; ``by`` the person; ``consents``
    lists the purposes ticked (default: the needed ones; ``all`` and ``none`` are understood);
    ``language`` (default: the person's);
    ``values`` override what the person's own fields, or invented examples, would fill in;
    the same ``nonce`` again is the same form sent twice."""
    person = world.person(said["by"])
    point = world.policy.points.get(said["point"])
    if point is None:
        raise CannotRehearse(
            f"The policy has no collection point “{said['point']}”; it has "
            f"{', '.join(sorted(world.policy.points))}."
        )
    values = {
        each.field: person.value(each.field, world.policy.fields[each.field].type)
        for each in point.fields
        if each.required
        or each.field in person.values
        or world.policy.fields[each.field].type in person.values
    }
    values |= {str(key): _text(value) for key, value in (said.get("values") or {}).items()}
    chosen = said.get("consents", "needed")
    accepted = (
        {
            "needed": consents_needed(world.policy, point),
            "all": consents_asked(world.policy, point),
            "none": (),
        }.get(chosen)
        if isinstance(chosen, str)
        else tuple(chosen)
    )
    if accepted is None:
        accepted = (chosen,)
    return _submitted(world, person, said, values, accepted)


def _submitted(
    world: World, person: Person, said: dict[str, Any], values: dict[str, str], accepted: Any
) -> str:
    try:
        with world.scope():
            receipt = requests.submit(
                world.operator_id,
                said["point"],
                language=said.get("language") or person.language,
                values=values,
                accepted=accepted,
                idempotency=f"{person.name}-{said.get('nonce') or new_id()}"[:64],
            )
    except Incomplete as incomplete:
        fields = tuple(each.field for each in incomplete.problems)
        world.result = Result(
            "incomplete", fields=fields, message=str(incomplete.problems[0].message)
        )
        return f"{person.name} sent “{said['point']}”; it was not taken: {', '.join(fields)}"
    except Refused as refused:
        return _refused(world, refused, f"{person.name} sent “{said['point']}”")
    person.subject, person.receipt = receipt.subject, receipt.token
    world.result = Result("repeated" if receipt.repeated else "accepted")
    return f"{person.name} sent “{said['point']}” and agreed to {', '.join(accepted) or 'nothing'}"


def _refused(world: World, refused: Refused, what: str) -> str:
    refusal = refused.refusal
    with world.scope():
        gate.remember(refusal)
    world.result = Result("refused", refusal.reason, refusal.clause, message=str(refused))
    return f"{what}; refused: {refusal.reason} ({refusal.clause})"


@verb("decline", needs=("point",), takes=("language",), short="point")
def decline(world: World, said: dict[str, Any]) -> str:
    """A visitor reads the notice of the form at ``point`` and declines it, in ``language``."""
    with world.scope():
        requests.decline(
            world.operator_id, said["point"], language=said.get("language") or world.policy.original
        )
    world.result = Result("accepted")
    return f"a visitor declined “{said['point']}”"


@verb("withdraw", needs=("by",), takes=("purposes", "channel"), short="by")
def withdraw(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) withdraws consent: to ``purposes`` (a list; default ``all``), through
    ``channel`` (portal, mail, paper, oral; default portal)."""
    person = world.person(said["by"])
    purposes = said.get("purposes", "all")
    chosen = None if purposes == "all" else _several(purposes)
    with world.scope():
        receipt = requests.withdraw(
            world.operator_id,
            world.subject(person.name),
            chosen,
            language=person.language,
            channel=said.get("channel") or "portal",
        )
    person.receipt = receipt.token
    world.result = Result("repeated" if receipt.repeated else "accepted")
    return f"{person.name} withdrew consent to {', '.join(chosen) if chosen else 'everything'}"


@verb("sign-in", needs=("by",), takes=("from",), short="by")
def sign_in(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) asks for a sign-in link at their own address (or at ``from``)."""
    person = world.person(said["by"])
    with world.scope():
        sign_ins.ask(
            world.operator_id,
            said.get("from") or person.value("email", "email"),
            language=person.language,
        )
    world.result = Result("accepted")
    return f"{person.name} asked for a sign-in link"


@verb("clock", needs=("to",), short="to")
def jump(world: World, said: dict[str, Any]) -> str:
    """Time goes on ``to`` a moment or by a term (``+30 days``) within the step; everything due
    on the way happens."""
    moment = world.moment(_text(said["to"]))
    if moment < world.clock.now():
        raise CannotRehearse(f"“{said['to']}” lies in the past; time only goes on.")
    engine.run_until(moment)
    return f"time goes on to {moment.astimezone(world.zone):%Y-%m-%d %H:%M}"


@verb("event", needs=("name",), takes=("of", "purposes"), short="name")
def event(world: World, said: dict[str, Any]) -> str:
    """Something happened that the policy makes a promise about: ``name`` is an event of the policy
    format, such as ``incident.identified`` or ``purpose.reached``; ``of`` names the person it
    concerns, if anybody; ``purposes`` those that it is about, if not all."""
    subject = world.subject(said["of"]) if said.get("of") else None
    with world.scope():
        opened = obligations.open_for(
            world.operator_id,
            subject,
            said["name"],
            at=clock.now(),
            cause=new_id(),
            purposes=_several(said.get("purposes")),
        )
    world.result = Result("accepted")
    promised = ", ".join(each.promise for each in opened) or "nothing"
    return f"{said['name']}; the policy promises {promised}"


@verb(
    "ask",
    needs=("action", "purpose"),
    takes=("of", "fields", "by", "role", "recipient", "point"),
)
def ask(world: World, said: dict[str, Any]) -> str:
    """Ask the gate whether something may be done, and see its answer with ``answer``. ``action``
    is one of the closed list (use, extraction, provision, dissemination, ...), ``purpose`` one of
    the policy, ``of`` the person, ``fields`` those wanted (default: all of the purpose); ``by`` is
    staff in a ``role`` (default: an officer), newcomer (an officer who has not acknowledged the
    policy), system, visitor or a person of the scenario;
    ``recipient`` for a transfer; ``point`` for a collection."""
    try:
        action = Action(said["action"])
    except ValueError:
        raise CannotRehearse(
            f"“{said['action']}” is no action; use one of {', '.join(Action)}."
        ) from None
    purpose = said["purpose"]
    declared = world.policy.purposes.get(purpose)
    fields = _several(said.get("fields")) or tuple(
        declared.fields if declared else world.policy.fields
    )
    with world.scope():
        decision = gate.decide(
            Operation(
                operator=world.operator_id,
                subject=world.subject(said["of"]) if said.get("of") else None,
                action=action,
                purpose=purpose,
                fields=frozenset(fields),
                actor=_actor(world, said),
                recipient=said.get("recipient") or "",
                point=said.get("point") or "",
            )
        )
    what = f"{action} for {purpose}"
    if isinstance(decision, Permit):
        world.result = Result("permitted", clause=decision.clause)
        return f"asked the gate for {what}: permitted on {decision.basis} ({decision.clause})"
    world.result = Result(
        "refused", decision.reason, decision.clause, message=decision.message(world.policy.original)
    )
    return f"asked the gate for {what}: refused, {decision.reason} ({decision.clause})"


def _actor(world: World, said: dict[str, Any]) -> Actor:
    by = said.get("by") or "staff"
    if by == "staff":
        return staff_in(said.get("role") or OFFICER.role)
    if by == "newcomer":
        return NEWCOMER
    if by in {"system", "visitor"}:
        return SYSTEM if by == "system" else VISITOR
    return Actor(ActorKind.SUBJECT, str(world.subject(by)))


@verb(
    "staff",
    needs=("act",),
    takes=(
        "of",
        "promise",
        "awaited",
        "outcome",
        "reason",
        "ground",
        "fields",
        "until",
        "clause",
        "purposes",
    ),
)
def staff(world: World, said: dict[str, Any]) -> str:
    """An officer acts ``of``, that is about, a person. ``act`` is one of: outcome (discharge
    ``promise`` with ``outcome``), extend (``promise``, ``reason``), pause (``promise``,
    ``awaited``: the clock stands still), go-on (``promise``), obstacle (destruction is
    impossible: ``reason``), obstacle-gone, hold (``ground``, ``fields``, ``until``,
    ``clause``), release, contract-started (``until``), contract-ended, purpose-reached
    (``purposes``, if not all), reveal (``reason``). A promise is named by its slug, clause or
    outcome."""
    run = _STAFF.get(said["act"])
    if run is None:
        raise CannotRehearse(f"“{said['act']}” is no act of staff; use one of {', '.join(_STAFF)}.")
    world.result = Result("accepted")
    with world.scope():
        try:
            return run(world, said)
        except Refused as refused:
            gate.remember(refused.refusal)
            world.result = Result(
                "refused", refused.refusal.reason, refused.refusal.clause, message=str(refused)
            )
            return f"staff tried {said['act']}; refused: {refused.refusal.reason}"


def _promised(world: World, said: dict[str, Any]) -> Any:
    subject = world.subject(said["of"]) if said.get("of") else None
    for each in obligations.listing(world.operator_id, subject=subject):
        if each.standing and said.get("promise") in {each.promise, each.clause, each.outcome}:
            return each
    raise CannotRehearse(f"There is no open obligation “{said.get('promise')}” here.")


def _outcome(world: World, said: dict[str, Any]) -> str:
    row = _promised(world, said)
    outcome = said.get("outcome") or "answered"
    requests.record_outcome(world.operator_id, row.id, OFFICER, outcome)
    return f"staff recorded “{outcome}” for {row.promise}"


def _extend(world: World, said: dict[str, Any]) -> str:
    row = _promised(world, said)
    try:
        requests.extend(world.operator_id, row.id, OFFICER, said.get("reason") or "complexity")
    except NoExtension as refused:
        world.result = Result("refused", "no-extension", row.clause, message=str(refused))
        return f"staff tried to extend {row.promise}; refused: {refused}"
    return f"staff extended {row.promise} with a motivated notice"


def _pause(world: World, said: dict[str, Any]) -> str:
    row = _promised(world, said)
    awaited = said.get("awaited") or "clarification"
    try:
        requests.pause(world.operator_id, row.id, OFFICER, awaited)
    except NoPause as refused:
        world.result = Result("refused", "no-pause", row.clause, message=str(refused))
        return f"staff tried to let the clock of {row.promise} stand still; refused: {refused}"
    return f"the clock of {row.promise} stands still for {awaited}"


def _go_on(world: World, said: dict[str, Any]) -> str:
    row = _promised(world, said)
    try:
        requests.go_on(world.operator_id, row.id, OFFICER)
    except NoPause as refused:
        world.result = Result("refused", "no-pause", row.clause, message=str(refused))
        return f"staff tried to let the clock of {row.promise} go on; refused: {refused}"
    return f"the clock of {row.promise} goes on"


def _obstacle(world: World, said: dict[str, Any]) -> str:
    reason = said.get("reason") or "store-unreachable"
    retention.obstacle_open(world.operator_id, world.subject(said["of"]), reason, by=OFFICER)
    return f"destruction of {said['of']}’s data became impossible: {reason}"


def _obstacle_gone(world: World, said: dict[str, Any]) -> str:
    retention.obstacle_close(world.operator_id, world.subject(said["of"]), by=OFFICER)
    return f"destruction of {said['of']}’s data became possible again"


def _hold(world: World, said: dict[str, Any]) -> str:
    until = world.moment(_text(said["until"])) if said.get("until") else None
    retention.hold(
        world.operator_id,
        world.subject(said["of"]),
        said.get("ground") or "agreement",
        fields=_several(said.get("fields")) or None,
        until=until,
        clause=str(said.get("clause") or ""),
        by=OFFICER,
    )
    return f"staff put a hold on {said['of']}’s data: {said.get('ground') or 'agreement'}"


def _release(world: World, said: dict[str, Any]) -> str:
    for each in retention.holds(world.operator_id, world.subject(said["of"])):
        if said.get("ground") in {None, each.ground}:
            retention.release(world.operator_id, each.id, by=OFFICER)
    return f"staff released the hold on {said['of']}’s data"


def _contract_started(world: World, said: dict[str, Any]) -> str:
    until = world.moment(_text(said["until"])) if said.get("until") else None
    happening.contract_began(world.operator_id, world.subject(said["of"]), until=until, by=OFFICER)
    return f"a contract with {said['of']} began"


def _contract_ended(world: World, said: dict[str, Any]) -> str:
    subject = world.subject(said["of"])
    for each in gate.standing(world.operator_id, subject).contracts:
        retention.contract_ended(world.operator_id, subject, UUID(each.reference), by=OFFICER)
    return f"the contract with {said['of']} ended"


def _purpose_reached(world: World, said: dict[str, Any]) -> str:
    purposes = _several(said.get("purposes"))
    subject = world.subject(said["of"])
    happening.purpose_reached(world.operator_id, subject, purposes, by=OFFICER)
    return f"staff said that {said['of']}’s data has served {', '.join(purposes) or 'its purposes'}"


def _reveal(world: World, said: dict[str, Any]) -> str:
    values = requests.reveal(
        world.operator_id,
        world.subject(said["of"]),
        OFFICER,
        said.get("reason") or "answer-request",
    )
    return f"staff looked at {len(values)} values of {said['of']}"


_STAFF = {
    "outcome": _outcome,
    "extend": _extend,
    "pause": _pause,
    "go-on": _go_on,
    "obstacle": _obstacle,
    "obstacle-gone": _obstacle_gone,
    "hold": _hold,
    "release": _release,
    "contract-started": _contract_started,
    "contract-ended": _contract_ended,
    "purpose-reached": _purpose_reached,
    "reveal": _reveal,
}


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
