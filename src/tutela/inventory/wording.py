"""Words for what was found, counted and decided."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.screening import Kind

KINDS = {
    "health": _("health"),
    "religion": _("religion or philosophy"),
    "politics": _("political views or a trade union"),
    "origin": _("race or ethnic origin"),
    "intimate": _("intimate life"),
    "conviction": _("a criminal record"),
    "biometrics": _("biometrics"),
    str(Kind.CARDS): _("the number of a payment card"),
    str(Kind.ACCOUNTS): _("the number of an account"),
    str(Kind.IDENTITY_NUMBERS): _("the number of a document"),
    str(Kind.PHONES): _("a telephone number"),
    str(Kind.MAILS): _("an e-mail address"),
}
"""What a text may tell of."""


def not_taken(kind: str) -> str:
    """Why a text in which something of the kind was found is not taken, and what to do."""
    told = _("This looks like it holds %(kind)s, which is not taken here. Leave it out, and send.")
    return str(told % {"kind": KINDS[kind]})


OUTCOMES = {
    "kept": _("nothing of the kind: the text is free again"),
    "removed": _("it was of the kind: the text was removed"),
}
"""What was decided."""

COUNTED = {
    "dropped": _("fields sent that the form does not ask for, dropped"),
    "screened": _("free texts looked through"),
    "turned-away": _("texts not taken because of what stood in them"),
    "undeclared": _("items of a visit that the policy does not declare, dropped"),
}
"""What is counted at a collection point."""
