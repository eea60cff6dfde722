"""Does data end when it should, is it really gone, and is that proven?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.core.controls import Answer, Figure, Judge, Question, control, settled
from tutela.core.registry import Registry
from tutela.journal import actions as journal
from tutela.obligations import judging
from tutela.policy.parameters import NOTE
from tutela.retention import elsewhere
from tutela.retention.acts import Kind
from tutela.retention.keeping import BESIDE
from tutela.retention.models import Act, Counter, HoldRow, Schedule
from tutela.retention.rules import AFTER_EXCEPTION
from tutela.retention.sweeping import RETRY
from tutela.vault import actions as vault
from tutela.web.plurals import plural

SCHEDULED, DESTROYED = ("retention.scheduled",), ("retention.destroyed",)
IMPOSSIBLE, KEPT = ("retention.impossible",), ("retention.kept",)
HELD, RELEASED = ("retention.held",), ("retention.released",)
EVIDENCE = ("retention.evidence-ended",)
COMMANDED = ("processor.commanded",)
ELSEWHERE = ("retention.processors-done",)
ACTS = (*DESTROYED, *IMPOSSIBLE, *EVIDENCE, *ELSEWHERE)

EVENTS: Registry[Judge] = Registry("judge of an event of the whole operator")
"""Who answers for a clause that is bound with such an ``event``: the room that carries it out
stands above this one and registers itself here."""

CHECKED = 200
"""Acts whose signatures one look checks: as many of the newest, and as many further back."""


@dataclass(frozen=True, slots=True)
class Endings:
    """Records by rules: with an end, waiting for an event, ended, overdue, tried in vain."""

    scheduled: int
    undated: int
    ended: int
    overdue: int
    failing: int
    blocked: int
    ahead: int
    held: int
    subjects: tuple[UUID, ...]

    @property
    def course(self) -> tuple[tuple[str, int], ...]:
        return (
            ("done", self.ended),
            ("due", self.overdue),
            ("blocked", self.blocked),
            ("held", self.held),
            ("ahead", self.ahead),
        )


@control(
    "retention.schedule",
    how=_(
        "Every stored record must have an end that a rule of the policy gave it, or an event that "
        "it waits for; a record whose time is over must be gone or waiting under the longer limit."
    ),
)
def retention_schedule(question: Question) -> Answer:
    """004 8.1, 5.2; 152-FZ article 5(7); GDPR article 5(1)(e)."""
    rules = {
        slug for slug, each in question.policy.retention.items() if question.clause in each.clauses
    }
    found = question.once(
        f"retention.endings {sorted(rules)}",
        lambda: _endings(question.operator_id, question.now, rules),
    )
    endless = question.once("retention.endless", lambda: _endless(question.operator_id))
    figures = [
        Figure(
            plural("%(count)d record with an end", "%(count)d records with an end"),
            found.scheduled,
            SCHEDULED,
        )
    ]
    more = [
        (plural("%(count)d until an event", "%(count)d until an event"), found.undated),
        (plural("%(count)d ended", "%(count)d ended"), found.ended),
        (plural("%(count)d overdue", "%(count)d overdue"), found.overdue),
        (plural("%(count)d tried in vain", "%(count)d tried in vain"), found.failing),
        (plural("%(count)d without an end", "%(count)d without an end"), endless),
    ]
    figures += [Figure(words, count, SCHEDULED) for words, count in more if count]
    total = found.scheduled + found.undated
    state = settled(total, found.overdue + endless, found.failing)
    return Answer(state, tuple(figures), found.subjects, found.course)


def _endings(operator_id: UUID, now: datetime, rules: Collection[str]) -> Endings:
    rows = Schedule.objects.filter(operator_id=operator_id).exclude(rule=AFTER_EXCEPTION)
    if rules:
        rows = rows.filter(rule__in=rules)
    waits, limited = Q(done_at=None), Q(id__in=judging.standing_causes(operator_id))
    ended = waits & Q(ends_at__lte=now)
    over = ended & ~limited
    counted = rows.aggregate(
        scheduled=Count("record", distinct=True, filter=Q(ends_at__isnull=False)),
        undated=Count("record", distinct=True, filter=waits & Q(ends_at=None)),
        ended=Count("record", distinct=True, filter=Q(done_at__isnull=False)),
        overdue=Count("record", distinct=True, filter=over),
        failing=Count("record", distinct=True, filter=waits & Q(attempts__gt=0)),
        blocked=Count("record", distinct=True, filter=ended & limited),
        ahead=Count("record", distinct=True, filter=waits & ~Q(ends_at__lte=now)),
    )
    kept = Schedule.objects.filter(operator_id=operator_id, rule=AFTER_EXCEPTION, done_at=None)
    held = kept.filter(record__in=rows.values("record")).values("record").distinct().count()
    whose = rows.filter(over).values_list("subject_id", flat=True).distinct()[:50]
    return Endings(**counted, held=held, subjects=tuple(whose))


def _endless(operator_id: UUID) -> int:
    """Records in the vault about which no rule says when they end."""
    known = Schedule.objects.filter(operator_id=operator_id, record=OuterRef("id"))
    return vault.all_records(operator_id).filter(~Exists(known)).count()


@control(
    "retention.purge",
    how=_(
        "Each destruction that the policy promises must be done in its term and proven by an act, "
        "and nothing may be left in the vault of a person who was destroyed."
    ),
    parameters={"event": NOTE},
)
def retention_purge(question: Question) -> Answer:
    """004 9.3, 9.4; 152-FZ article 21(4-5): destroyed within the term, and for good."""
    if judge := EVENTS.get(str(question.parameters.get("event", ""))):
        return judge(question)
    promised = judging.of_clause(question)
    course = promised or judging.of_promises(question, _promises(question))
    left = question.once("vault.left", lambda: vault.left_of_destroyed(question.operator_id))
    made = question.once("retention.acts", lambda: _made(question.operator_id))
    figures = list(judging.figures(question, course))
    done = made[Kind.DESTRUCTION] + made[Kind.PARTIAL] + made[Kind.ANONYMISATION]
    if promised is None:
        words = plural("%(count)d act of destruction", "%(count)d acts of destruction")
        figures.append(Figure(words, done, DESTROYED))
    abroad = question.once(
        "retention.elsewhere", lambda: elsewhere.figures(question.operator_id, question.now)
    )
    if abroad.awaited:
        words = plural(
            "%(count)d processor’s answer awaited", "%(count)d processors’ answers awaited"
        )
        figures.append(Figure(words, abroad.awaited, COMMANDED))
    if abroad.overdue:
        words = plural("%(count)d of them overdue", "%(count)d of them overdue")
        figures.append(Figure(words, abroad.overdue, COMMANDED))
    if left:
        words = plural("%(count)d row left behind", "%(count)d rows left behind")
        figures.append(Figure(words, left))
    state = settled(course.settled, course.late + left, course.soon + abroad.overdue)
    subjects = judging.concerned(question) if course.late or course.soon else ()
    return Answer(state, tuple(figures), subjects or abroad.subjects, _course(question))


def _course(question: Question) -> tuple[tuple[str, int], ...]:
    """How far the destructions have come that the clause promises, or sets the longer limit of."""
    policy, clause = question.policy, question.clause
    own = {each.slug for each in judging.promised_by(policy, clause)}
    limits = {each.slug for each in judging.limited_by(policy, clause)}
    if not own and not limits:
        own = _promises(question)
    first = judging.of_promises(question, own)
    longer = judging.of_promises(question, (), own | limits)
    return (
        ("done", first.in_time + first.too_late + longer.in_time + longer.too_late),
        ("due", first.overdue + longer.overdue),
        ("blocked", longer.waiting),
        ("ahead", first.waiting),
    )


def _promises(question: Question) -> set[str]:
    """Every promise to destroy that is bound to this control."""
    clauses = set(question.policy.bound_to(question.control))
    return {
        slug
        for slug, each in question.policy.promises.items()
        if each.outcome == "destroy" and clauses.intersection(each.clauses)
    }


def _made(operator_id: UUID) -> dict[str, int]:
    rows = Act.objects.filter(operator_id=operator_id).values_list("kind")
    counted = dict(rows.annotate(times=Count("id")).order_by("kind"))
    return {str(each): counted.get(str(each), 0) for each in Kind}


@control(
    "retention.certificate",
    how=_(
        "Every act must have its entry in the journal and a gapless number; the signatures of the "
        "newest acts, and in turn those of all older ones, are checked."
    ),
)
def retention_certificate(question: Question) -> Answer:
    """004 7.6(2)(e): a destruction is proven by an act that anybody can verify."""
    made = sum(question.once("retention.acts", lambda: _made(question.operator_id)).values())
    checked, forged = _signatures(question.operator_id, made)
    missing = abs(made - journal.count(question.operator_id, ACTS)) + _gaps(question.operator_id)
    figures = [
        Figure(plural("%(count)d act", "%(count)d acts"), made, ACTS),
        Figure(
            plural("%(count)d signature checked now", "%(count)d signatures checked now"),
            checked,
        ),
    ]
    if forged:
        words = plural("%(count)d does not verify", "%(count)d do not verify")
        figures.append(Figure(words, forged, ACTS))
    if missing:
        words = plural("%(count)d missing or unrecorded", "%(count)d missing or unrecorded")
        figures.append(Figure(words, missing, ACTS))
    return Answer(settled(made, forged + missing), tuple(figures))


_turn: dict[UUID, int] = {}
"""How far back each operator's acts were checked by this process; after the oldest, anew."""


