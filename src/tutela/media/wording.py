"""Words for media and what becomes of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {
    "disk": _("disk"),
    "stick": _("memory stick or card"),
    "computer": _("computer or telephone"),
    "tape": _("tape"),
    "paper": _("paper file"),
    "other": _("something else"),
}

WAYS = {
    "shredded": _("shredded"),
    "overwritten": _("overwritten, and read to be sure"),
    "degaussed": _("degaussed"),
    "burnt": _("burnt"),
    "broken": _("broken up"),
}
"""How a medium is destroyed."""
