"""Words for what is promised, sent and decided; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

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

RECORDED = {
    "answered": _("Answered"),
    "corrected": _("Corrected"),
    "stopped": _("Stopped"),
    "refused-with-reasons": _("Refused with reasons"),
    "not-applicable": _("Did not apply"),
}
"""What a member of staff can record as done."""

REVEAL_REASONS = {
    "answer-request": _("to answer a request of the person"),
    "verify-identity": _("to verify who is asking"),
    "perform-contract": _("to perform a contract with the person"),
    "investigate-incident": _("to investigate an incident"),
}
"""Why a member of staff may look at hidden fields; kept with every look."""
