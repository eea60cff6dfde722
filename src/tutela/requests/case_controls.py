"""Are requests answered as they must be, refused with a ground, told, and followed?"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled, worst
from tutela.obligations import judging
from tutela.obligations.models import NOBODY
from tutela.policy.parameters import NOTE, readable_by
from tutela.policy.terms import Term
from tutela.requests import cases, official, replies
from tutela.requests.kinds import Asker, Outcome, State
from tutela.requests.models import (
    Case,
    Letter,
    MachineDecision,
    OfficialRequest,
    Package,
    Recall,
    Reply,
)
from tutela.vault.counting import corrected
from tutela.web.plurals import plural

OPENED, ENDED = ("request.opened",), ("request.ended",)
INFORMING = ("access", "measures", "export", "repeat")
IN_APP = ("app", "portal", "api")
_MOST = 50


def _register(question: Question, rows: Q) -> tuple[Answer, int]:
    """How the requests among ``rows`` went: overdue or answered too late breaks the clause, and so
    does one that was answered without an answer on record."""
    now = question.now
    answer = Reply.objects.filter(case=OuterRef("id")).exclude(step=replies.NOTE)
    found = Case.objects.filter(rows, operator_id=question.operator_id)
    untold = Q(state=State.ANSWERED, told=False) & ~Q(kind="withdrawal") & ~Q(kind="stop")
    counted = found.annotate(told=Exists(answer)).aggregate(
        total=Count("id"),
        ended=Count("id", filter=Q(ended_at__isnull=False)),
        late=Count("id", filter=Q(ended_at__gte=F("due_at")) | Q(ended_at=None, due_at__lte=now)),
        soon=Count("id", filter=Q(ended_at=None, due_at__gt=now, due_at__lte=now + judging.SOON)),
        untold=Count("id", filter=untold),
    )
    figures = [Figure(plural("%(count)d request", "%(count)d requests"), counted["total"], OPENED)]
    figures.append(Figure(plural("%(count)d ended", "%(count)d ended"), counted["ended"], ENDED))
    if counted["late"]:
        figures.append(Figure(plural("%(count)d late", "%(count)d late"), counted["late"]))
    if counted["untold"]:
        words = plural("%(count)d without an answer", "%(count)d without an answer")
        figures.append(Figure(words, counted["untold"], ENDED))
    wrong = counted["late"] + counted["untold"]
    state = settled(counted["ended"], wrong, counted["soon"])
    late = found.filter(Q(ended_at=None, due_at__lte=now)).values_list("subject_id", flat=True)
    subjects = tuple(dict.fromkeys(late[:_MOST])) if wrong else ()
    return Answer(state, tuple(figures), subjects), counted["total"]


def _with_promise(question: Question, own: Answer) -> Answer:
    """What the promise of the clause says, if one carries it, together with the register."""
    course = judging.of_clause(question)
    if course is None:
        return own
    promised = judging.answer(question, course)
    state = worst((promised.state, own.state))
    return Answer(state, (*own.figures, *promised.figures), (*own.subjects, *promised.subjects))


def _of_kinds(question: Question, kinds: Collection[str]) -> Answer:
    return _with_promise(question, _register(question, Q(kind__in=kinds))[0])


@control(
    "request.access",
    how=_(
        "Each request for information must end in time, with an answer on record that has every "
        "section of its checklist, or a refusal with its ground."
    ),
)
def request_access(question: Question) -> Answer:
    """001 1.3.2(a), 6.3; 004 2.10/b2, 2.10/b4, 2.11/b2."""
    return _of_kinds(question, INFORMING)


@control(
    "request.correct",
    how=_(
        "Each request for correction must end in time, with an answer on record, and every value "
        "that was corrected must have the one before it in its history."
    ),
)
def request_correct(question: Question) -> Answer:
    """001 1.3.2(b); 003 11.4(a); 004 2.11/b1(a), 2.17.6(b), 9.1, 9.7."""
    own = _of_kinds(question, ("correction",))
    changed, lost = question.once("vault.corrected", lambda: corrected(question.operator_id))
    if not changed:
        return own
    words = plural("%(count)d value corrected", "%(count)d values corrected")
    figures = [*own.figures, Figure(words, changed)]
    if lost:
        words = plural("%(count)d without the one before", "%(count)d without the one before")
        figures.append(Figure(words, lost))
    kept = settled(changed, lost)
    nothing_asked = own.state is ClauseState.NOTHING_YET
    state = kept if nothing_asked else worst((own.state, kept))
    return Answer(state, tuple(figures), own.subjects)


@control(
    "request.object",
    how=_(
        "Each objection must end in time, with an answer that explains the decision and says what "
        "a person found who looked at it again. A decision with legal effect that neither a law "
        "nor a written consent allows waits for a person and puts the clause at risk."
    ),
)
def request_object(question: Question) -> Answer:
    """001 1.3.4; 004 2.10/b7."""
    own = _of_kinds(question, ("objection",))
    rows = MachineDecision.objects.filter(operator_id=question.operator_id)
    total, waiting = rows.count(), rows.filter(takes_effect=False, reviewed_at=None).count()
    if not total:
        return own
    decided = ("machine.decided",)
    words = plural("%(count)d decision by machine", "%(count)d decisions by machine")
    figures = [*own.figures, Figure(words, total, decided)]
    if waiting:
        words = plural("%(count)d waits for a person", "%(count)d wait for a person")
        figures.append(Figure(words, waiting, decided))
    state = worst((own.state, settled(total - waiting, 0, waiting)))
    return Answer(state, tuple(figures), own.subjects)


@control(
    "request.undistribute",
    how=_(
        "Each demand to end a publication must be carried out in its term, or that of the court, "
        "and answered."
    ),
)
def request_undistribute(question: Question) -> Answer:
    """004 8.3, 8.4."""
    return _of_kinds(question, ("undistribution",))


@control(
    "intake.authority",
    how=_(
        "Each request of an authority must stand in the register with its receipt and end in time "
        "with an answer on record."
    ),
    parameters={"promise": NOTE},
)
def intake_authority(question: Question) -> Answer:
    """001 6.5(b), 003 7.2.4(b), 004 9.10(d)."""
    return _register(question, Q(asker=Asker.AUTHORITY))[0]


@control(
    "disclosure.government",
    how=_(
        "Each official request about a person must have its formal check on record, and a notice "
        "to the person in a day, or the law that forbids it; nothing is given on a form that does "
        "not hold, and no more than was asked for."
    ),
    parameters={"notice": NOTE, "confidential": NOTE},
)
def disclosure_government(question: Question) -> Answer:
    """002 “Передача” b6; 003 8.2.7."""
    asked = Case.objects.filter(
        operator_id=question.operator_id, kind="authority", ground="information"
    ).exclude(subject_id=NOBODY)
    rows = {
        each.id: each for each in OfficialRequest.objects.filter(operator_id=question.operator_id)
    }
    late = question.now - timedelta(days=1)
    found = [(each, rows.get(each.id)) for each in asked]
    given = sum(row is not None and row.given_at is not None for _case, row in found)
    wrong = sum(
        case.received_at <= late
        if row is None
        else (row.at - case.received_at > timedelta(days=1))
        or (row.given_at is not None and not official.is_lawful(row))
        for case, row in found
    )
    figures = [Figure(plural("%(count)d request", "%(count)d requests"), len(found), OPENED)]
    if given:
        words = plural("%(count)d given what it asked", "%(count)d given what they asked")
        figures.append(Figure(words, given, ("official.given",)))
    if wrong:
        words = plural("%(count)d not checked or told", "%(count)d not checked or told")
        figures.append(Figure(words, wrong, OPENED))
    waits = sum(row is None for _case, row in found) - wrong
    return Answer(settled(len(found), wrong, max(0, waits)), tuple(figures))


@control(
    "intake.inapp",
    how=_(
        "Each request made in the application or in a person’s own pages must stand in the "
        "register with whose it is and when it came."
    ),
)
def intake_inapp(question: Question) -> Answer:
    """002 “Сбор” B3(b): what is asked in the product stands in the same register as mail."""
    rows = Case.objects.filter(operator_id=question.operator_id, channel__in=IN_APP)
    total = rows.count()
    nameless = rows.filter(subject_id=NOBODY).count()
    figures = [Figure(plural("%(count)d request", "%(count)d requests"), total, OPENED)]
    if nameless:
        words = plural("%(count)d of nobody known", "%(count)d of nobody known")
        figures.append(Figure(words, nameless, OPENED))
    return Answer(settled(total, nameless), tuple(figures))


@control(
    "request.repeat",
    how=_(
        "No repeat may have been refused as too early that came after the term of the policy, or "
        "that gave a reason because the first answer was not whole."
    ),
    parameters={
        "not_before": readable_by(Term.parse, _("a term, as 30 days")),
        **dict.fromkeys(("counted_from", "early_if", "justification"), NOTE),
    },
)
def request_repeat(question: Question) -> Answer:
    """004 2.11/b4-5."""
    repeats = list(Case.objects.filter(operator_id=question.operator_id, repeat_of__isnull=False))
    refused = [each for each in repeats if each.refusal == "repeated-too-early"]
    wrong = [each for each in refused if _had_to_be_answered(question.operator_id, each)]
    figures = [
        Figure(plural("%(count)d repeat", "%(count)d repeats"), len(repeats), OPENED),
        Figure(plural("%(count)d refused", "%(count)d refused"), len(refused), ENDED),
    ]
    return Answer(settled(len(repeats), len(wrong)), tuple(figures))


def _had_to_be_answered(operator_id: UUID, row: Case) -> bool:
    return not cases.is_early(operator_id, row) or cases.early_may_pass(operator_id, row)


@control(
    "request.refuse",
    how=_(
        "Each refusal must have a ground, and a letter with the reasons and the route of complaint."
    ),
)
def request_refuse(question: Question) -> Answer:
    """004 2.9/b7."""
    refused = list(
        Case.objects.filter(
            operator_id=question.operator_id,
            outcome__in=[Outcome.REFUSED, Outcome.PARTLY],
            state=State.ANSWERED,
        ).values_list("id", "refusal")
    )
    told = dict(
        Reply.objects.filter(case__in=[one for one, _ground in refused])
        .exclude(step=replies.NOTE)
        .values_list("case", "said")
    )
    bare = [
        one
        for one, ground in refused
        if not ground or not {"reasons", "route"} <= set(told.get(one, ()))
    ]
    figures = [Figure(plural("%(count)d refusal", "%(count)d refusals"), len(refused), ENDED)]
    if bare:
        words = plural("%(count)d without ground or route", "%(count)d without ground or route")
        figures.append(Figure(words, len(bare), ENDED))
    return Answer(settled(len(refused), len(bare)), tuple(figures))


@control(
    "reply.send",
    how=_(
        "Each answered request must have its letter with the record of its delivery; one that "
        "could not be delivered puts the clause at risk."
    ),
)
def reply_send(question: Question) -> Answer:
    """004 9.8(b), 9.9(c); 001 8.2, 003 9.2."""
    sent = Reply.objects.filter(operator_id=question.operator_id).exclude(step=replies.NOTE)
    letters = Letter.objects.filter(operator_id=question.operator_id, id__in=sent.values("letter"))
    failed = letters.filter(state=Letter.State.UNDELIVERABLE).count()
    total = sent.count()
    figures = [Figure(plural("%(count)d answer", "%(count)d answers"), total, ("letter.sent",))]
    if failed:
        words = plural("%(count)d undeliverable", "%(count)d undeliverable")
        figures.append(Figure(words, failed, ("letter.undeliverable",)))
    return _with_promise(question, Answer(settled(total, 0, failed), tuple(figures)))


@control(
    "disclosure.recall",
    how=_(
        "Whoever received data must be told that it was corrected, stopped or destroyed before "
        "the "
        "request ends; who has not confirmed after a week puts the clause at risk."
    ),
)
def disclosure_recall(question: Question) -> Answer:
    """004 9.8(c)."""
    rows = Recall.objects.filter(operator_id=question.operator_id)
    over = Case.objects.filter(operator_id=question.operator_id, ended_at__isnull=False)
    total = rows.count()
    untold = rows.filter(told_at=None, case__in=over.values("id")).count()
    silent = rows.filter(acknowledged_at=None, reminders__gt=0).count()
    told = ("recipient.told",)
    figures = [Figure(plural("%(count)d to be told", "%(count)d to be told"), total, told)]
    if untold:
        figures.append(Figure(plural("%(count)d not told", "%(count)d not told"), untold))
    if silent:
        words = plural("%(count)d silent for a week", "%(count)d silent for a week")
        figures.append(Figure(words, silent, ("recipient.reminded",)))
    return _with_promise(question, Answer(settled(total, untold, silent), tuple(figures)))


@control(
    "subject.export",
    how=_(
        "Each package that was taken must have held every value that the vault held about the "
        "person, other people’s addresses and numbers left out."
    ),
)
def subject_export(question: Question) -> Answer:
    """004 2.10/b6."""
    taken = Package.objects.filter(operator_id=question.operator_id, taken_at__isnull=False)
    figures_of = taken.aggregate(
        total=Count("id"), short=Count("id", filter=Q(fields__lt=F("held")))
    )
    hidden = sum(taken.values_list("redacted", flat=True))
    packages = ("package.taken",)
    figures = [
        Figure(plural("%(count)d package", "%(count)d packages"), figures_of["total"], packages),
        Figure(plural("%(count)d place left out", "%(count)d places left out"), hidden, packages),
    ]
    return Answer(settled(figures_of["total"], figures_of["short"]), tuple(figures))
