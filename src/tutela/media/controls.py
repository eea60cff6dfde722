"""Is every medium accounted for?"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control
from tutela.media import actions
from tutela.policy.parameters import whole
from tutela.web.plurals import plural

ADDED, ISSUED, DESTROYED = ("media.added",), ("media.issued",), ("media.destroyed",)
CHECKED = ("media.checked",)
YEAR = 365
"""Days after which a look for the media is old, unless the policy says otherwise."""


@control(
    actions.CONTROL,
    how=_(
        "Every medium and backup must be in the register with its place and holder, and must have "
        "been found at the last look, which may not be older than the policy says."
    ),
    parameters={"check_every_days": whole(3660)},
)
def media_register(question: Question) -> Answer:
    """001 5.5.5; 004 5.2, 7.5.5: computer media and paper are accounted for."""
    rows = actions.media(question.operator_id)
    copies = actions.copies()
    last = actions.last_check(question.operator_id)
    missing = sum(each.state == "missing" for each in rows)
    stay = sum(each.state != "destroyed" for each in rows)
    figures = [
        Figure(plural("%(count)d medium", "%(count)d media"), stay, ADDED),
        Figure(plural("%(count)d backup", "%(count)d backups"), len(copies)),
        Figure(
            plural("%(count)d with staff", "%(count)d with staff"),
            sum(each.state == "issued" for each in rows),
            ISSUED,
        ),
        Figure(plural("%(count)d destroyed", "%(count)d destroyed"), len(rows) - stay, DESTROYED),
    ]
    if missing:
        words = plural("%(count)d missing", "%(count)d missing")
        figures.append(Figure(words, missing, CHECKED))
    late = sum(each.overdue(question.now.date()) for each in copies)
    if late:
        words = plural("%(count)d backup past its time", "%(count)d backups past their time")
        figures.append(Figure(words, late))
    within = timedelta(days=question.parameters.get("check_every_days", YEAR))
    looked = last is not None and question.now - last.at <= within
    if missing or late:
        state = ClauseState.BROKEN
    elif not rows:
        state = ClauseState.NOTHING_YET
    else:
        state = ClauseState.KEPT if looked else ClauseState.AT_RISK
    return Answer(state, tuple(figures))
