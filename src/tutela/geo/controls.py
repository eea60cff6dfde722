"""Is a place kept only with permission, and only as exactly as the policy says?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.geo import rules
from tutela.journal import actions as journal
from tutela.policy.parameters import whole
from tutela.web.plurals import plural

KEPT, REMOVED = ("geo.kept",), ("geo.removed",)
FAR = 1_000_000


@control(
    rules.GEO,
    how=_(
        "Each place must have been kept for the purpose that the policy names, as the journal "
        "says, and no more exactly than the policy allows."
    ),
    parameters={"precision": whole(FAR)},
)
def geo(question: Question) -> Answer:
    """002 “Сбор” B4(d), “Использование” b5; 003 5.2.4."""
    terms = rules.terms_of(question.policy)
    if terms is None:
        return Answer(ClauseState.NOT_BUILT)
    rows = journal.entries(question.operator_id, kinds=KEPT, limit=1000, newest_first=True)
    wrong = [
        each
        for each in rows
        if each.purpose != terms.purpose
        or (each.data["how"] == "device" and each.data["precision"] < terms.precision)
    ]
    kept = journal.count(question.operator_id, KEPT)
    removed = journal.count(question.operator_id, REMOVED)
    figures = [
        Figure(plural("%(count)d place kept", "%(count)d places kept"), kept, KEPT),
        Figure(plural("%(count)d place removed", "%(count)d places removed"), removed, REMOVED),
    ]
    if wrong:
        words = plural("%(count)d kept otherwise", "%(count)d kept otherwise")
        figures.append(Figure(words, len(wrong), KEPT))
    return Answer(settled(kept, len(wrong)), tuple(figures))
