"""The one shape in which promises with a term are judged; every room's deadlines use it.

Late, whether done since or not, breaks the clause; what is due within ``SOON`` puts it at risk;
everything discharged in time keeps it; and where no fact has ever opened the promise there is
nothing to judge yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from tutela.core.controls import Answer, ClauseState, Figure, Question, settled
from tutela.obligations.models import NOBODY, Obligation
from tutela.obligations.rules import STANDING, State
from tutela.policy.model import Policy, Promise
from tutela.web.plurals import plural

SOON = timedelta(hours=48)
"""From how long before its due moment a promise that nobody has carried out is at risk."""

OPENED = ("obligation.opened",)
DONE = ("obligation.discharged",)
LATE = ("obligation.late",)
FAILED = ("obligation.fallback-opened",)

_MOST_SUBJECTS = 50


@dataclass(frozen=True, slots=True)
class Course:
    """How the obligations of one promise went; ``fallback`` are those of its longer limit."""

    promise: str = ""
    fallback: bool = False
    opened: int = 0
    waiting: int = 0
    soon: int = 0
    overdue: int = 0
    in_time: int = 0
    too_late: int = 0
    failed: int = 0
    failed_late: int = 0
    cancelled: int = 0
    slowest: timedelta | None = None

    @property
    def late(self) -> int:
        return self.overdue + self.too_late + self.failed_late

    @property
    def settled(self) -> int:
        """Cases that can be judged: done, late, or fallen back to the longer limit in time."""
        return self.in_time + self.late + (self.failed - self.failed_late)


def courses(operator_id: UUID, now: datetime) -> list[Course]:
    """The course of every promise of the operator, in one statement."""
    late = Q(late_since__isnull=False) | Q(ended_at__gte=F("due_at"))
    overdue = Q(state=State.LATE) | Q(state=State.OPEN, due_at__lte=now)
    done, failed = Q(state=State.DISCHARGED), Q(state=State.FAILED)
    near = Q(state=State.OPEN, due_at__gt=now, due_at__lte=now + SOON)
    rows = (
        Obligation.objects.filter(operator_id=operator_id)
        .values("promise", fallback=Q(fallback_of__isnull=False))
        .annotate(
            opened=Count("id"),
            waiting=Count("id", filter=Q(state=State.OPEN, due_at__gt=now)),
            soon=Count("id", filter=near),
            overdue=Count("id", filter=overdue),
            in_time=Count("id", filter=done & ~late),
            too_late=Count("id", filter=done & late),
            failed=Count("id", filter=failed),
            failed_late=Count("id", filter=failed & late),
            cancelled=Count("id", filter=Q(state=State.CANCELLED)),
            slowest=Max(F("ended_at") - F("event_at"), filter=done),
        )
        .order_by("promise")
    )
    return [Course(**row) for row in rows]


def together(found: Iterable[Course]) -> Course:
    listed = list(found)
    numbers = {
        name: sum(getattr(each, name) for each in listed)
        for name in Course.__dataclass_fields__
        if name not in {"promise", "fallback", "slowest"}
    }
    slowest = max((each.slowest for each in listed if each.slowest is not None), default=None)
    return Course(slowest=slowest, **numbers)


def promised_by(policy: Policy, clause: str) -> list[Promise]:
    """The promises that carry this clause out within their own term."""
    return [each for each in policy.promises.values() if clause in each.clauses]


def limited_by(policy: Policy, clause: str) -> list[Promise]:
    """The promises whose longer limit for impossible cases this clause sets."""
    return [
        each
        for each in policy.promises.values()
        if each.if_impossible and clause in each.if_impossible.clauses
    ]


STANDING_CAUSES = """
SELECT cause FROM obligations_obligation
WHERE operator_id = %(operator)s AND state IN ('open', 'late')
"""
"""``standing_causes``, in SQL."""


def standing_causes(operator_id: UUID) -> QuerySet[Obligation, UUID]:
    """What has opened obligations that still stand, as a query that others may look into."""
    standing = Obligation.objects.filter(operator_id=operator_id, state__in=STANDING)
    return standing.values_list("cause", flat=True)


def of_clause(question: Question) -> Course | None:
    """The course of what the clause promises, or None where no promise of the policy carries it.

    The clauses of a longer limit are judged by the fallbacks, all others by the first term.
    """
    own = {each.slug for each in promised_by(question.policy, question.clause)}
    limits = {each.slug for each in limited_by(question.policy, question.clause)}
    if not own and not limits:
        return None
    return of_promises(question, own, limits)


def of_promises(question: Question, own: Collection[str], limits: Collection[str] = ()) -> Course:
    """The first terms of the promises ``own`` and the longer limits of ``limits`` together."""
    every = question.once(
        "obligations.courses", lambda: courses(question.operator_id, question.now)
    )
    return together(each for each in every if each.promise in (limits if each.fallback else own))


def by_promise(question: Question) -> Answer:
    """The answer of a control that is nothing but a promise with a term. What the capability
    has to do beside the promise is not built where no promise carries the clause."""
    course = of_clause(question)
    if course is None:
        return Answer(ClauseState.NOT_BUILT)
    return answer(question, course)


def answer(question: Question, course: Course, *more: Figure) -> Answer:
    """The usual answer about ``course``, with figures of the room's own behind the usual ones."""
    state = settled(course.settled, course.late, course.soon)
    subjects = concerned(question) if state in {ClauseState.BROKEN, ClauseState.AT_RISK} else ()
    return Answer(state, (*figures(question, course), *more), subjects)


