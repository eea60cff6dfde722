"""What this room offers: counting what came unasked, screening free text, deciding what was found.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import SYSTEM, Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate import blocking
from tutela.gate.blocks import SPECIAL_CHECK
from tutela.gate.errors import NoSuchBlock
from tutela.gate.rules import Operation
from tutela.inventory import screening
from tutela.inventory.entries import SpecialDecided, SpecialFound
from tutela.inventory.errors import AlreadyDecided, NotRemoved, UnknownFinding
from tutela.inventory.models import Finding, Tally
from tutela.inventory.screening import Rule
from tutela.inventory.wording import OUTCOMES
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A text that was found; ``kinds`` are of ``screening``."""

    id: UUID
    subject: UUID
    record: UUID
    field: str
    kinds: tuple[str, ...]
    found_at: datetime
    decided_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Place:
    """The record in which texts lie."""

    operator: UUID
    subject: UUID
    record: UUID


def dropped(operator_id: UUID, point: str, times: int) -> None:
    """Fields came that the form does not ask for; they were dropped, and are counted (004
    2.17.5). What they were called is a stranger's word and is not kept."""
    _count(operator_id, point, "dropped", times)


def turned_away(operator_id: UUID, point: str, times: int) -> None:
    """Texts were not taken because of what stood in them; they are counted (004 3.11)."""
    _count(operator_id, point, "turned-away", times)


def undeclared(operator_id: UUID, point: str, times: int) -> None:
    """A device sent items that the policy does not declare; they were dropped, and are counted."""
    _count(operator_id, point, "undeclared", times)


def _count(operator_id: UUID, point: str, what: str, times: int) -> None:
    if times < 1:
        return
    day = policies.in_force(operator_id).calendar.local_day(clock.now())
    row, made = Tally.objects.get_or_create(
        operator_id=operator_id, day=day, point=point, what=what, defaults={"times": times}
    )
    if not made:
        Tally.objects.filter(pk=row.pk).update(times=F("times") + times)


def counted(operator_id: UUID) -> dict[str, dict[str, int]]:
    """By what was counted: how often at each collection point."""
    rows = Tally.objects.filter(operator_id=operator_id).values("what", "point")
    found: dict[str, dict[str, int]] = {}
    for each in rows.annotate(all=Sum("times")).order_by("what", "point"):
        found.setdefault(each["what"], {})[each["point"]] = each["all"]
    return found


def screen(
    place: Place, point: str, values: Mapping[str, str], *, beside: Collection[str] = ()
) -> list[UUID]:
    """Look through the texts of a record that were just stored; what the policy forbids is blocked
    and waits at the desk (000 4; 004 3.11). ``beside`` are the fields of files: a message as it
    arrived holds what was found in its text."""
    policy = policies.in_force(place.operator)
    texts = {slug: each for slug, each in values.items() if screening.is_free(policy, slug)}
    if not screening.rules(policy) or not texts:
        return []
    long_ones = sum(policy.fields[slug].type == "long-text" for slug in texts)
    _count(place.operator, point, "screened", long_ones)
    found = {slug: screening.hits(policy, slug, each) for slug, each in texts.items()}
    found = {slug: each for slug, each in found.items() if each}
    whole = {kind: rule for each in found.values() for kind, rule in each.items()}
    mails = [slug for slug in beside if policy.fields[slug].type == "mail"] if whole else []
    found |= dict.fromkeys(mails, whole)
    return [_flag(place, slug, each, policy) for slug, each in found.items()]


