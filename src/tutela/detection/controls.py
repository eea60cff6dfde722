"""Is unauthorised access looked for, and acted upon?"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control
from tutela.detection import actions
from tutela.detection.rules import CONTROL, PARAMETERS, watch_of
from tutela.web.plurals import plural

RAISED, SETTLED = ("detection.raised",), ("detection.settled",)
BEHIND = timedelta(hours=1)
"""How long signed entries may wait to be looked at."""


@control(
    CONTROL,
    how=_(
        "Every signed entry of the journal must have been looked through within an hour, and about "
        "every event somebody must say in time what was done."
    ),
    parameters=PARAMETERS,
)
def access_detect(question: Question) -> Answer:
    """001 5.5.6, 004 7.5.6: unauthorised access is found out and measures are taken."""
    watch = watch_of(question.policy)
    seen = actions.progress(question.operator_id)
    total, waiting, late = actions.counts(question.operator_id, question.now - watch.settle_within)
    figures = [
        Figure(
            plural("%(count)d entry looked through", "%(count)d entries looked through"),
            seen.position,
        )
    ]
    if total:
        figures.append(Figure(plural("%(count)d event", "%(count)d events"), total, RAISED))
    if waiting:
        words = plural("%(count)d waits for a measure", "%(count)d wait for a measure")
        figures.append(Figure(words, waiting, RAISED))
    behind = seen.position < seen.size and (
        seen.moved_at is None or question.now - seen.moved_at > BEHIND
    )
    if late:
        state = ClauseState.BROKEN
    elif waiting or behind:
        state = ClauseState.AT_RISK
    else:
        state = ClauseState.KEPT if seen.position else ClauseState.NOTHING_YET
    return Answer(state, tuple(figures))
