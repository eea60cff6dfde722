"""What a scenario can expect. Each expectation reads what every other reader could read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core import mail as outbox

from tutela.consent import actions as consent
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.obligations.actions import ObligationRow
from tutela.obligations.rules import last_moment
from tutela.policy.terms import Computation
from tutela.rehearsal.registry import Answer, expectation
from tutela.rehearsal.world import CannotRehearse, World
from tutela.requests import acts
from tutela.retention import actions as retention
from tutela.vault import actions as vault


def _counted(found: Sequence[Any], said: dict[str, Any], expected: str, shown: str) -> Answer:
    """``count`` says how many are expected; without it at least one is; 0 means none."""
    wanted = said.get("count")
    holds = bool(found) if wanted is None else len(found) == int(wanted)
    how_many = "" if wanted is None else f"{wanted} × "
    return Answer(holds, f"{how_many}{expected}", shown or "none")


def _list(values: Any) -> tuple[str, ...]:
    if values is None:
        return ()
    return (str(values),) if isinstance(values, str) else tuple(str(each) for each in values)


@expectation(
    "obligation",
    takes=(
        "of",
        "promise",
        "clause",
        "outcome",
        "event",
        "state",
        "due",
        "due-at",
        "ended",
        "explained",
        "count",
    ),
)
def obligation(world: World, said: dict[str, Any]) -> Answer:
    """An obligation exists. Narrow it by ``of`` (a person), ``promise``, ``clause``, ``outcome``,
    ``event``; then ``state`` (open, late, discharged, failed, cancelled), ``due`` (the last day,
    2024-07-03), ``due-at`` (a moment), ``ended`` (the day it was discharged), ``explained`` (words
    that the explanation of the date contains), ``count`` (0 for none)."""
    subject = world.subject(said["of"]) if said.get("of") else None
    rows = [
        each
        for each in obligations.listing(world.operator_id, subject=subject)
        if all(
            key not in said or str(said[key]) == getattr(each, key)
            for key in ("promise", "outcome", "event")
        )
        and ("clause" not in said or _carries(world, each, str(said["clause"])))
    ]
    found = [each for each in rows if _obligation_fits(world, each, said)]
    expected = "obligation " + _said(said)
    shown = "; ".join(_obligation_words(world, each) for each in rows)
    return _counted(found, said, expected, shown)


def _carries(world: World, row: ObligationRow, clause: str) -> bool:
    promise = world.policy.promises.get(row.promise)
    clauses = {row.clause} | set(promise.clauses if promise else ())
    if promise and promise.if_impossible and row.fallback_of:
        clauses |= set(promise.if_impossible.clauses)
    return any(each == clause or each.partition("(")[0] == clause for each in clauses)


def _obligation_fits(world: World, row: ObligationRow, said: dict[str, Any]) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "state": lambda value: row.state == value,
        "due": lambda value: _last_day(world, row) == world.day(value),
        "due-at": lambda value: row.due_at == world.moment(str(value)),
        "ended": lambda value: (
            row.ended_at is not None
            and row.ended_at.astimezone(world.zone).date() == world.day(value)
        ),
        "explained": lambda value: any(
            str(value).casefold() in row.counted(language).casefold()
            for language in world.policy.languages
        ),
    }
    return all(check(said[key]) for key, check in checks.items() if key in said)


def _last_day(world: World, row: ObligationRow) -> Any:
    last = Computation.from_json(row.computation).last_day
    return last if last is not None else row.due_at.astimezone(world.zone).date()


def _obligation_words(world: World, row: ObligationRow) -> str:
    return f"{row.promise} {row.state}, due {_last_day(world, row)} ({row.clause})"


def _said(said: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in said.items() if key != "count")


@expectation("data", needs=("of",), takes=("state", "fields", "without", "ends", "rule"))
def data(world: World, said: dict[str, Any]) -> Answer:
    """What is held of a person (``of``). ``state`` is held, blocked or destroyed; ``fields`` must
    all be held; ``without`` must not; ``ends`` is the day the last of it ends by the retention
    schedule; ``rule`` the rule that says so."""
    subject = world.subject(said["of"])
    held = {
        field for fields in vault.holdings(world.operator_id, subject).values() for field in fields
    }
    standing = gate.standing(world.operator_id, subject)
    destroyed = identity.subject(world.operator_id, subject).destroyed_at is not None
    state = "destroyed" if destroyed and not held else "blocked" if standing.blocks else "held"
    if not held and not destroyed:
        state = "nothing held"
    ends = retention.ends(world.operator_id, subject)
    last = max((each.ends_at for each in ends if each.ends_at), default=None)
    checks = [
        "state" not in said or state == said["state"],
        set(_list(said.get("fields"))) <= held,
        held.isdisjoint(_list(said.get("without"))),
        "ends" not in said
        or (last is not None and _day_before(world, last) == world.day(said["ends"])),
        "rule" not in said or said["rule"] in {each.rule for each in ends},
    ]
    shown = f"{state}: {', '.join(sorted(held)) or 'no fields'}"
    if last:
        shown += f"; ends {_day_before(world, last)} by {', '.join(sorted({e.rule for e in ends}))}"
    return Answer(all(checks), f"data {_said(said)}", shown)


def _day_before(world: World, moment: datetime) -> date:
    """The last day of a term whose first moment too late is ``moment``."""
    return last_moment(moment).astimezone(world.zone).date()


@expectation("consent", needs=("of", "purpose"), takes=("state", "mode"))
def consents(world: World, said: dict[str, Any]) -> Answer:
    """The consent ``of`` a person to ``purpose``: ``state`` is live, withdrawn, expired or none;
    ``mode`` is how it was given (tick, implied, signed-form, ...)."""
    subject = world.subject(said["of"])
    history = [
        each
        for each in consent.history(world.operator_id, subject)
        if each.purpose == said["purpose"]
    ]
    live = said["purpose"] in consent.live(world.operator_id, subject)
    state = "live" if live else str(history[0].kind) if history else "none"
    given = [each.mode for each in history if each.kind == "given"]
    holds = ("state" not in said or state == said["state"]) and (
        "mode" not in said or (bool(given) and given[0] == said["mode"])
    )
    return Answer(
        holds, f"consent {_said(said)}", f"{state}, given by {', '.join(given) or 'nothing'}"
    )


@expectation("answer", takes=("is", "reason", "clause", "fields", "says"), short="is")
def answer(world: World, said: dict[str, Any]) -> Answer:
    """How the last verb was answered: ``is`` accepted, repeated, incomplete, refused or permitted;
    ``reason`` and ``clause`` of a refusal; ``fields`` that were wrong; ``says`` words of the
    sentence shown."""
    result = world.result
    holds = all(
        (
            "is" not in said or result.kind == said["is"],
            "reason" not in said or result.reason == said["reason"],
            "clause" not in said
            or result.clause == str(said["clause"])
            or result.clause.partition("(")[0] == str(said["clause"]),
            set(_list(said.get("fields"))) <= set(result.fields),
            str(said.get("says", "")).casefold() in result.message.casefold(),
        )
    )
    shown = " ".join(
        filter(None, (result.kind, result.reason, result.clause, ", ".join(result.fields)))
    )
    return Answer(holds, f"answer {_said(said)}", shown)


@expectation("letter", takes=("of", "kind", "says", "count"), short="kind")
def letter(world: World, said: dict[str, Any]) -> Answer:
    """A letter was sent since the scenario began: ``of`` to that person's address, of that
    ``kind`` (sign-in, form-received, withdrawal-received, ...), whose text ``says`` these
    words; ``count`` of them."""
    rows = [
        each
        for each in journal.entries(world.operator_id, kinds=("letter.sent",), limit=1000)
        if ("of" not in said or each.subject == world.subject(said["of"]))
        and ("kind" not in said or each.data.get("kind_of_letter") == said["kind"])
    ]
    words = str(said.get("says", "")).casefold()
    mails = [
        each
        for each in getattr(outbox, "outbox", [])
        if words in f"{each.subject}\n{each.body}".casefold()
    ]
    found: Sequence[Any] = rows if not words else (mails if rows else [])
    kinds = ", ".join(str(each.data.get("kind_of_letter")) for each in rows)
    return _counted(found, said, f"letter {_said(said)}", kinds)


@expectation("journal", needs=("kind",), takes=("of", "clause", "with", "count"), short="kind")
def journalled(world: World, said: dict[str, Any]) -> Answer:
    """The journal holds entries of this ``kind`` (such as gate.refused), ``of`` this person, on
    this ``clause``, ``with`` these values of the entry; ``count`` of them."""
    subject = world.subject(said["of"]) if said.get("of") else None
    rows = [
        each
        for each in journal.entries(
            world.operator_id, subject=subject, kinds=(said["kind"],), limit=10_000
        )
        if ("clause" not in said or each.clause == str(said["clause"]))
        and all(
            _of_entry(each, key) == str(value) for key, value in (said.get("with") or {}).items()
        )
    ]
    return _counted(rows, said, f"journal {_said(said)}", f"{len(rows)} such entries")


def _of_entry(row: journal.Row, key: str) -> str:
    return str(row.data[key]) if key in row.data else str(getattr(row, key, ""))


@expectation("refusal", takes=("of", "reason", "clause", "count"), short="reason")
def refusal(world: World, said: dict[str, Any]) -> Answer:
    """The gate refused something: ``of`` this person, for this ``reason`` (a slug of the gate's
    reference), on this ``clause``; ``count`` times since the scenario began."""
    subject = world.subject(said["of"]) if said.get("of") else None
    rows = journal.entries(
        world.operator_id, subject=subject, kinds=("gate.refused",), limit=10_000
    )
    found = [
        each
        for each in rows
        if ("reason" not in said or each.data.get("reason") == said["reason"])
        and ("clause" not in said or _same_clause(each.clause, str(said["clause"])))
    ]
    shown = ", ".join(f"{each.data.get('reason')} ({each.clause})" for each in rows)
    return _counted(found, said, f"refusal {_said(said)}", shown)


def _same_clause(found: str, wanted: str) -> bool:
    return wanted in {found, found.partition("(")[0]}


@expectation("act", takes=("of", "kind", "clause", "count"), short="kind")
def act(world: World, said: dict[str, Any]) -> Answer:
    """A signed act exists: ``kind`` destruction, impossibility or partial; ``of`` this person;
    on this ``clause``; ``count`` of them. Each signature is verified."""
    subjects = (
        [world.subject(said["of"])]
        if said.get("of")
        else [each.subject for each in world.people.values() if each.subject]
    )
    rows = [
        each
        for subject in subjects
        for each in retention.acts(world.operator_id, subject)
        if ("kind" not in said or each.kind == said["kind"])
        and ("clause" not in said or str(said["clause"]) in _act_clauses(each))
    ]
    genuine = [each for each in rows if acts.genuine(world.operator_id, each)]
    return _counted(
        genuine, said, f"act {_said(said)}", ", ".join(f"{e.kind} {e.label}" for e in rows)
    )


def _act_clauses(row: retention.ActRow) -> Iterable[str]:
    for each in row.document["because"]:
        yield from (each["clause"], each["clause"].partition("(")[0])


@expectation("stored", takes=("people", "records", "refusals", "obligations"))
def stored(world: World, said: dict[str, Any]) -> Answer:
    """How much the operator holds in all: living ``people``, sealed ``records``, ``refusals`` of
    visitors, open ``obligations``. After a refusing visitor: people 0, records 0, refusals 1."""
    living = [each for each in identity.subjects(world.operator_id) if each.destroyed_at is None]
    found = {
        "people": len(living),
        "records": sum(len(vault.records(world.operator_id, each.id)) for each in living),
        "refusals": journal.count(world.operator_id, ("consent.refused",)),
        "obligations": sum(each.standing for each in obligations.listing(world.operator_id)),
    }
    holds = all(found[key] == int(value) for key, value in said.items())
    return Answer(holds, f"stored {_said(said)}", _said({key: found[key] for key in said or found}))


@expectation("clause", needs=("ref",), takes=("state",))
def clause(world: World, said: dict[str, Any]) -> Answer:
    """The proof page's ``state`` of the clause ``ref`` (default: kept): kept, at-risk, broken,
    nothing-yet, not-built, not-bound or informative."""
    from tutela.proof import actions as proof  # noqa: PLC0415 - proof is heavy and seldom asked

    found = proof.state_of(world.operator_id, str(said["ref"]))
    if found is None:
        raise CannotRehearse(f"The policy has no clause “{said['ref']}”.")
    return Answer(found == said.get("state", "kept"), f"clause {_said(said)}", found)
