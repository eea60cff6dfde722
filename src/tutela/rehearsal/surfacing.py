"""What a scenario can say about accounts, what is public, places and statistics."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tutela.accounts import actions as accounts
from tutela.accounts import children
from tutela.core.errors import TutelaError
from tutela.core.vocabulary import SYSTEM
from tutela.detection import actions as detection
from tutela.geo import actions as geo
from tutela.journal import actions as journal
from tutela.publicity import actions as publicity
from tutela.publicity import reading
from tutela.publicity.errors import ReadTooMuch, UnknownListing
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import CannotRehearse, Result, World
from tutela.requests.intake import oneself
from tutela.stats import actions as stats
from tutela.stats.actions import Visits


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (str(value),) if isinstance(value, str) else tuple(str(each) for each in value)


def _told(world: World, error: TutelaError, what: str) -> str:
    fields = tuple(each.field for each in getattr(error, "problems", ()))
    world.result = Result("refused", type(error).__name__, fields=fields, message=str(error))
    return f"{what}; refused: {error}"


@verb("account", needs=("by", "act"), takes=("documents", "product", "child", "values", "consents"))
def account(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) does something with their account. ``act`` is delete, accept (the
    ``documents``), token (for a ``product``), add-child (``child`` is the name of somebody under
    people, ``values`` and ``consents`` those of the form) or close-child."""
    subject, act = world.subject(said["by"]), said["act"]
    run = {
        "delete": _delete,
        "accept": _accept,
        "token": _token,
        "add-child": _add_child,
        "close-child": _close_child,
    }.get(act)
    if run is None:
        raise CannotRehearse(f"“{act}” is nothing that is done with an account.")
    with world.scope():
        try:
            run(world, subject, said)
        except TutelaError as error:
            return _told(world, error, f"{said['by']} tried to {act}")
    world.result = Result("accepted")
    return f"{said['by']}: {act} done with the account"


def _delete(world: World, subject: UUID, _said: dict[str, Any]) -> None:
    accounts.delete(world.operator_id, subject, actor=oneself(subject))


def _accept(world: World, subject: UUID, said: dict[str, Any]) -> None:
    documents = _several(said.get("documents"))
    accounts.accept(world.operator_id, subject, documents, actor=oneself(subject))


def _token(world: World, subject: UUID, said: dict[str, Any]) -> None:
    product = str(said.get("product") or "product")
    accounts.issue_token(world.operator_id, subject, product, actor=oneself(subject))


def _add_child(world: World, subject: UUID, said: dict[str, Any]) -> None:
    child = world.person(said["child"])
    point = children.point_of(world.operator_id)
    known = {
        each.field: child.values[each.field] for each in point.fields if each.field in child.values
    }
    values = {slug: str(value) for slug, value in {**known, **(said.get("values") or {})}.items()}
    agreed = said.get("consents")
    child.subject = children.add(
        world.operator_id,
        subject,
        values,
        point.purposes if agreed is None else _several(agreed),
        language=child.language,
    )


def _close_child(world: World, subject: UUID, said: dict[str, Any]) -> None:
    children.close(world.operator_id, subject, world.subject(said["child"]))


@verb("publish", needs=("by", "fields"), takes=("point", "changes"))
def publish(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) makes ``fields`` of their record public: the one taken at ``point``
    (default: the first that can be). ``changes`` are texts they mend on the way."""
    subject = world.subject(said["by"])
    with world.scope():
        try:
            mine = _record(world, subject, said)
            publicity.publish(
                world.operator_id,
                subject,
                mine.record,
                _several(said["fields"]),
                language=world.person(said["by"]).language,
                actor=oneself(subject),
                changes=said.get("changes"),
            )
        except TutelaError as error:
            return _told(world, error, f"{said['by']} tried to publish")
    world.result = Result("accepted")
    return f"{said['by']} made {', '.join(_several(said['fields']))} public"


def _record(world: World, subject: UUID, said: dict[str, Any]) -> publicity.Own:
    found = publicity.own(world.operator_id, subject)
    for each in found:
        if said.get("point") in {None, each.point}:
            return each
    raise CannotRehearse("This person has no such record of which anything can be public.")


@verb("take-back", needs=("by",), takes=("fields", "point"), short="by")
def take_back(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) makes ``fields`` (default: all) of a public record private again: the one
    taken at ``point``, or the first."""
    subject = world.subject(said["by"])
    with world.scope():
        mine = _record(world, subject, said)
        fields = _several(said.get("fields")) or None
        publicity.take_back(world.operator_id, subject, mine.record, fields, actor=oneself(subject))
    world.result = Result("accepted")
    return f"{said['by']} took a record back from the public"


