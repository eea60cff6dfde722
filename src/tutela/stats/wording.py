"""Words for what is counted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PAGES = {
    "home": _("first page"),
    "search": _("search"),
    "item": _("an ad, a service or a thing"),
    "account": _("account"),
    "help": _("help"),
    "policy": _("policy"),
    "form": _("a form"),
    "other": pgettext_lazy("visits", "other"),
}
DEVICES = {
    "phone": _("telephone"),
    "tablet": _("tablet"),
    "desktop": _("computer"),
    "other": pgettext_lazy("visits", "other"),
}
