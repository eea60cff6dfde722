"""Words for how a consent came and went; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tutela.consent.rules import Mode, published_field, purpose_of
from tutela.policy.model import Policy

MODES = {
    Mode.TICK: _("a tick"),
    Mode.STATEMENT: _("a statement"),
    Mode.FORM_SENT: _("sending the form"),
    Mode.SIGNED_FORM: _("a signed form"),
    Mode.CONFIRMED_BY_MAIL: _("a confirmation by e-mail"),
    Mode.PER_UPLOAD: _("sending a file"),
    Mode.USE: _("using the site or application"),
    Mode.DEVICE: _("what the device sends by itself"),
    Mode.IMPLIED: _("conduct"),
    Mode.BY_REPRESENTATIVE: _("through a representative"),
    Mode.BY_GUARDIAN: _("a parent or guardian"),
}
"""How a consent was given, as a reader calls it."""

CHANNELS = {
    "api": _("through the API"),
    "portal": _("on the page of one’s own data"),
    "mail": _("by e-mail"),
    "form": _("by a form"),
    "post": _("by post"),
    "phone": _("by telephone"),
    "desk": _("through a member of staff"),
}
"""Which way a withdrawal came."""

BY = {
    "email": _("by e-mail"),
    "sms": _("by SMS"),
    "phone": _("by telephone"),
    "push": _("on your device"),
    "messenger": _("by messenger"),
    "post": _("by post"),
}
"""How letters of marketing come."""

ABOUT = {
    "own": _("about the operator’s own goods and services"),
    "partner": _("about goods and services of partners"),
    "political": _("political agitation"),
}
"""What they are about."""


PUBLIC = _("made public: %(field)s (%(purpose)s)")


def title_of(policy: Policy, key: str, language: str) -> str:
    """What a consent is to: the title of its purpose, or of the field that it makes public."""
    purpose = policy.purposes.get(purpose_of(key))
    if purpose is None:
        return key
    title = _in(purpose.title, language)
    place = published_field(key)
    if place is None or place[1] not in policy.fields:
        return title
    field = _in(policy.fields[place[1]].title, language)
    return str(PUBLIC % {"field": field, "purpose": title})


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def how_it_comes(policy: Policy, purpose: str) -> str:
    """The channel and the topic of a purpose of marketing, in the active language."""
    if purpose not in policy.purposes:
        return ""
    terms = policy.purposes[purpose].consent
    words = (BY.get(terms.channel, ""), ABOUT.get(terms.topic, ""))
    return ", ".join(str(each) for each in words if each)


PROOF_REASONS = {
    "answer-request": _("to answer a request of the person"),
    "authority-asks": _("the authority asks for it"),
    "dispute": _("for a dispute or a court"),
    "audit": _("for an audit"),
}
"""Why a member of staff takes the proof of a consent; kept with every proof taken."""

PROOF_BY_OTHERS = {
    "own": _("at the person’s own wish"),
    "program": _("for a program of the operator"),
    "command": _("on the command line of the server"),
}
"""Why anybody else does."""

PROOF_FORMS = {
    "proof": _("the proof that can be verified elsewhere"),
    "record": _("the record that other programs read"),
}
