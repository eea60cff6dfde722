"""Does every form that was taken in rest on a consent, or on another basis of the policy?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.consent import actions as consent
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.requests.models import Submission
from tutela.requests.rules import consents_needed
from tutela.web.plurals import plural

RECEIVED = ("form.received",)


@control(
    "intake.form",
    how=_(
        "Every form received must have its entry in the journal, and a consent of its own wherever "
        "the form needs one."
    ),
)
def intake_form(question: Question) -> Answer:
    """004 2.9/b1: data may be gathered by forms, each with the consent that it asks for."""
    total, bare, unrecorded = question.once(
        "requests.forms", lambda: _forms(question.operator_id, question.policy)
    )
    words = plural("%(count)d form received", "%(count)d forms received")
    figures = [Figure(words, total, RECEIVED)]
    if bare:
        words = plural("%(count)d without a consent", "%(count)d without a consent")
        figures.append(Figure(words, bare, RECEIVED))
    if unrecorded:
        words = plural("%(count)d without an entry", "%(count)d without an entry")
        figures.append(Figure(words, unrecorded, RECEIVED))
    return Answer(settled(total, bare + unrecorded), tuple(figures))


def _forms(operator_id: UUID, policy: Policy) -> tuple[int, int, int]:
    forms = Submission.objects.filter(operator_id=operator_id)
    asking = [slug for slug, point in policy.points.items() if consents_needed(policy, point)]
    bare = forms.filter(point__in=asking).exclude(id__in=consent.consented_records(operator_id))
    total = forms.count()
    unrecorded = max(0, total - journal.count(operator_id, RECEIVED))
    return total, bare.count(), unrecorded
