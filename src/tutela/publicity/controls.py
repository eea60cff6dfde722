"""Is only that public which its person made public, and is what must not be public kept out?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.inventory import screening
from tutela.policy.parameters import NOTE, one_of, whole
from tutela.publicity import actions, rules
from tutela.web.plurals import plural

OPENED, REFUSED = ("publicity.opened",), ("publicity.refused",)
WITHHELD, STOPPED = ("publicity.withheld",), ("publicity.bulk-read",)
MOST = 100_000
LOOKED_AT = 200


def _counts(question: Question) -> tuple[int, int, int, int]:
    return question.once("publicity.counts", lambda: actions.counts(question.operator_id))


def _wrong(question: Question) -> int:
    """How many of the latest public records have no act of their person in the journal."""
    return question.once(
        "publicity.wrong", lambda: actions.without_an_act(question.operator_id, LOOKED_AT)
    )


@control(
    rules.SURFACE,
    how=_(
        "Each of the latest 200 public records must have been opened by its person’s own act, "
        "which the journal holds; every look is decided by the consents that stand then."
    ),
    parameters={"places": NOTE, "purpose": NOTE},
)
def public_surface(question: Question) -> Answer:
    """000 6/p1(b), 6/p2(a); 004 7.4."""
    public, _refused, _withheld, _stopped = _counts(question)
    wrong = _wrong(question)
    figures = [
        Figure(plural("%(count)d public record", "%(count)d public records"), public, OPENED)
    ]
    if wrong:
        figures.append(
            Figure(plural("%(count)d without an act", "%(count)d without an act"), wrong)
        )
    return Answer(settled(public, wrong), tuple(figures))


@control(
    rules.GUARD,
    how=_(
        "A text with the number of a card, an account or a document must be refused before it is "
        "public, and a source that reads too much must be stopped; both are in the journal."
    ),
    parameters={
        "never": NOTE,
        "forbidden": NOTE,
        "reads": whole(MOST),
        "in_texts": one_of(screening.OUTCOMES),
    },
)
def public_guard(question: Question) -> Answer:
    """000 6/p2(b-e); 002 “Использование” p1(b-c)."""
    public, refused, withheld, stopped = _counts(question)
    figures = [
        Figure(plural("%(count)d text refused", "%(count)d texts refused"), refused, REFUSED),
        Figure(plural("%(count)d text withheld", "%(count)d texts withheld"), withheld, WITHHELD),
        Figure(plural("%(count)d reader stopped", "%(count)d readers stopped"), stopped, STOPPED),
    ]
    return Answer(settled(public + refused + stopped), tuple(figures))
