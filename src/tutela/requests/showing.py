"""One request of the register as a reader sees it, without anything personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.identity import actions as identity
from tutela.policy.terms import Computation
from tutela.requests.case_wording import (
    ASKED_ON,
    ASKERS,
    CHANNELS,
    DECISIONS,
    DUE_FROM,
    REFUSALS,
    STATES,
)
from tutela.requests.cases import subject_of
from tutela.requests.kinds import KINDS, Kind, Outcome, State
from tutela.requests.models import Case
from tutela.requests.promises import by_when, left, waits

SOON = timedelta(hours=48)
NEXT = {
    State.RECEIVED: gettext_lazy("Read it"),
    State.INCOMPLETE: gettext_lazy("Wait for the signed form, or record that it came"),
    State.PROVING: gettext_lazy("Find out who asks"),
    State.WORKING: gettext_lazy("Do what is asked and decide"),
    State.DECIDED: gettext_lazy("Read the answer and send it"),
}
"""The one next step, by where the request stands."""


@dataclass(frozen=True, slots=True)
class Shown:
    """``tone`` is a state of the components, or “good” for what goes by itself, and ``word`` says
    it; ``by`` is the last day in time, ``source`` where that date comes from, ``counted`` how it
    was counted, ``waits`` for what the clock stands still."""

    row: Case
    kind: Kind
    subject: UUID | None
    channel: str
    asker: str
    ground: str
    stands: str
    tone: str
    word: str
    by: str
    left: str
    counted: str
    source: str
    next: str
    by_itself: bool
    assignee: str
    outcome: str
    refusal: str
    waits: str


def shown(row: Case, language: str, now: datetime, staff: Mapping[str, str]) -> Shown:
    computation = Computation.from_json(row.computation)
    kind = KINDS[row.kind]
    waiting = row.ended_at is None
    tone, word = _tone(row, now)
    by_itself = kind.by_itself and row.state == State.WORKING
    if waiting and computation.paused(now):
        tone, word = "open", _("the clock stands still")
    elif by_itself and tone == "open":
        tone, word = "good", _("by itself")
    return Shown(
        row=row,
        kind=kind,
        subject=subject_of(row),
        channel=str(CHANNELS[row.channel]),
        asker=str(ASKERS[row.asker]),
        ground=str(ASKED_ON.get(row.ground, "")),
        stands=str(STATES[row.state]),
        tone=tone,
        word=word,
        by=by_when(computation),
        left=left(computation, now) if waiting else "",
        counted=computation.explain(language),
        source=str(DUE_FROM[row.due_from]),
        next=_next(row, by_itself=by_itself, late=now >= row.due_at),
        by_itself=by_itself,
        assignee=staff.get(row.assignee, "") if row.assignee else "",
        outcome=str(DECISIONS.get(row.outcome, "")),
        refusal=str(REFUSALS.get(row.refusal, "")),
        waits=waits(computation, now) if row.ended_at is None else "",
    )


def _tone(row: Case, now: datetime) -> tuple[str, str]:
    if row.ended_at is not None:
        late = row.ended_at >= row.due_at
        calm = "refused" if row.outcome in {Outcome.REFUSED, Outcome.TAKEN_BACK} else "discharged"
        return ("late", _("ended too late")) if late else (calm, str(STATES[row.state]))
    if now >= row.due_at:
        return "late", ""
    if row.due_at - now <= SOON:
        return "soon", ""
    return "open", str(STATES[row.state])


def _next(row: Case, *, by_itself: bool, late: bool) -> str:
    if row.ended_at is not None:
        return ""
    if by_itself and late:
        return _("Something hinders the system: look at the person’s page")
    if by_itself:
        return _("The system does it; nothing waits for you")
    return str(NEXT[State(row.state)])


def staff_names(operator_id: UUID) -> dict[str, str]:
    """Members of staff who can be given requests, by the identifier of their account."""
    holders = identity.role_holders(operator_id)
    return {
        str(each.user_id): each.name for each in holders if each.active and each.role != "auditor"
    }