def _signatures(operator_id: UUID, made: int) -> tuple[int, int]:
    rows = Act.objects.filter(operator_id=operator_id).order_by("-year", "-number")
    start = max(CHECKED, _turn.get(operator_id, 0))
    start = start if start < made else CHECKED
    looked = [*rows[:CHECKED], *rows[start : start + CHECKED]]
    _turn[operator_id] = start + CHECKED
    return len(looked), sum(not verifies(each) for each in looked)


def verifies(act: Act) -> bool:
    """Whether the act is what the operator signed, and its row is what the act says."""
    said = act.envelope.get("document", {})
    row = {
        "id": str(act.id),
        "subject": str(act.subject_id),
        "kind": act.kind,
        "number": {"year": act.year, "number": act.number},
    }
    same = all(said.get(name) == value for name, value in row.items())
    same = same and act.sha256 == sha256_hex(canonical_bytes(said))
    return same and journal.document_holds(act.operator_id, act.envelope)


def _gaps(operator_id: UUID) -> int:
    """Numbers that are missing in some year."""
    acts = Act.objects.filter(operator_id=operator_id).values_list("year")
    made = dict(acts.annotate(times=Count("id")).order_by("year"))
    last = dict(Counter.objects.filter(operator_id=operator_id).values_list("year", "last"))
    return sum(abs(last.get(year, 0) - made.get(year, 0)) for year in {*last, *made})


