"""Words for how an account ended, and for the documents accepted for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ENDINGS = {
    "person": _("the person deleted it"),
    "guardian": _("the guardian closed it"),
    "with-guardian": _("the guardian’s own account was deleted"),
    "program": _("the operator’s site passed the person’s word on"),
    "withdrawal": _("consent was withdrawn"),
    "event": _("it was recorded as deleted"),
    "destroyed": _("the data was destroyed"),
}
"""Why an account ended."""


def document(slug: str) -> str:
    """The name of a document as people read it: its slug without the hyphens."""
    return slug.replace("-", " ").capitalize()
