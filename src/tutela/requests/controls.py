"""Does every form rest on a consent or another basis, and is it known who looks at data?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.consent import actions as consent
from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.core.vocabulary import Action, ActorKind, LawPurpose
from tutela.identity.proofs import PARAMETERS as PROOFS_NEEDED
from tutela.journal import actions as journal
from tutela.policy.model import Policy
from tutela.policy.parameters import NOTE
from tutela.requests import case_controls
from tutela.requests.models import Submission
from tutela.requests.rules import consents_needed
from tutela.web.plurals import plural

__all__ = ["case_controls"]
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


PROOFS = ("subject.signed-in", "subject.handed-over", "subject.identity-checked")
"""The entries that show who somebody is."""
LOOKED_AT = 200
"""So many of the latest looks are compared."""


@control(
    "request.identity",
    how=_(
        "Before each of the latest 200 looks of people and of their representatives at data there "
        "must be an entry that shows who they are."
    ),
    parameters={**PROOFS_NEEDED, "promise": NOTE},
)
def request_identity(question: Question) -> Answer:
    """001 6.4, 003 9.1(c), 004 9.10(c): a check on record comes before any disclosure."""
    looks, unproven = question.once("requests.identity", lambda: _looks(question.operator_id))
    checks = journal.count(question.operator_id, PROOFS)
    figures = [
        Figure(
            plural("%(count)d proof of identity", "%(count)d proofs of identity"), checks, PROOFS
        ),
        Figure(plural("%(count)d look compared", "%(count)d looks compared"), looks),
    ]
    if unproven:
        words = plural("%(count)d without a proof", "%(count)d without a proof")
        figures.append(Figure(words, unproven, ("gate.permitted",)))
    return Answer(settled(looks, unproven), tuple(figures))


def _looks(operator_id: UUID) -> tuple[int, int]:
    """How many of the latest permits were looks of people, and before how many nothing shows who
    looked."""
    latest = journal.entries(
        operator_id, kinds=("gate.permitted",), limit=LOOKED_AT, newest_first=True
    )
    looks = [
        each
        for each in latest
        if each.purpose == LawPurpose.SUBJECT_RIGHTS
        and each.action == Action.EXTRACTION
        and each.actor.kind in {ActorKind.SUBJECT, ActorKind.REPRESENTATIVE}
    ]
    first: dict[str, int] = {}
    for who in {each.actor.id for each in looks}:
        proven = journal.entries(operator_id, subject=UUID(who), kinds=PROOFS, limit=1)
        if proven:
            first[who] = proven[0].number
    bare = [each for each in looks if first.get(each.actor.id, each.number) >= each.number]
    return len(looks), len(bare)


def _forms(operator_id: UUID, policy: Policy) -> tuple[int, int, int]:
    forms = Submission.objects.filter(operator_id=operator_id)
    asking = [slug for slug, point in policy.points.items() if consents_needed(policy, point)]
    bare = forms.filter(point__in=asking).exclude(id__in=consent.consented_records(operator_id))
    total = forms.count()
    unrecorded = max(0, total - journal.count(operator_id, RECEIVED))
    return total, bare.count(), unrecorded
