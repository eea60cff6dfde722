"""Words for the closed lists that every policy shares: slugs stay in rows, readers get words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import LawPurpose

OUTCOMES = {
    "destroy": _("Destroy what is no longer needed"),
    "stop": _("Stop processing"),
    "block": _("Block the data during the check"),
    "correct": _("Correct the data"),
    "answer": _("Answer"),
    "consider": _("Consider and tell the result"),
    "notify-authority": _("Notify the authority"),
    "notify-subject": _("Tell the person"),
    "notify-recipients": _("Tell those who received the data"),
    "unpublish": _("Stop making the data public"),
}
"""What an obligation comes to, by the outcome its promise declares."""

EVENTS = {
    "form.sent": _("A form was sent"),
    "visit.made": _("The site or the application was visited"),
    "consent.withdrawn": _("Consent was withdrawn"),
    "consent.expired": _("Consent expired"),
    "purpose.reached": _("The purpose was reached"),
    "request.received": _("A request was received"),
    "correction.requested": _("A correction was requested"),
    "block.requested": _("Blocking was requested"),
    "erasure.requested": _("Deletion was requested"),
    "destruction.demanded": _("Destruction was demanded"),
    "stop.requested": _("An end of processing was requested"),
    "distribution.stop.requested": _("An end of publication was requested"),
    "court.decision": _("A court decided"),
    "claim.received": _("A claim was received"),
    "objection.received": _("An objection was received"),
    "letter.received": _("A letter was received"),
    "unlawful.detected": _("Unlawful processing was detected"),
    "incident.identified": _("An incident was identified"),
    "account.deleted": _("The account was deleted"),
    "contract.ended": _("The agreement ended"),
    "marketing.stopped": _("The mailing was refused"),
    "subscription.ended": _("The subscription ended"),
    "mailing.consented": _("Consent to the mailing was given"),
    "policy.posted": _("A version of the policy was posted"),
    "cross-border.planned": _("A transfer abroad was planned"),
    "minor.found": _("Data of a minor was found"),
    "operator.liquidated": _("The operator is wound up"),
    "business.sold": _("The business was sold"),
}
"""The facts that open obligations, as whole clauses."""

LAW_PURPOSES = {
    LawPurpose.SUBJECT_RIGHTS: _("the person’s own rights"),
    LawPurpose.IDENTIFICATION: _("finding out whose data it is"),
    LawPurpose.RETENTION: _("ending the storage in time"),
    LawPurpose.OVERSIGHT: _("oversight by the officer"),
    LawPurpose.SERVICE_LETTER: _("letters about the person’s own requests"),
    LawPurpose.REIDENTIFICATION: _("leading a pseudonym back to a person"),
}
"""The purposes that the law gives and no policy declares."""

LAW = _("the law")
"""The basis of those purposes."""
