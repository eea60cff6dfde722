"""Is of each payment exactly kept what is declared, and nowhere the number of a card?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.inventory import screening
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.policy.parameters import one_of
from tutela.vault import actions as vault
from tutela.web.plurals import plural

RECEIVED, REFUSED = ("payment.received",), ("payment.refused",)


@control(
    "payment.acquiring",
    how=_(
        "Each payment that was told of must hold the fields that the policy declares and no other; "
        "messages with a number of a card are refused, and the refusal is counted here."
    ),
    parameters={"in_texts": one_of(screening.OUTCOMES)},
)
def payment_acquiring(question: Question) -> Answer:
    """004 3.11: the operator sees five fields of a payment and never the card."""
    policy: Policy = question.policy
    if not policy.acquirers:
        return Answer(ClauseState.NOTHING_YET)
    kept, refused, wide = question.once("payments.told", lambda: _told(question, policy))
    figures = [
        Figure(plural("%(count)d payment told", "%(count)d payments told"), kept, RECEIVED),
        Figure(plural("%(count)d refused", "%(count)d refused"), refused, REFUSED),
    ]
    if wide:
        words = plural("%(count)d with other fields", "%(count)d with other fields")
        figures.append(Figure(words, wide, RECEIVED))
    return Answer(settled(kept, wide), tuple(figures))


def _told(question: Question, policy: Policy) -> tuple[int, int, int]:
    operator = question.operator_id
    allowed = {slug for each in policy.acquirers.values() for slug in each.fields}
    points = {each.point for each in policy.acquirers.values()}
    wide = vault.records_beyond(operator, points, allowed)
    return journal.count(operator, RECEIVED), journal.count(operator, REFUSED), wide
