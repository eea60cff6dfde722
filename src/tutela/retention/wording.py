"""Words of acts that are more than a field's title: reasons, methods, grounds, in each language."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import LANGUAGES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Reason(StrEnum):
    """Why a destruction is impossible now: the closed list that staff choose from, and
    ``attempts-failed``, which the system gives by itself."""

    STORE_UNREACHABLE = "store-unreachable"
    KEYS_UNREACHABLE = "keys-unreachable"
    RESTORE_RUNNING = "restore-running"
    MEDIUM_IN_CUSTODY = "medium-in-custody"
    PROCESSOR_SILENT = "processor-silent"
    EQUIPMENT_FAILED = "equipment-failed"
    ATTEMPTS_FAILED = "attempts-failed"


REASONS: dict[Reason, _StrPromise] = {
    Reason.STORE_UNREACHABLE: _("the store of the data cannot be reached"),
    Reason.KEYS_UNREACHABLE: _("the store of the keys cannot be reached"),
    Reason.RESTORE_RUNNING: _("the store is being restored after a failure"),
    Reason.MEDIUM_IN_CUSTODY: _("the medium is in the custody of an authority"),
    Reason.PROCESSOR_SILENT: _("a processor has not confirmed the destruction"),
    Reason.EQUIPMENT_FAILED: _("the equipment that destroys the medium has failed"),
    Reason.ATTEMPTS_FAILED: _("repeated attempts of the system failed"),
}

VAULT = _("the sealed vault of the operator")
METHOD = _(
    "The key shares without which the values cannot be opened are overwritten; the sealed values "
    "with their earlier versions, the index by which the person could be found and, if nothing "
    "of the person stays, the person’s key are deleted."
)
JOURNAL = _("the journal of the operator")
PRUNED = _(
    "The entries about the person are deleted from the journal. Their hashes stay, so that the "
    "journal can be verified without them; a hash tells nothing of the entry."
)
NOT_DONE = _("Nothing was destroyed; the destruction is tried again every day.")

GROUNDS: dict[str, _StrPromise] = {
    "consent": _("another consent of the person"),
    "contract": _("an agreement with the person"),
    "law": _("a duty laid down by law"),
    "legitimate-interest": _("a legitimate interest of the operator"),
    "hold": _("a hold"),
}


def in_every_language(text: _StrPromise) -> dict[str, str]:
    """The text by language, for a document that must be read without a catalogue."""
    words = {}
    for language in LANGUAGES:
        with translation.override(language):
            words[language] = str(text)
    return words
