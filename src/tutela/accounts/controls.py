"""Are accounts what the policy says, and does a deletion end what it promises to end?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.accounts import actions, rules
from tutela.accounts.actions import Counts
from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.obligations import judging
from tutela.policy.parameters import NOTE, SWITCH
from tutela.web.plurals import plural

OPENED, ACCEPTED, DELETED = ("account.opened",), ("account.accepted",), ("account.deleted",)


def _counts(question: Question) -> Counts:
    return question.once("accounts.counts", lambda: actions.counts(question.operator_id))


@control(
    rules.PROFILE,
    how=_(
        "A form of registration must open an account with its entry in the journal, and what is "
        "required or to be accepted must be known of each."
    ),
    parameters={
        "accepts": NOTE,
        "required": NOTE,
        "contract": SWITCH,
        "children": NOTE,
    },
)
def account_profile(question: Question) -> Answer:
    """001 1.1(c), 6.1(a), 10.1; 003 7.1.1; 004 2.9/b2, 4.1/b3."""
    if not rules.profile_points(question.policy):
        return Answer(ClauseState.NOT_BUILT)
    found = _counts(question)
    figures = [
        Figure(plural("%(count)d account", "%(count)d accounts"), found.opened, OPENED),
    ]
    if found.accepted:
        words = plural("%(count)d document accepted", "%(count)d documents accepted")
        figures.append(Figure(words, found.accepted, ACCEPTED))
    return Answer(settled(found.opened), tuple(figures))


@control(
    rules.DELETE,
    how=_(
        "After each deletion no token of the person may work, the journal must hold its entry, "
        "and what the policy promises on it must be carried out in time."
    ),
    parameters={"after": NOTE},
)
def account_delete(question: Question) -> Answer:
    """001 6.6; 003 11.11.4."""
    found = _counts(question)
    course = judging.of_clause(question) or judging.Course()
    figures = [
        Figure(plural("%(count)d deletion", "%(count)d deletions"), found.closed, DELETED),
        *judging.figures(question, course),
    ]
    if found.alive:
        words = plural("%(count)d token still works", "%(count)d tokens still work")
        figures.append(Figure(words, found.alive))
    wrong = found.alive + found.unrecorded + course.late
    return Answer(settled(found.closed, wrong, course.soon), tuple(figures))
