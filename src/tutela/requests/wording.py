"""Words for what is promised, sent and decided; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

AHEAD = {
    "destroy": _("Destruction of what is no longer needed by %(by)s"),
    "stop": _("End of the processing by %(by)s"),
    "block": _("Blocking during the check by %(by)s"),
    "correct": _("Correction by %(by)s"),
    "answer": _("Answer by %(by)s"),
    "consider": _("Decision by %(by)s"),
    "notify-authority": _("Notice to the authority by %(by)s"),
    "notify-subject": _("Letter to you by %(by)s"),
    "notify-recipients": _("Notice to those who received the data by %(by)s"),
    "unpublish": _("End of the publication by %(by)s"),
}
"""What a person is promised, with the last day for it; by outcome."""

DONE = {
    "destroy": _("What was no longer needed is destroyed"),
    "stop": _("Processing stopped"),
    "block": _("Data blocked during the check"),
    "correct": _("Data corrected"),
    "answer": _("Answered"),
    "consider": _("Decided"),
    "notify-authority": _("The authority notified"),
    "notify-subject": _("You were told"),
    "notify-recipients": _("Those who received the data were told"),
    "unpublish": _("Publication ended"),
}
"""The same when it has been done."""

NEXT = {
    "destroy": _("Confirm that the data has been destroyed"),
    "stop": _("Confirm that the processing has stopped"),
    "correct": _("Compare the document with the new value"),
    "answer": _("Read the request and answer it"),
    "consider": _("Decide and tell the person"),
    "notify-authority": _("Write to the authority"),
    "notify-subject": _("Write to the person"),
    "notify-recipients": _("Write to every recipient"),
    "unpublish": _("Take the data off public pages"),
}
"""The next step of a member of staff; by outcome."""

RECORDED = {
    "answered": _("Answered"),
    "corrected": _("Corrected"),
    "stopped": _("Stopped"),
    "notified": _("Notified"),
    "done": _("Done"),
    "refused-with-reasons": _("Refused with reasons"),
    "not-applicable": _("Did not apply"),
}
"""What a member of staff can record as done."""

USUAL = {
    "answer": "answered",
    "consider": "answered",
    "correct": "corrected",
    "stop": "stopped",
    "unpublish": "stopped",
    "notify-authority": "notified",
    "notify-subject": "notified",
    "notify-recipients": "notified",
}
"""The outcome that is recorded most often, by the outcome promised."""

EXCEPTIONAL = ("refused-with-reasons", "not-applicable")
"""The outcomes that can be recorded instead of it."""

REVEAL_REASONS = {
    "answer-request": _("to answer a request of the person"),
    "verify-identity": _("to verify who is asking"),
    "perform-contract": _("to perform a contract with the person"),
    "investigate-incident": _("to investigate an incident"),
}
"""Why a member of staff may look at hidden fields; kept with every look."""

WANTED = {
    "identity": _("proof that it is you who asks"),
    "signed-form": _("the form, signed by you"),
    "clarification": _("a few words that make clear what you ask for"),
}
"""What a person is asked for while a clock stands still; the slugs are of the policy format."""

LETTERS = {
    "sign-in": _("the sign-in link"),
    "form-received": _("the form has arrived"),
    "withdrawal-received": _("the withdrawal has arrived"),
    "term-extended": _("the term is extended"),
    "official-request": _("a state body has asked for data"),
    "term-paused": _("something is needed from the person"),
    "authority-confirmed": _("somebody may act for the person"),
    "mail-received": _("the mail has arrived"),
    "mail-withdrawal": _("the withdrawal by mail is to be confirmed"),
    "request-received": _("the request has arrived"),
    "request-reply": _("the answer to a request"),
    "verification-decided": _("the verification is decided"),
    "run-announced": _("the end or the sale of the business"),
    "version-announced": _("a new version of the policy"),
    "version-called-off": _("the version does not come"),
}
"""The kinds of letters, by what they tell."""

UNDELIVERABLE = {
    "no-address": _("no address is known"),
    "destroyed": _("the address was destroyed"),
    "blocked": _("the data is blocked"),
    "returned": _("a mail server sent it back"),
}
"""Why a letter could not leave; a failure of the mail server is shown by its own name."""

RECIPIENTS = {
    "processor": _("works for the operator, under its instruction"),
    "recipient": _("receives the data for its own purposes"),
    "authority": _("a public authority"),
}
"""What a recipient is, by its role in the policy."""

SOURCES = {
    "subject": _("from you"),
    "staff": _("written down by a member of staff"),
    "third-party": _("from somebody else: %(reference)s"),
    "public-source": _("from a public source: %(reference)s"),
    "derived": _("derived: %(reference)s"),
    "public-by-act": _("made public by you: %(reference)s"),
}
"""Where a value is from, told to the person it is about."""

STATUSES = {
    "stated": _("stated, not checked"),
    "corrected": _("corrected"),
    "confirmed": _("confirmed"),
}
"""Whether a value was checked."""

WRITTEN = {
    "reply": _("An answer to you"),
    "note": _("A note of our staff about your request"),
}
"""What staff wrote, told to the person it is about."""
