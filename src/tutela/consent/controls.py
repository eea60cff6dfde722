"""Was consent asked for, kept, and obeyed when it ended?

What was permitted on consent stands in the journal with the consents themselves, in one order.
So each such use is compared with the last word on its purpose before it: that word must be a
consent, not a withdrawal, not an end, and not silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tutela.consent.ending import overdue
from tutela.consent.models import Event, Refusal, Text, WithdrawalRow
from tutela.consent.rules import Kind, Mode, implied_allowed
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.journal import actions as journal
from tutela.obligations import judging
from tutela.policy.parameters import NOTE, SWITCH
from tutela.web.plurals import plural

GIVEN, REFUSED = ("consent.given",), ("consent.refused",)
WITHDRAWN, EXPIRED = ("consent.withdrawn",), ("consent.expired",)
_LAST_WORDS = (*GIVEN, *WITHDRAWN, *EXPIRED, "consent.stopped")
_PERMITTED = "gate.permitted"


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses permitted on consent, by what was the last word before each."""

    consented: int
    unconsented: int
    after_withdrawal: int
    after_end: int
    subjects: tuple[UUID, ...]

    @property
    def total(self) -> int:
        return self.consented + self.unconsented + self.after_withdrawal + self.after_end


def uses(question: Question) -> Uses:
    return question.once("consent.uses", lambda: _uses(question))


def _uses(question: Question) -> Uses:
    bases = {slug for slug, each in question.policy.bases.items() if each.kind == "consent"}
    before, subjects = journal.preceded(
        question.operator_id, _PERMITTED, bases, among=_LAST_WORDS, usual=GIVEN
    )
    return Uses(
        consented=before.get(*GIVEN, 0),
        unconsented=before.get("", 0),
        after_withdrawal=before.get(*WITHDRAWN, 0),
        after_end=before.get(*EXPIRED, 0) + before.get("consent.stopped", 0),
        subjects=tuple(subjects),
    )


@dataclass(frozen=True, slots=True)
class Given:
    """Consents on record: those by conduct, and those whose words are lost or altered."""

    total: int
    implied: int
    wordless: int
    journalled: int

    @property
    def unproven(self) -> int:
        """Consents without their exact words, or without their entry in the journal."""
        return self.wordless + abs(self.total - self.journalled)


def given(question: Question) -> Given:
    return question.once("consent.given", lambda: _given(question.operator_id))


def _given(operator_id: UUID) -> Given:
    fresh = Func(
        F("text"),
        template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
        output_field=CharField(),
    )
    same = Text.objects.annotate(fresh=fresh).filter(
        operator_id=operator_id, sha256=OuterRef("text_hash"), fresh=F("sha256")
    )
    rows = Event.objects.filter(operator_id=operator_id, kind=Kind.GIVEN)
    hashes = rows.values("text_hash").annotate(times=Count("id"), kept=Exists(same))
    wordless = sum(each["times"] for each in hashes if not each["kept"])
    counted = rows.aggregate(total=Count("id"), implied=Count("id", filter=Q(mode=Mode.IMPLIED)))
    return Given(
        total=counted["total"],
        implied=counted["implied"],
        wordless=wordless,
        journalled=journal.count(operator_id, GIVEN),
    )


def _given_figure(count: int) -> Figure:
    return Figure(plural("%(count)d consent", "%(count)d consents"), count, GIVEN)


@control(
    "consent.record",
    how=_(
        "Each consent must have its exact words, whose fingerprint is computed anew, and its entry "
        "in the journal; each use on consent must come after a consent to that purpose."
    ),
    parameters={"declarations": NOTE},
)
def consent_record(question: Question) -> Answer:
    """152-FZ article 9(1, 3), GDPR article 7(1)."""
    kept, used = given(question), uses(question)
    figures = [_given_figure(kept.total)]
    if used.total:
        words = plural("%(count)d use on consent", "%(count)d uses on consent")
        figures.append(Figure(words, used.total, (_PERMITTED,)))
    if kept.unproven:
        words = plural("%(count)d not proven", "%(count)d not proven")
        figures.append(Figure(words, kept.unproven, GIVEN))
    if used.unconsented:
        words = plural("%(count)d use without one", "%(count)d uses without one")
        figures.append(Figure(words, used.unconsented, (_PERMITTED,)))
    broken = kept.unproven + used.unconsented
    subjects = used.subjects if used.unconsented else ()
    return Answer(settled(kept.total, broken), tuple(figures), subjects)


