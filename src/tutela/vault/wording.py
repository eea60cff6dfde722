"""Words for keys and for how values are checked."""

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

CHECKS = {
    "document": _("compared with a document"),
    "reply": _("the person answered under this address or number"),
    "repeated": _("the person said again that it is right"),
    "third-party": _("confirmed by a third party, as the law provides"),
}
"""How a value is found right."""
