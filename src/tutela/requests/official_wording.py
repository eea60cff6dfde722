"""Words for the formal check of an official request; slugs stay in the rows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CHECKS = {
    "in-writing": _("it is in writing, on the body’s own paper"),
    "competent": _("this body may ask for this by its law"),
    "signed": _("it is signed by somebody who may sign it"),
    "ground": _("it names the law and the case on which it asks"),
    "fields": _("it names the person and the data, no more than the ground bears"),
}
"""What makes an official request lawful in its form."""
SIGNED_BY = {
    "head": _("the head of the body"),
    "deputy": _("a deputy head"),
    "authorised": _("an authorised officer"),
    "investigator": _("an investigator"),
    "judge": _("a judge"),
    "nobody": _("nobody, or it cannot be told"),
}
"""Who signed, by office; the name stands in the sealed original alone."""
