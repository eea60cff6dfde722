"""Words for keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

USES = {
    "wrapping": _("the operator’s key, which wraps the keys of people"),
    "index": _("the key of the blind index"),
}
"""What a key of the operator is for."""

KINDS = {
    "operator": _("the operator’s key"),
    "index": _("the key of the blind index"),
    "data": _("the data keys of people"),
}
"""What a rotation changes."""
