"""Do statistics of visits lead to nobody?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.journal import actions as journal
from tutela.policy.parameters import NOTE, whole
from tutela.stats import actions, rules
from tutela.web.plurals import plural

COUNTED = ("stats.counted",)
MOST = 1000


@control(
    rules.STATS,
    how=_(
        "The whole store of statistics is looked through: every word in it must be of the closed "
        "lists, so that no identifier has a place; figures that are too small are not told."
    ),
    parameters={"purpose": NOTE, "small_cells": whole(MOST)},
)
def stats(question: Question) -> Answer:
    """001 7.1(b); 002 “Сбор” B4(b), “Использование” b4; 003 4.3(b); 004 3.1, 3.7, 3.8."""
    if rules.terms_of(question.policy) is None:
        return Answer(ClauseState.NOT_BUILT)
    kept = question.once("stats.kept", lambda: actions.figures(question.operator_id))
    strange = question.once("stats.strange", lambda: actions.strange_words(question.operator_id))
    shapes = question.once(
        "stats.shapes", lambda: journal.shapes(question.operator_id, COUNTED, ("cells",))
    )
    about = sum(times for shape, times in shapes if shape.about_person)
    figures = [Figure(plural("%(count)d figure kept", "%(count)d figures kept"), kept, COUNTED)]
    if strange + about:
        words = plural("%(count)d may lead to a person", "%(count)d may lead to a person")
        figures.append(Figure(words, strange + about))
    return Answer(settled(kept, strange + about), tuple(figures))
