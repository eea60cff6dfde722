"""Words for who works here; slugs stay in the rows, words are for readers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.identity.rules import Role

ROLES = {
    Role.OFFICER: _("officer"),
    Role.CLERK: _("clerk"),
    Role.AUDITOR: _("auditor"),
}
"""What a member of staff is, in words."""
