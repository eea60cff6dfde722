"""Words for requests: how they came, where they stand, why they were refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHANNELS = {
    "form": _("by a form"),
    "mail": _("by mail"),
    "portal": _("in the person’s own pages"),
    "app": _("in the application"),
    "api": _("through a program"),
    "paper": _("on paper"),
    "oral": _("by word of mouth"),
    "authority": _("by an official letter"),
    "drp": _("through an agent’s protocol"),
    "system": _("noted by the system"),
}

ASKERS = {
    "subject": _("the person"),
    "representative": _("a representative"),
    "authority": _("an authority"),
    "anybody": _("somebody"),
}

STATES = {
    "received": pgettext_lazy("request", "received"),
    "incomplete": pgettext_lazy("request", "waits for the signed form"),
    "proving": pgettext_lazy("request", "waits for proof of who asks"),
    "working": pgettext_lazy("request", "being worked on"),
    "decided": pgettext_lazy("request", "decided, to be told"),
    "answered": pgettext_lazy("request", "answered"),
    "taken-back": pgettext_lazy("request", "taken back"),
    "court": pgettext_lazy("request", "before a court"),
}
"""Where a request stands, for staff."""

HIDDEN_WHY = {
    "address": _("an address of somebody else"),
    "number": _("a telephone number of somebody else"),
    "name": _("a name of somebody else"),
    "marked": _("words that were looked for"),
    "file": _("a file: others may be seen or heard in it"),
    "shared": _("somebody else is known by the same value"),
}
"""Why a place is proposed to be hidden."""

PLAINLY = {
    "received": _("We have it and are looking whose it is."),
    "incomplete": _("We wait for the signed form. Send it, and we go on."),
    "proving": _("We have to make sure that it is you. Sign in, or answer our letter."),
    "working": _("We are working on it."),
    "decided": _("It is decided; the answer is on its way to you."),
    "answered": _("It is answered."),
    "taken-back": _("You took it back."),
    "court": _("It is before a court."),
}
"""The same for the person who asked."""

MOVES = {
    "known": _("it is known who asks"),
    "form-missing": _("the signed form is missing; the person is asked for it"),
    "form-came": _("the signed form has come"),
    "unknown": _("it is not known who asks; proof is asked for"),
    "proven": _("it was proven who asks"),
    "not-proven": _("it could not be proven who asks"),
    "done-by-itself": _("everything promised was done"),
    "decided": _("decided"),
    "looked-at-again": _("taken up again"),
    "told": _("the answer was sent"),
    "taken-back": _("taken back"),
    "no-agreement": _("no agreement; it goes to court"),
    "renamed": _("the kind of request was named"),
}
"""Why a request moves from one state to the next."""

DECISIONS = {
    "granted": _("granted"),
    "partly": _("granted in part"),
    "refused": _("refused with reasons"),
    "taken-back": _("taken back"),
    "court": _("before a court"),
}

ASKED_ON = {
    "incomplete": _("It is incomplete"),
    "outdated": _("It is outdated"),
    "inaccurate": _("It is inaccurate"),
    "wish": _("I no longer want it kept"),
    "unlawful": _("It was obtained unlawfully"),
    "unnecessary": _("It is not needed for its purpose"),
    "request": _("I ask for it"),
    "court": _("A court has decided it"),
    "information": _("It asks for information"),
    "block": _("It demands blocking"),
    "correct": _("It demands correction"),
    "destroy": _("It demands destruction"),
}
"""The grounds on which something is asked; they decide the clock."""

REFUSALS = {
    "not-proven": _("It could not be shown who asks"),
    "others-rights": _("The answer would break the rights of other people"),
    "repeated-too-early": _("It comes sooner after the last request than the policy allows"),
    "no-justification": _("The early repeat gives no reason"),
    "law-forbids": _("A law forbids it"),
    "not-shown": _("Nothing shows that another value is right"),
    "accurate": _("The data was checked and is right"),
    "contract": _("An agreement with the person needs the data"),
    "law-keeps": _("A law obliges the operator to keep the data"),
    "claims": _("The data is needed for a legal claim"),
    "no-such-decision": _("No decision was made by a machine alone"),
    "public-interest": _("A public interest that the law names needs the publication"),
    "form-missing": _("The signed form did not come"),
    "unfounded": _("What was found does not bear it out"),
    "unlawful-request": _("The request is not lawful or not in writing"),
}
"""The grounds of a refusal; the articles behind them are data (``refusals.tsv``)."""

DUE_FROM = {
    "policy": _("promised by the policy"),
    "law": _("set by the law"),
    "target": _("the operator’s own target"),
}

REVIEWS = {
    "upheld": _("it stands"),
    "changed": _("it was changed"),
    "cancelled": _("it was cancelled"),
}
"""What the person found who looked at a decision of a machine."""
