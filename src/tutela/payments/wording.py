"""Why a message of an acquirer was refused, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

NO_KEY, UNSIGNED, STALE, CARD, UNREADABLE, INCOMPLETE = (
    "no-key",
    "unsigned",
    "stale",
    "card-number",
    "unreadable",
    "incomplete",
)
REASONS = {
    NO_KEY: _("no key of this acquirer is known"),
    UNSIGNED: _("its signature is not right"),
    STALE: _("it is too old, or from the future"),
    CARD: _("it holds a number of a card"),
    UNREADABLE: _("it cannot be read"),
    INCOMPLETE: _("it does not hold what is declared"),
}
