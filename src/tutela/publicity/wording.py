"""Words for what is never published, and for what readers must not do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.screening import Kind

LOOKS_LIKE = {
    Kind.CARDS: _("This looks like the number of a payment card. Take it out, then publish."),
    Kind.ACCOUNTS: _("This looks like the number of a bank account. Take it out, then publish."),
    Kind.IDENTITY_NUMBERS: _(
        "This looks like the number of an identity document, or a number given by the state. "
        "Take it out, then publish."
    ),
    Kind.PHONES: _("This looks like a telephone number. Take it out, then publish."),
    Kind.MAILS: _("This looks like an e-mail address. Take it out, then publish."),
}

KINDS = {
    Kind.CARDS: _("number of a payment card"),
    Kind.ACCOUNTS: _("number of an account"),
    Kind.IDENTITY_NUMBERS: _("number of a document"),
    Kind.PHONES: _("telephone number"),
    Kind.MAILS: _("e-mail address"),
}

FORBIDDEN = {
    "other-purposes": _("use it for anything but answering this person about it"),
    "calling": _("call to offer services of your own"),
    "copying": _("copy it to publish or keep it elsewhere"),
    "scoring": _("use it to score people"),
}
