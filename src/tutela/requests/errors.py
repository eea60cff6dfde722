"""What can be wrong with something a person sends, said so that they can mend it."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound, TutelaError
from tutela.core.vocabulary import LANGUAGES
from tutela.gate.actions import Refusal
from tutela.requests.rules import Problem


class Incomplete(TutelaError):
    """A form that cannot be taken yet; ``problems`` name the fields and how to mend them."""

    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(_("Something in the form needs your attention; nothing was stored."))
        self.problems = problems


class Refused(TutelaError):
    """The gate refused, and journalled it; the message is the refusal's own sentence."""

    status = 403

    keeps = True

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message(get_language() or LANGUAGES[0]))
        self.refusal = refusal


class NoSuchForm(NotFound):
    """The policy in force has no such collection point."""
