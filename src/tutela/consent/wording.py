"""Words for how a consent came and went; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.consent.rules import Mode

MODES = {
    Mode.TICK: _("a tick"),
    Mode.STATEMENT: _("a statement"),
    Mode.FORM_SENT: _("sending the form"),
    Mode.SIGNED_FORM: _("a signed form"),
    Mode.CONFIRMED_BY_MAIL: _("a confirmation by e-mail"),
    Mode.IMPLIED: _("conduct"),
    Mode.BY_REPRESENTATIVE: _("a representative"),
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