@control(
    "consent.implied",
    how=_(
        "Where the policy asks for an explicit act, no consent may be recorded by conduct; where "
        "it accepts conduct, the consent must come before the first use."
    ),
    parameters={"strict": SWITCH, "acts": NOTE},
)
def consent_implied(question: Question) -> Answer:
    kept, used = given(question), uses(question)
    explicit = kept.total - kept.implied
    words = plural("%(count)d by an explicit act", "%(count)d by an explicit act")
    figures = [Figure(words, explicit, GIVEN)]
    if kept.implied:
        words = plural("%(count)d by conduct", "%(count)d by conduct")
        figures.append(Figure(words, kept.implied, GIVEN))
    forbidden = 0 if implied_allowed(question.policy) else kept.implied
    return Answer(settled(kept.total, forbidden + used.unconsented), tuple(figures))


@control(
    "consent.refuse",
    how=_(
        "Of a visitor who refused, only the refusal may be kept: neither the row nor the entry in "
        "the journal may lead to a person."
    ),
)
def consent_refuse(question: Question) -> Answer:
    """004 preamble, 2.7: nothing but the refusal is kept."""
    refused, wrong = question.once("consent.refused", lambda: _refused(question.operator_id))
    words = plural("%(count)d refusal", "%(count)d refusals")
    figures = [Figure(words, refused, REFUSED)]
    if wrong:
        words = plural("%(count)d leads to a person", "%(count)d lead to a person")
        figures.append(Figure(words, wrong, REFUSED))
    return Answer(settled(refused, wrong), tuple(figures))


def _refused(operator_id: UUID) -> tuple[int, int]:
    shapes = journal.shapes(operator_id, REFUSED, ("point",))
    traced = sum(
        times for shape, times in shapes if shape.about_person or shape.actor_kind != "visitor"
    )
    rows = Refusal.objects.filter(operator_id=operator_id).count()
    written = sum(times for _, times in shapes)
    return rows, traced + abs(rows - written)


@control(
    "consent.withdraw",
    how=_(
        "After each withdrawal no use may be permitted on that consent, and what the policy "
        "promises on a withdrawal must be carried out in time."
    ),
)
def consent_withdraw(question: Question) -> Answer:
    """152-FZ article 9(2), 21(5); GDPR article 7(3); 004 9.4(a)."""
    used = uses(question)
    made = question.once(
        "consent.withdrawals",
        lambda: WithdrawalRow.objects.filter(operator_id=question.operator_id).count(),
    )
    course = judging.of_clause(question) or judging.Course()
    words = plural("%(count)d withdrawal", "%(count)d withdrawals")
    figures = [Figure(words, made, WITHDRAWN), *judging.figures(question, course)]
    if used.after_withdrawal:
        words = plural("%(count)d use afterwards", "%(count)d uses afterwards")
        figures.append(Figure(words, used.after_withdrawal, (_PERMITTED,)))
    state = settled(made, used.after_withdrawal + course.late, course.soon)
    return Answer(state, tuple(figures), used.subjects if used.after_withdrawal else ())


@control(
    "consent.expire",
    how=_(
        "A consent with an end of its own must end by itself, and no use may be permitted on it "
        "afterwards."
    ),
)
def consent_expire(question: Question) -> Answer:
    """004 8.2(b): processing ends when the consent expires."""
    used = uses(question)
    course = judging.of_clause(question) or judging.Course()
    ended = question.once(
        "consent.expired",
        lambda: Event.objects.filter(operator_id=question.operator_id, kind=Kind.EXPIRED).count(),
    )
    waiting = question.once("consent.overdue", lambda: overdue(question.operator_id, question.now))
    words = plural("%(count)d consent expired", "%(count)d consents expired")
    figures = [Figure(words, ended, EXPIRED), *judging.figures(question, course)]
    if waiting:
        words = plural("%(count)d not ended yet", "%(count)d not ended yet")
        figures.append(Figure(words, waiting))
    if used.after_end:
        words = plural("%(count)d use afterwards", "%(count)d uses afterwards")
        figures.append(Figure(words, used.after_end, (_PERMITTED,)))
    state = settled(ended, used.after_end + course.late, course.soon + waiting)
    return Answer(state, tuple(figures), used.subjects if used.after_end else ())
