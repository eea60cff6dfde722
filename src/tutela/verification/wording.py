"""How a verification may end, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

VERIFIED = "verified"

OUTCOMES = {
    VERIFIED: _("verified: the papers show what was said"),
    "unreadable": _("not verified: the copies cannot be read"),
    "differs": _("not verified: the papers say something else"),
    "expired": _("not verified: the papers are out of date"),
    "incomplete": _("not verified: a paper is missing"),
    "doubtful": _("not verified: the papers do not look genuine"),
}
"""The answer and its reason. No other reason is written down, so none can tell about a person."""