def _flag(place: Place, field: str, found: Mapping[str, Rule], policy: Policy) -> UUID:
    """Block it until somebody decides; what waits for the same already is not found twice."""
    kinds = tuple(found)
    waiting = Finding.objects.filter(
        operator_id=place.operator,
        subject_id=place.subject,
        record=place.record,
        field=field,
        decided_at=None,
    )
    for each in waiting:
        if set(kinds) <= set(each.kinds):
            return each.id
    row = Finding.objects.create(
        operator_id=place.operator,
        subject_id=place.subject,
        id=new_id(),
        record=place.record,
        field=field,
        kinds=list(kinds),
        found_at=clock.now(),
    )
    said = SpecialFound(
        subject=place.subject,
        clause=next(iter(found.values())).clause,
        policy_version=policy.number,
        finding=row.id,
        record=place.record,
        fields=(field,),
        kinds=kinds,
    )
    journal.append(place.operator, said)
    blocking.block(
        place.operator,
        place.subject,
        row.id,
        ground=SPECIAL_CHECK,
        actor=SYSTEM,
        record=place.record,
        fields=(field,),
    )
    return row.id


def findings(operator_id: UUID, *, waiting: bool = False) -> list[FindingRow]:
    """What was found, the oldest undecided first."""
    rows = Finding.objects.filter(operator_id=operator_id)
    if waiting:
        rows = rows.filter(decided_at__isnull=True)
    return [_row(each) for each in rows.order_by(F("decided_at").desc(nulls_first=True), "id")]


def finding(operator_id: UUID, finding_id: UUID) -> FindingRow:
    return _row(_get(operator_id, finding_id))


def _get(operator_id: UUID, finding_id: UUID) -> Finding:
    rows = Finding.objects.select_for_update().filter(operator_id=operator_id, id=finding_id)
    row = rows.first()
    if row is None:
        raise UnknownFinding(_("There is no such finding. Open it from the list."))
    return row


def _row(row: Finding) -> FindingRow:
    return FindingRow(
        row.id,
        row.subject_id,
        row.record,
        row.field,
        tuple(row.kinds),
        row.found_at,
        row.decided_at,
        row.outcome,
    )


def decide(operator_id: UUID, finding_id: UUID, outcome: str, actor: Actor) -> None:
    """A member of staff has looked: the text is free again, or it is removed from the vault. Where
    the person’s data is destroyed, the text went with it.

    Raises ``UnknownFinding``, ``AlreadyDecided`` and ``NotRemoved``.
    """
    if outcome not in OUTCOMES:
        raise UnknownFinding(_("Choose what was found."))
    row = _get(operator_id, finding_id)
    if row.decided_at is not None:
        raise AlreadyDecided(_("This was decided already. Look at the list again."))
    if gate.standing(operator_id, row.subject_id).destroyed:
        outcome = "removed"
    else:
        if outcome == "removed":
            _remove(operator_id, row, actor)
        _free(operator_id, row, "mended" if outcome == "removed" else "lawful", actor)
    row.decided_at, row.outcome, row.decided_by = clock.now(), outcome, actor.id
    row.save(update_fields=["decided_at", "outcome", "decided_by"])
    said = SpecialDecided(
        subject=row.subject_id,
        actor=actor,
        clause=_clause(policies.in_force(operator_id), row),
        automated=False,
        finding=row.id,
        outcome=outcome,
    )
    journal.append(operator_id, said)


def _clause(policy: Policy, row: Finding) -> str:
    """The clause by which it was found, if the policy in force still has it."""
    ruled = (screening.rules(policy).get(kind) for kind in row.kinds)
    return next((each.clause for each in ruled if each), "")


def _remove(operator_id: UUID, row: Finding, actor: Actor) -> None:
    leave = gate.decide(
        Operation(
            operator=operator_id,
            subject=row.subject_id,
            action=Action.DELETION,
            purpose=LawPurpose.RETENTION,
            fields=frozenset({row.field}),
            actor=actor,
            record=row.record,
        )
    )
    if not isinstance(leave, Permit):
        raise NotRemoved(leave.message(get_language() or "en"))
    vault.destroy(leave, record=row.record, fields=[row.field])


def _free(operator_id: UUID, row: Finding, result: str, actor: Actor) -> None:
    """Lift the block, unless somebody has lifted it or the person's data is gone."""
    try:
        refused = blocking.lift(operator_id, row.subject_id, row.id, result=result, actor=actor)
    except NoSuchBlock:
        return
    if refused is not None:
        raise NotRemoved(refused.message(get_language() or "en"))
