"""Words for the parties of a conversation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PARTIES = {
    "company": _("the company"),
    "people": _("another person"),
}
