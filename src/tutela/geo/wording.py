"""Words for how a place was told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HOW = {
    "device": _("by the device, made less exact"),
    "typed": _("by a typed address"),
}
