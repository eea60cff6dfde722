"""What can be wrong when something is made public or read."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutela.core.errors import Conflict, NotFound, TutelaError
from tutela.requests.rules import Problem


class NothingToPublish(Conflict):
    """The record holds nothing that the policy lets be made public."""


class UnknownListing(NotFound):
    """Nothing is public at this address."""


class MustNotBePublic(TutelaError):
    """The text holds what is never published; ``problems`` name the fields and what it is.

    The refusal's entry stays in the journal; nothing of the text does.
    """

    status = 422
    keeps = True

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(_("Nothing was published: take out what is named, then publish again."))
        self.problems = problems


class ReadTooMuch(TutelaError):
    """One source read too many public pages in a short time."""

    status = 429
    keeps = True