@verb("read-in-bulk", needs=("times",), takes=("source",), short="times")
def read_in_bulk(world: World, said: dict[str, Any]) -> str:
    """Somebody reads public pages, so many ``times``, from one network ``source``."""
    source, stopped = str(said.get("source") or "203.0.113.7"), 0
    for _time in range(int(said["times"])):
        with world.scope():
            try:
                reading.demand_patience(world.operator_id, source)
            except ReadTooMuch:
                stopped += 1
    journal.sequence(world.operator_id)
    detection.look_through(world.operator_id, world.clock.now())
    world.result = Result("refused" if stopped else "accepted", "ReadTooMuch" if stopped else "")
    return f"somebody read {said['times']} public pages and was stopped {stopped} times"


@verb("tell-place", needs=("by",), takes=("address", "at", "agree"))
def tell_place(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) tells where they are: a typed ``address``, or the device does, by ``at``
    (latitude and longitude); ``agree`` says that they permit it first."""
    subject = world.subject(said["by"])
    actor = oneself(subject)
    with world.scope():
        try:
            if said.get("agree"):
                language = world.person(said["by"]).language
                geo.permit_it(world.operator_id, subject, language=language, actor=actor)
            if said.get("at"):
                north, east = (float(each) for each in said["at"])
                geo.keep_coordinates(world.operator_id, subject, north, east, actor=actor)
            else:
                text = str(said.get("address") or "")
                geo.keep_address(world.operator_id, subject, text, actor=actor)
        except TutelaError as error:
            return _told(world, error, f"{said['by']} told a place")
    world.result = Result("accepted")
    return f"{said['by']} told where they are"


@verb("forget-place", needs=("by",), short="by")
def forget_place(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) permits it no longer; the place is removed."""
    subject = world.subject(said["by"])
    with world.scope():
        geo.remove(world.operator_id, subject, actor=oneself(subject))
    world.result = Result("accepted")
    return f"{said['by']} had the place removed"


@verb("visits", needs=("count",), takes=("page", "device", "language"), short="count")
def visits(world: World, said: dict[str, Any]) -> str:
    """The site tells ``count`` visits of a ``page`` from a ``device`` in a ``language``."""
    seen = Visits(
        str(said.get("page") or "home"),
        str(said.get("device") or "phone"),
        str(said.get("language") or "en"),
        int(said["count"]),
    )
    with world.scope():
        try:
            stats.count(world.operator_id, [seen], actor=SYSTEM)
        except TutelaError as error:
            return _told(world, error, "visits were told")
    world.result = Result("accepted")
    return f"{said['count']} visits were counted of nobody"


@expectation("has-account", needs=("of",), takes=("state", "missing", "to-accept"))
def has_account(world: World, said: dict[str, Any]) -> Answer:
    """The account ``of`` a person: ``state`` is none, open, limited or closed; ``missing`` names
    required fields, ``to-accept`` documents."""
    row = accounts.account(world.operator_id, world.subject(said["of"]))
    state = row.state if row else "none"
    lacking, documents = (row.missing, row.to_accept) if row else ((), ())
    holds = said.get("state") in {None, state}
    holds &= "missing" not in said or set(_several(said["missing"])) == set(lacking)
    holds &= "to-accept" not in said or set(_several(said["to-accept"])) == set(documents)
    expected = ", ".join(f"{key} {value}" for key, value in said.items())
    return Answer(
        holds, f"account {expected}", f"{state}, missing {lacking}, to accept {documents}"
    )


@expectation("public", needs=("of",), takes=("fields", "without"))
def public(world: World, said: dict[str, Any]) -> Answer:
    """What an anonymous reader sees ``of`` a person: exactly ``fields``, and none of ``without``;
    no fields means nothing."""
    seen: set[str] = set()
    for each in publicity.own(world.operator_id, world.subject(said["of"])):
        if each.listing is not None:
            try:
                seen |= set(reading.read(world.operator_id, each.listing).values)
            except UnknownListing:
                continue
    wanted = set(_several(said.get("fields")))
    holds = seen == wanted and seen.isdisjoint(_several(said.get("without")))
    shown = ", ".join(sorted(seen)) or "nothing"
    return Answer(holds, f"public: {', '.join(sorted(wanted)) or 'nothing'}", shown)


@expectation("alarm", needs=("rule",), takes=("severity",), short="rule")
def alarm(world: World, said: dict[str, Any]) -> Answer:
    """Unusual access was noticed by ``rule`` (bulk-reads, public-reads, ...), with ``severity``."""
    found = [(each.rule, each.severity) for each in detection.events(world.operator_id)]
    holds = any(
        rule == said["rule"] and said.get("severity") in {None, severity}
        for rule, severity in found
    )
    return Answer(holds, f"alarm {said['rule']}", str(found))


@expectation("statistics", takes=("kept",))
def statistics(world: World, said: dict[str, Any]) -> Answer:
    """The store of statistics: how many figures are ``kept``, none of them with a word that is not
    of the closed lists."""
    kept, strange = stats.figures(world.operator_id), stats.strange_words(world.operator_id)
    wanted = said.get("kept")
    holds = not strange and (wanted is None or kept == int(wanted))
    return Answer(holds, f"statistics: {wanted} kept, of nobody", f"{kept} kept, {strange} strange")
