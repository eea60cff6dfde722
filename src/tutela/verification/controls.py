"""Are copies of papers seen by the few who decide, decided upon, and destroyed?"""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.journal import actions as journal
from tutela.vault import actions as vault
from tutela.verification import actions
from tutela.verification.models import Case
from tutela.web.plurals import plural

ASKED, DECIDED, LOOKED = (
    ("verification.asked",),
    ("verification.decided",),
    ("verification.looked",),
)


@control(
    "identity.docs",
    how=_(
        "Of each verification that was decided no copy may be left, and each must have its entry; "
        "where two people decide, they must be two."
    ),
)
def identity_docs(question: Question) -> Answer:
    """002 “Сбор” B6: a case with its lookers, and the copies purged."""
    asked, decided, left, alone, unsaid = question.once(
        "verification.cases", lambda: _cases(question)
    )
    looks = journal.count(question.operator_id, LOOKED)
    figures = [
        Figure(
            plural("%(count)d verification asked", "%(count)d verifications asked"), asked, ASKED
        ),
        Figure(plural("%(count)d decided", "%(count)d decided"), decided, DECIDED),
        Figure(plural("%(count)d look at a copy", "%(count)d looks at copies"), looks, LOOKED),
    ]
    for words, count in (
        (plural("%(count)d with copies left", "%(count)d with copies left"), left),
        (plural("%(count)d decided by one alone", "%(count)d decided by one alone"), alone),
        (plural("%(count)d without an entry", "%(count)d without an entry"), unsaid),
    ):
        if count:
            figures.append(Figure(words, count, DECIDED))
    return Answer(settled(asked, left + alone + unsaid), tuple(figures))


def _cases(question: Question) -> tuple[int, int, int, int, int]:
    operator = question.operator_id
    rows = Case.objects.filter(operator_id=operator)
    decided = rows.exclude(outcome="")
    left = decided.filter(id__in=vault.records_with_files(operator)).count()
    alone = 0
    if actions.needs_two(question.policy):
        alone = decided.filter(proposed_by=F("decided_by")).count()
        alone += decided.filter(proposed_by="").count()
    count = decided.count()
    unsaid = max(0, count - journal.count(operator, DECIDED))
    return rows.count(), count, left, alone, unsaid
