"""Is every action recorded, and is the record whole?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.journal.entries import ActByHand
from tutela.journal.watch import watch
from tutela.web.plurals import plural


@control(
    "journal.record",
    how=_(
        "The entries are compared with the signed tree: a changed, removed or inserted entry, or "
        "one outside of the tree, breaks the clause."
    ),
)
def journal_record(question: Question) -> Answer:
    """152-FZ article 3(3), 19(2)(8): what is done with data is recorded, and the record holds."""
    seen = question.once("journal.watch", lambda: watch(question.operator_id))
    figures = [
        Figure(plural("%(count)d entry", "%(count)d entries"), seen.entries),
        Figure(plural("%(count)d act of a person", "%(count)d acts of people"), seen.by_hand),
        Figure(
            plural(
                "%(count)d compared with the signed tree", "%(count)d compared with the signed tree"
            ),
            seen.compared,
        ),
    ]
    if seen.recorded_by_hand:
        words = plural("%(count)d act done by hand", "%(count)d acts done by hand")
        figures.append(Figure(words, seen.recorded_by_hand, (ActByHand.kind,)))
    if waiting := seen.entries - seen.signed:
        words = plural("%(count)d waits for a signature", "%(count)d wait for a signature")
        figures.append(Figure(words, waiting))
    if not seen.holds:
        return Answer(ClauseState.BROKEN, tuple(figures))
    return Answer(settled(seen.entries), tuple(figures))
