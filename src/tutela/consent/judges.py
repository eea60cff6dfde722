"""Can every consent be proven, are children guarded, and is nothing public or sent without one?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.consent.controls import GIVEN, given
from tutela.consent.evidence import missing_entries
from tutela.consent.guarding import unguarded
from tutela.consent.models import Event
from tutela.consent.rules import Kind, Mode
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.core.vocabulary import Action
from tutela.gate.rules import dissemination_of
from tutela.identity import minors
from tutela.journal import actions as journal
from tutela.obligations import judging
from tutela.policy.parameters import NOTE
from tutela.web.plurals import plural

PERMITTED = ("gate.permitted",)
LATEST = 200
"""So many of the latest consents and publications are compared one by one."""


@control(
    "consent.proof",
    how=_(
        "Of each consent the exact words are kept, and for each of the latest 200 the entry in the "
        "journal that its proof is made from must be found."
    ),
)
def consent_proof(question: Question) -> Answer:
    """GDPR article 7(1), 152-FZ article 9(3); 001 1.3.1(c), 1.3.3(c): what cannot be proven counts
    as no consent."""
    kept = given(question)
    lost = question.once(
        "consent.proof", lambda: missing_entries(question.operator_id, latest=LATEST)
    )
    taken = journal.count(question.operator_id, ("consent.proof-taken",))
    figures = [
        Figure(
            plural("%(count)d consent with its proof", "%(count)d consents with their proof"),
            kept.total - kept.wordless - lost,
            GIVEN,
        )
    ]
    if taken:
        words = plural("%(count)d proof taken", "%(count)d proofs taken")
        figures.append(Figure(words, taken, ("consent.proof-taken",)))
    if kept.wordless + lost:
        words = plural("%(count)d not proven", "%(count)d not proven")
        figures.append(Figure(words, kept.wordless + lost, GIVEN))
    return Answer(settled(kept.total, kept.wordless + lost), tuple(figures))


@control(
    "consent.marketing",
    how=_(
        "Each use for a purpose of marketing must be permitted on consent, and the last word of "
        "the person on that purpose before it must be a consent."
    ),
    parameters={"opt": NOTE, "topics": NOTE},
)
def consent_marketing(question: Question) -> Answer:
    """152-FZ article 15(1), GDPR article 21(2-3); 001 1.3.3, 004 3.1: prior consent, or nothing."""
    uses, wrong, people = question.once("consent.marketing", lambda: _marketing(question))
    words = plural("%(count)d use for marketing", "%(count)d uses for marketing")
    figures = [Figure(words, uses, PERMITTED)]
    agreed = Event.objects.filter(
        operator_id=question.operator_id, kind=Kind.GIVEN, purpose__in=_purposes(question)
    ).count()
    words = plural("%(count)d consent to it", "%(count)d consents to it")
    figures.append(Figure(words, agreed, GIVEN))
    if wrong:
        words = plural("%(count)d use without one", "%(count)d uses without one")
        figures.append(Figure(words, wrong, PERMITTED))
    course = judging.of_clause(question) or judging.Course()
    figures += judging.figures(question, course)
    return Answer(
        settled(uses + agreed, wrong + course.late, course.soon),
        tuple(figures),
        people if wrong else (),
    )


def _purposes(question: Question) -> list[str]:
    return [slug for slug, each in question.policy.purposes.items() if each.marketing]


def _marketing(question: Question) -> tuple[int, int, tuple[UUID, ...]]:
    """Uses for marketing, how many of them rest on no consent, and of whom."""
    purposes, policy = _purposes(question), question.policy
    consents = {slug for slug, each in policy.bases.items() if each.kind == "consent"}
    shapes = journal.shapes(question.operator_id, PERMITTED, ())
    mine = [(shape, times) for shape, times in shapes if shape.purpose in purposes]
    before, people = journal.preceded(
        question.operator_id,
        *PERMITTED,
        consents,
        among=(*GIVEN, "consent.withdrawn", "consent.expired", "consent.stopped"),
        usual=GIVEN,
        purposes=purposes,
    )
    elsewhere = sum(times for shape, times in mine if shape.basis not in consents)
    unconsented = sum(times for kind, times in before.items() if kind not in GIVEN)
    return sum(times for _shape, times in mine), elsewhere + unconsented, tuple(people)


@control(
    "consent.guardian",
    how=_(
        "Over every child by the policy’s rule there must stand a guardian’s authority or a "
        "guardian’s consent, and what the policy promises about others must be done in time."
    ),
    parameters={"until": NOTE, "given_by": NOTE, "minimum_age": NOTE},
)
def consent_guardian(question: Question) -> Answer:
    """GDPR article 8, 152-FZ article 9(6); 001 10.10, 004 1.11."""
    children, alone = question.once(
        "consent.guardian",
        lambda: (
            len(minors.everybody(question.operator_id)),
            tuple(unguarded(question.operator_id)),
        ),
    )
    by_guardian = Event.objects.filter(
        operator_id=question.operator_id, kind=Kind.GIVEN, mode=Mode.BY_GUARDIAN
    ).count()
    course = judging.of_clause(question) or judging.Course()
    words = plural("%(count)d child is known", "%(count)d children are known")
    figures = [Figure(words, children, ("subject.minor-noticed",))]
    words = plural("%(count)d consent of a guardian", "%(count)d consents of guardians")
    figures.append(Figure(words, by_guardian, GIVEN))
    figures += judging.figures(question, course)
    if alone:
        words = plural("%(count)d child without a guardian", "%(count)d children without one")
        figures.append(Figure(words, len(alone)))
    state = settled(children + by_guardian + course.settled, len(alone) + course.late, course.soon)
    return Answer(state, tuple(figures), alone)


@control(
    "consent.distribution",
    how=_(
        "Each of the latest 200 permits to make data public must come after a consent of the "
        "person to publish that very field, and before its withdrawal."
    ),
    parameters={"override": NOTE},
)
def consent_distribution(question: Question) -> Answer:
    """152-FZ article 10.1; 003 11.7, 004 1.9, 2.9/b8."""
    agreed = Event.objects.filter(
        operator_id=question.operator_id, kind=Kind.GIVEN, purpose__contains="/dissemination"
    ).count()
    public, wrong = question.once("consent.distribution", lambda: _public(question.operator_id))
    figures = [
        Figure(plural("%(count)d consent to publish", "%(count)d consents to publish"), agreed),
        Figure(plural("%(count)d publication compared", "%(count)d publications compared"), public),
    ]
    if wrong:
        words = plural("%(count)d without a consent", "%(count)d without a consent")
        figures.append(Figure(words, len(wrong), PERMITTED))
    return Answer(settled(agreed + public, len(wrong)), tuple(figures), tuple(wrong))


def _public(operator_id: UUID) -> tuple[int, list[UUID]]:
    """How many publications were compared, and of whom something became public unagreed."""
    rows = journal.entries(operator_id, kinds=PERMITTED, limit=5_000, newest_first=True)
    public = [each for each in rows if each.action == Action.DISSEMINATION][:LATEST]
    return len(public), [
        each.subject
        for each in public
        if each.subject is not None and not _agreed(each, each.subject)
    ]


def _agreed(row: journal.Row, subject: UUID) -> bool:
    """Whether the last word on each field before the publication was a consent."""
    events = Event.objects.filter(operator_id=row.operator, subject_id=subject, at__lte=row.at)
    said = dict(events.order_by("at", "id").values_list("purpose", "kind"))
    whole = said.get(dissemination_of(row.purpose))
    return all(
        said.get(dissemination_of(row.purpose, field), whole) == Kind.GIVEN
        for field in row.data.get("fields", ())
    )
