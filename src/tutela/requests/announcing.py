"""A new version told by mail to everybody it concerns, where the policy promises it (003 5.2.6).

A row says how far it has come. Each stretch of people is one transaction: their letters are queued
and the row goes on, so that nobody is told twice and nobody is left out whenever the process ends.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy import scheduling
from tutela.policy.model import Policy
from tutela.requests import letters
from tutela.requests.entries import VersionAnnounced
from tutela.requests.models import Announcement, Letter

AT_A_TIME = 100
COMES, DOES_NOT = "version-announced", "version-called-off"
"""The kinds of letters: what comes, and that it does not come after all."""


def promise(operator_id: UUID, policy: Policy) -> None:
    """With the publication: the first version is new to nobody."""
    if policy.announced_to and len(policies.versions(operator_id)) > 1:
        _begin(operator_id, policy.number, COMES)


def call_off(operator_id: UUID, number: int) -> None:
    """With the cancellation: who was told hears that it does not come; nobody else is told."""
    told = Announcement.objects.filter(operator_id=operator_id, number=number, kind=COMES)
    row = told.first()
    if row is None:
        return
    told.filter(ended_at=None).update(ended_at=clock.now())
    if row.told:
        _begin(operator_id, number, DOES_NOT)


def _begin(operator_id: UUID, number: int, kind: str) -> None:
    Announcement.objects.create(
        operator_id=operator_id, id=new_id(), number=number, kind=kind, begun_at=clock.now()
    )


policies.after_publishing.append(promise)
scheduling.after_cancelling.append(call_off)


def go_on(operator_id: UUID, _now: datetime) -> int:
    """Queue the letters of what is not ended yet; how many."""
    queued = 0
    while (step := _stretch(operator_id)) is not None:
        queued += step
    return queued


def _stretch(operator_id: UUID) -> int | None:
    with operator_scope(operator_id):
        row = (
            Announcement.objects.select_for_update(skip_locked=True)
            .filter(operator_id=operator_id, ended_at=None)
            .order_by("begun_at", "id")
            .first()
        )
        if row is None:
            return None
        people = identity.subjects(operator_id, destroyed=False, after=row.after, limit=AT_A_TIME)
        told = [each for each in people if _concerned(operator_id, row, each.id)]
        for each in told:
            letters.queue(operator_id, each.id, row.kind, each.language, about=row.id)
        row.told += len(told)
        row.after = people[-1].id if people else row.after
        if len(people) < AT_A_TIME:
            _end(operator_id, row)
        row.save(update_fields=["told", "after", "ended_at"])
    return len(told)


def _concerned(operator_id: UUID, row: Announcement, subject: UUID) -> bool:
    """Whom it concerns: who was told before, or whom the policy promises to tell. ``users`` are
    the people with a live consent or agreement; ``everybody`` all whose data is held."""
    if row.kind == DOES_NOT:
        return (
            Letter.objects.filter(
                operator_id=operator_id, subject_id=subject, kind=COMES, about__isnull=False
            )
            .filter(about__in=_announced(operator_id, row.number))
            .exists()
        )
    if policies.version(operator_id, row.number).announced_to == "everybody":
        return True
    now, standing = clock.now(), gate.standing(operator_id, subject)
    return any(each.live(now) for each in standing.consents.values()) or any(
        each.live(now) for each in standing.contracts
    )


def _announced(operator_id: UUID, number: int) -> list[UUID]:
    rows = Announcement.objects.filter(operator_id=operator_id, number=number, kind=COMES)
    return list(rows.values_list("id", flat=True))


def _end(operator_id: UUID, row: Announcement) -> None:
    row.ended_at = clock.now()
    policy = policies.version(operator_id, row.number)
    entry = VersionAnnounced(
        number=row.number,
        letters=row.told,
        kind_of_letter=row.kind,
        clause=policy.clause_of("policy.version"),
        policy_version=row.number,
    )
    journal.append(operator_id, entry)


def _said(operator_id: UUID, letter: Letter) -> dict[str, object]:
    if letter.about is None:
        return {}
    row = Announcement.objects.get(operator_id=operator_id, id=letter.about)
    version = next(each for each in policies.versions(operator_id) if each.number == row.number)
    policy = policies.in_force(operator_id)
    where = f"{letters.link('policy-changes', policy, letter)}?to={row.number}"
    return {"version": version, "link": where, "in_force": version.effective_from <= clock.now()}


for _kind in (COMES, DOES_NOT):
    letters.KINDS.register(_kind, f"requests/letters/{_kind}.txt")
    letters.MORE.register(_kind, _said)
