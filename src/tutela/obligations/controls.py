"""Are promises with a term carried out in time?

Registered here are the capabilities whose promises the system opens and carries out, or lets
staff record, in this version. Rooms above judge their own deadlines by the same ``judging``.
"""

from __future__ import annotations

from django.db.models import Count, DateTimeField, F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.obligations import judging
from tutela.obligations.models import Obligation
from tutela.policy.parameters import NOTE, readable_by
from tutela.policy.terms import Term
from tutela.web.plurals import plural

EXTENDED = ("obligation.extended",)

control(
    "request.block",
    "request.claim",
    "request.clock",
    "request.erase",
    "request.stop",
    how=_(
        "Each request opens an obligation with a due moment counted by the operator’s calendar; "
        "one that was carried out too late, or not yet although it is due, breaks the clause."
    ),
    parameters={"immediately": readable_by(Term.parse, _("a term, as 30 minutes")), "then": NOTE},
)(judging.by_promise)


@control(
    "request.extend",
    how=_(
        "Each extension must have been made before the first due moment, with a reason and a "
        "letter that tells it to the person."
    ),
    parameters={"times": NOTE, "notice": NOTE},
)
def request_extend(question: Question) -> Answer:
    """004 9.5(b), 9.10(b): once, by a motivated notice, before the term has run out."""
    extended, wrong = question.once("request.extend", lambda: _extensions(question))
    words = plural("%(count)d extension", "%(count)d extensions")
    figures = [Figure(words, extended, EXTENDED)] if extended else []
    if wrong:
        words = plural("%(count)d without a notice in time", "%(count)d without a notice in time")
        figures.append(Figure(words, wrong, EXTENDED))
    return Answer(settled(extended, wrong), tuple(figures))


def _extensions(question: Question) -> tuple[int, int]:
    made = Cast(KT("extension__at"), DateTimeField())
    due = Cast(KT("extension__due_before"), DateTimeField())
    extended = Obligation.objects.filter(
        operator_id=question.operator_id, extension__isnull=False
    ).annotate(made=made, due_before=due)
    untold = Q(extension__notice=None) | Q(extension__reason="") | Q(made__gte=F("due_before"))
    counted = extended.aggregate(total=Count("id"), wrong=Count("id", filter=untold))
    return counted["total"], counted["wrong"]
