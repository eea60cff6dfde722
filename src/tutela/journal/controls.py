"""Is every action recorded, and is the record whole?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.journal.watch import watch


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
        Figure(n_("%(count)d entry", "%(count)d entries", "count"), seen.entries),
        Figure(n_("%(count)d act of a person", "%(count)d acts of people", "count"), seen.by_hand),
        Figure(
            n_(
                "%(count)d compared with the signed tree",
                "%(count)d compared with the signed tree",
                "count",
            ),
            seen.compared,
        ),
    ]
    if waiting := seen.entries - seen.signed:
        words = n_("%(count)d waits for a signature", "%(count)d wait for a signature", "count")
        figures.append(Figure(words, waiting))
    if not seen.holds:
        return Answer(ClauseState.BROKEN, tuple(figures))
    return Answer(settled(seen.entries), tuple(figures))