def figures(question: Question, course: Course) -> tuple[Figure, ...]:
    clause = recorded_under(question.policy, question.clause)
    every = [
        Figure(plural("%(count)d case", "%(count)d cases"), course.opened, OPENED),
        Figure(plural("%(count)d in time", "%(count)d in time"), course.in_time, DONE),
        Figure(plural("%(count)d late", "%(count)d late"), course.late, LATE),
        Figure(
            plural("%(count)d impossible in the term", "%(count)d impossible in the term"),
            course.failed,
            FAILED,
        ),
        Figure(plural("%(count)d waits", "%(count)d wait"), course.waiting, OPENED),
        Figure(
            plural("%(count)d due within 48 hours", "%(count)d due within 48 hours"),
            course.soon,
            OPENED,
        ),
    ]
    shown = [Figure(each.words, each.count, each.kinds, clause) for each in every if each.count]
    days = course.slowest.days if course.slowest is not None else 0
    if days:
        words = plural("the slowest took %(count)d day", "the slowest took %(count)d days")
        shown.append(Figure(words, days, DONE, clause))
    return tuple(shown)


def recorded_under(policy: Policy, clause: str) -> str:
    """The clause that the entries of these obligations name: the promise's first one."""
    own = {next(iter(each.clauses), "") for each in promised_by(policy, clause)}
    limits = {
        next(iter(each.if_impossible.clauses), "")
        for each in limited_by(policy, clause)
        if each.if_impossible
    }
    named = own | limits
    return named.pop() if len(named) == 1 else ""


def concerned(question: Question) -> tuple[UUID, ...]:
    """Whose obligations under this clause are late, or due within 48 hours and still open."""
    near = Q(state=State.OPEN, due_at__lte=question.now + SOON)
    promises = {each.slug for each in promised_by(question.policy, question.clause)}
    promises |= {each.slug for each in limited_by(question.policy, question.clause)}
    rows = Obligation.objects.filter(
        near | Q(late_since__isnull=False),
        operator_id=question.operator_id,
        promise__in=promises,
    )
    found = rows.order_by("due_at", "id").values_list("subject_id", flat=True)[:_MOST_SUBJECTS]
    return tuple(dict.fromkeys(each for each in found if each != NOBODY))
