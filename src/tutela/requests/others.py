"""What in somebody's data tells of other people, and what was decided to hide of it.

A proposal is found anew each time, so it is never older than the data. What an officer decided
otherwise is kept as places, never as words: a place is a value, its version, and from where to
where. A value that was corrected since has no decision.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests import cases, spotting
from tutela.requests.entries import OthersReviewed
from tutela.requests.errors import Refused
from tutela.requests.models import Hidden
from tutela.requests.spotting import FILE, MARKED, SHARED, Spot
from tutela.requests.writings import WHY
from tutela.retention import actions as retention
from tutela.vault import actions as vault

MOST = 200
"""So many places are shown together; what is not shown stays as it is proposed."""
_AROUND = 60
_TYPED = frozenset({"long-text", "text", "name", "address"})
"""Types of fields in which words can be marked."""
_WHOLE = frozenset({FILE, SHARED})


@dataclass(frozen=True, slots=True)
class Found:
    """One place with what it says, for whoever decides; ``hidden`` is what stands or is proposed,
    ``by`` who decided it, empty for a proposal."""

    record: UUID
    field: str
    version: int
    spot: Spot
    hidden: bool
    before: str = ""
    said: str = ""
    after: str = ""
    by: str = ""

    @property
    def key(self) -> str:
        where = (self.record, self.field, self.version, self.spot.start, self.spot.end)
        return ":".join(map(str, (*where, self.spot.why)))


class Spotter:
    """Finds the places in the values that a permit opens."""

    def __init__(self, policy: Policy, leave: Permit, subject: UUID) -> None:
        self._policy, self._leave = policy, leave
        self._operator, self._subject = leave.operator, subject

    @cached_property
    def _owned(self) -> vault.Owned:
        return vault.owned(self._leave)

    @cached_property
    def _latest(self) -> dict[str, set[str]]:
        """What the person gave last as name, address and number, where no index knows it."""
        kinds = {"name", "email", "phone"} & {each.type for each in self._policy.fields.values()}
        asked = {slug for slug, each in self._policy.fields.items() if each.type in kinds}
        found: dict[str, set[str]] = {}
        for each in vault.latest(self._leave, asked & self._leave.fields):
            kind = self._policy.fields[each.field].type
            found.setdefault(kind, set()).add(each.value)
        return found

    @cached_property
    def _plain(self) -> set[str]:
        own = {*self._latest.get("email", ()), *self._latest.get("phone", ())}
        return {spotting.plain(each) for each in (*own, self._policy.operator.email)}

    @cached_property
    def _names(self) -> frozenset[str]:
        return spotting.stems(self._latest.get("name", ()))

    @cached_property
    def _shared(self) -> frozenset[tuple[UUID, str]]:
        return vault.held_by_others_too(self._operator, self._subject)

    @cached_property
    def decided(self) -> dict[tuple[UUID, str, int], list[Hidden]]:
        """What was decided, by value."""
        rows = Hidden.objects.filter(operator_id=self._operator, subject_id=self._subject)
        found: dict[tuple[UUID, str, int], list[Hidden]] = {}
        for each in rows.order_by("start"):
            found.setdefault((each.record, each.field, each.version), []).append(each)
        return found

    def _is_own(self, text: str) -> bool:
        return spotting.plain(text) in self._plain or self._owned.holds(text)

    def places(self, value: vault.Value) -> list[tuple[Spot, bool, str]]:
        """Each place of a value, whether it is hidden, and by whose decision."""
        declared = self._policy.fields.get(value.field)
        decided = {
            Spot(each.start, each.end, each.why): each
            for each in self.decided.get((value.record, value.field, value.version), ())
        }
        if value.file is not None:
            found = [Spot(0, 0, FILE)]
        elif declared is not None and declared.type == "long-text":
            found = spotting.spotted(value.value, self._is_own, self._names)
        elif (value.record, value.field) in self._shared:
            found = [Spot(0, len(value.value), SHARED)]
        else:
            found = []
        found += [each for each in decided if each.why == MARKED]
        return [
            (each, decided[each].hidden, decided[each].by)
            if each in decided
            else (each, each.why not in _WHOLE, "")
            for each in found
        ]

    def told(self, value: vault.Value) -> tuple[str, int]:
        """What the person is told of a value that is a text, and how many places are hidden."""
        hidden = [spot for spot, hide, _by in self.places(value) if hide]
        return spotting.without(value.value, hidden) if hidden else (value.value, 0)

    def keeps_back(self, value: vault.Value) -> bool:
        """Whether it was decided to give no copy of a file, because others are seen in it."""
        return any(hide for _spot, hide, _by in self.places(value))


def leave_to_look(operator_id: UUID, subject: UUID, actor: Actor) -> Permit:
    """A permit for what the role of who answers may see of the person; what it may not see is
    journalled as refused. Raises ``Refused``."""
    policy = policies.in_force(operator_id)
    decision = gate.permitted_fields(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.OVERSIGHT,
            fields=frozenset(policy.fields),
            actor=actor,
            reason=WHY,
        )
    )
    if not isinstance(decision, Permit):
        raise Refused(decision)
    return decision


def proposal(
    operator_id: UUID, subject: UUID, actor: Actor, *, words: Collection[str] = ()
) -> Iterator[Found]:
    """Every place about others in what is held about the person, newest record last, with what is
    proposed or was decided; ``words`` are looked for besides. The look is journalled."""
    policy = policies.in_force(operator_id)
    leave = leave_to_look(operator_id, subject, actor)
    spotter = Spotter(policy, leave, subject)
    for part in vault.look_in_parts(leave):
        for value in part.values:
            yield from _found(policy, spotter, value, words)


def _found(
    policy: Policy, spotter: Spotter, value: vault.Value, words: Collection[str]
) -> Iterator[Found]:
    places = spotter.places(value)
    declared = policy.fields.get(value.field)
    if declared is not None and declared.type in _TYPED:
        known = {spot for spot, _hide, _by in places}
        for each in words:
            fresh = [spot for spot in spotting.marked(value.value, each) if spot not in known]
            places += [(spot, True, "") for spot in fresh]
            known |= set(fresh)
    for spot, hidden, by in sorted(places):
        yield Found(
            record=value.record,
            field=value.field,
            version=value.version,
            spot=spot,
            hidden=hidden,
            before=value.value[max(0, spot.start - _AROUND) : spot.start],
            said=value.value[spot.start : spot.end],
            after=value.value[spot.end : spot.end + _AROUND],
            by=by,
        )


def decide(
    operator_id: UUID,
    case: UUID,
    *,
    seen: Collection[str],
    hide: Collection[str],
    words: Collection[str],
    by: Actor,
) -> int:
    """Keep what was decided of the places ``seen``: those in ``hide`` are hidden, the others are
    shown, and wherever ``words`` stand is hidden too; how many places are hidden. Raises
    ``NotPossible`` and ``Refused``."""
    row = cases.locked(operator_id, case)
    subject = cases.subject_of(row)
    if subject is None:
        raise cases.NotPossible(_("It is not known yet whom this is about; find the person first."))
    found = {each.key: each for each in proposal(operator_id, subject, by, words=words)}
    chosen = [
        (each, key in hide if key in seen else True)
        for key, each in found.items()
        if key in seen or (each.spot.why == MARKED and not each.by)
    ]
    for each, hidden in chosen:
        _keep(operator_id, subject, each, {"hidden": hidden, "case": case, "by": by.id})
    count = sum(hidden for _each, hidden in chosen)
    journal.append(
        operator_id,
        OthersReviewed(
            subject=subject,
            actor=by,
            automated=False,
            clause=policies.in_force(operator_id).clause_of("request.access"),
            request=row.id,
            kind_of_request=row.kind,
            hidden=count,
            shown=len(chosen) - count,
        ),
    )
    return count


def _keep(operator_id: UUID, subject: UUID, place: Found, decided: Mapping[str, object]) -> None:
    """What was decided of a place, instead of what was decided of it before."""
    values = {**decided, "at": clock.now()}
    Hidden.objects.update_or_create(
        operator_id=operator_id,
        subject_id=subject,
        record=place.record,
        field=place.field,
        version=place.version,
        start=place.spot.start,
        end=place.spot.end,
        why=place.spot.why,
        defaults=values,
        create_defaults={"id": new_id(), **values},
    )


def erase(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """What was decided about values that are gone is gone with them."""
    rows = Hidden.objects.filter(operator_id=operator_id, subject_id__in=people)
    (rows if records is None else rows.filter(record__in=records)).delete()


retention.ERASERS.register("requests.hidden", erase)
