"""Words for what was found, counted and decided."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KINDS = {
    "health": _("health"),
    "religion": _("religion or philosophy"),
    "politics": _("political views or a trade union"),
    "origin": _("race or ethnic origin"),
    "intimate": _("intimate life"),
    "conviction": _("a criminal record"),
    "biometrics": _("biometrics"),
}
"""What a text may tell of."""

OUTCOMES = {
    "kept": _("nothing of the kind: the text is free again"),
    "removed": _("it was of the kind: the text was removed"),
}
"""What was decided."""

COUNTED = {
    "dropped": _("fields sent that the form does not ask for, dropped"),
    "screened": _("free texts looked through"),
}
"""What is counted at a collection point."""