@control(
    "retention.hold",
    how=_(
        "Data that outlives its term must have a ground on record, one that the policy allows; "
        "when the ground ends, the data must go."
    ),
    parameters={"grounds": NOTE},
)
def retention_hold(question: Question) -> Answer:
    """004 9.3(c), 9.4(c); 152-FZ article 21(4-5)."""
    rows = HoldRow.objects.filter(operator_id=question.operator_id)
    live = Q(released_at=None) & (Q(until=None) | Q(until__gt=question.now))
    counted = question.once(
        "retention.holds",
        lambda: rows.aggregate(
            all=Count("id"),
            live=Count("id", filter=live),
            groundless=Count("id", filter=~Q(ground__in=_grounds(question))),
        ),
    )
    overdue = question.once(
        "retention.outlived", lambda: _outlived(question.operator_id, question.now)
    )
    kept = question.once("retention.kept", lambda: journal.count(question.operator_id, KEPT))
    figures = [
        Figure(plural("%(count)d hold", "%(count)d holds"), counted["all"], HELD),
        Figure(plural("%(count)d of them now", "%(count)d of them now"), counted["live"], HELD),
    ]
    if kept:
        words = plural(
            "%(count)d time something was kept on a ground",
            "%(count)d times something was kept on a ground",
        )
        figures.append(Figure(words, kept, KEPT))
    if counted["groundless"]:
        words = plural("%(count)d without a ground", "%(count)d without a ground")
        figures.append(Figure(words, counted["groundless"], HELD))
    if overdue:
        words = plural("%(count)d outlived its ground", "%(count)d outlived their ground")
        figures.append(Figure(words, overdue, HELD))
    state = settled(counted["all"] + kept, counted["groundless"] + overdue)
    over = counted["all"] - counted["live"]
    course = (("done", over), ("due", overdue), ("held", counted["live"]))
    return Answer(state, tuple(figures), course=course)


def _grounds(question: Question) -> set[str]:
    policy = question.policy
    return {*policy.bases, *policy.purposes, *BESIDE}


def _outlived(operator_id: UUID, now: datetime) -> int:
    """Records that an exception kept, whose look after its end is more than a retry late."""
    rows = Schedule.objects.filter(
        operator_id=operator_id, rule=AFTER_EXCEPTION, done_at=None, next_at__lt=now - RETRY
    )
    return rows.count()
