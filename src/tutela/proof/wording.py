"""What the states of a clause mean, in one sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import ClauseState
from tutela.core.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MEANINGS: Mapping[ClauseState, _StrPromise] = {
    ClauseState.KEPT: _("Everything that happened so far agrees with it."),
    ClauseState.AT_RISK: _("Something has to be done within 48 hours."),
    ClauseState.BROKEN: _("Something was late, missing or not allowed."),
    ClauseState.NOTHING_YET: _("It is watched, but nothing it speaks of has happened."),
    ClauseState.NOT_BUILT: _("Nothing watches it in this version. It does not count as kept."),
    ClauseState.NOT_BOUND: _("The operator has not said how it is carried out."),
    ClauseState.INFORMATIVE: _("It explains or introduces, and promises nothing."),
}
"""In the order of the bar; the order is that of ``ClauseState``."""

_INTRODUCES = _("These words only introduce what follows; each part of it is judged by itself.")


def introduces() -> dict[str, str]:
    """Why the opening words of a list promise nothing, by language."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = str(_INTRODUCES)
    return words
