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
ANONYMISED = _(
    "What the policy lets stay was turned, by the methods named, into rows in which nobody can be "
    "told; a test tried to find the people again in them. Then the key shares without which the "
    "values cannot be opened were overwritten, and the sealed values, their earlier versions and "
    "the index by which the person could be found were deleted."
)
JOURNAL = _("the journal of the operator")
PRUNED = _(
    "The entries about the person are deleted from the journal. Their hashes stay, so that the "
    "journal can be verified without them; a hash tells nothing of the entry."
)
ELSEWHERE = _("the processors of the operator")
ACKNOWLEDGED = _(
    "Each processor was told to destroy its copy, and has confirmed that it did, or that it holds "
    "nothing; the confirmations are named."
)
OUTCOMES: dict[str, _StrPromise] = {
    "destroyed": _("the copy is destroyed"),
    "nothing-held": _("nothing of it was held"),
}
"""What a processor answers."""
PROOFS: dict[str, _StrPromise] = {
    "link": _("confirmed by the processor at its own address"),
    "letter": _("confirmed by a letter"),
    "act": _("confirmed by an act of the processor"),
    "account": _("seen in the operator’s account with the processor"),
    "telephone": _("confirmed by telephone"),
}
"""By what it is known."""
VERIFIED: dict[str, _StrPromise] = {
    "asked-again": _(
        "The vault was asked again for the destroyed fields before the act was signed; it has none."
    ),
    "history-gone": _(
        "Earlier versions, files and the entries of the index were counted before the act was "
        "signed; none is left."
    ),
    "keys-gone": _(
        "The sealed bytes may stay in old pages and in the write-ahead log of the database until "
        "it reuses them. They cannot be opened: the key of each value needs its share, which is "
        "overwritten in place as soon as the destruction is committed."
    ),
}
"""How an act proves that data is gone, by the level of the proof (152-FZ article 3(8))."""
SCRUBBED: dict[str, _StrPromise] = {
    "rewritten": _(
        "The tables out of which people go were written into new files, with their indexes; the "
        "old files are removed."
    ),
    "statistics-rewritten": _(
        "The samples of values that the planner of the database keeps were taken and written anew."
    ),
    "log-removed": _(
        "Every segment of the write-ahead log from before was written over or removed."
    ),
    "files-searched": _(
        "Every file of the database was searched, at every byte, for the beginnings of the sealed "
        "values that were destroyed. None was found."
    ),
}
"""What a scrub does to the files of the database, step by step (152-FZ article 3(8))."""
NOT_SCRUBBED: dict[str, _StrPromise] = {
    "rewritten": _("The tables were not written anew."),
    "statistics-rewritten": _(
        "The samples of values that the planner of the database keeps were not written anew: that "
        "takes rights which the role of Tutela lacks."
    ),
    "log-removed": _(
        "The write-ahead log was not removed: that takes rights which the role of Tutela lacks, or "
        "a copy of the database still needs it. It goes when PostgreSQL uses its files again."
    ),
    "files-searched": _(
        "The files of the database were out of reach of Tutela and were not searched."
    ),
}
"""What stands on the act in place of a step that could not be done."""
BEYOND: dict[str, _StrPromise] = {
    "free-blocks": _(
        "Blocks that the file system has freed, and what an SSD keeps of what was written over, "
        "are not searched."
    ),
    "copies": _(
        "Snapshots, replicas and backups of the files are not searched. What was destroyed opens "
        "in none of them, since the share of its key is overwritten."
    ),
    "index": _(
        "Entries of the index by which a person is found are rewritten with their table and not "
        "looked for: a note of them would keep what was to be destroyed."
    ),
}
"""What no scrub proves."""
NOT_DONE = _("Nothing was destroyed; the destruction is tried again every day.")

GROUNDS: dict[str, _StrPromise] = {
    "consent": _("another consent of the person"),
    "contract": _("an agreement with the person"),
    "law": _("a duty laid down by law"),
    "legitimate-interest": _("a legitimate interest of the operator"),
    "hold": _("a hold"),
}

HOLD_GROUNDS: dict[str, _StrPromise] = {
    "agreement": _("another agreement with the person"),
    "dispute": _("a dispute or a claim"),
    "official-request": _("an official request"),
}
"""Grounds of a hold beside the bases of the policy."""


PURGE_REASONS: dict[str, _StrPromise] = {
    "obstacle-gone": _("what stood in the way is gone"),
    "overdue": _("something is past its term"),
    "inspection": _("an inspection or an audit asks for it"),
    "before-copy": _("a copy or a move of the database is about to be made"),
}
"""Why staff purge now, and not wait for the worker."""


class ReleaseReason(StrEnum):
    """Why a hold was lifted."""

    ENDED = "ground-ended"
    SETTLED = "dispute-settled"
    ANSWERED = "request-answered"
    MISTAKE = "placed-by-mistake"
    MINOR = "minor-found"


RELEASES: dict[ReleaseReason, _StrPromise] = {
    ReleaseReason.ENDED: _("the ground has ended"),
    ReleaseReason.SETTLED: _("the dispute is settled"),
    ReleaseReason.ANSWERED: _("the official request is answered or withdrawn"),
    ReleaseReason.MISTAKE: _("it was placed by mistake"),
    ReleaseReason.MINOR: _("it is the data of a child without a guardian’s consent"),
}

_COARSER: dict[str, _StrPromise] = {
    "year": _("only the year stays"),
    "decade": _("only the decade stays"),
    "step": _("only a range of %(size)s stays"),
    "first": _("only the first signs stay: %(size)s"),
}
_MADE: dict[str, _StrPromise] = {
    "keep": _("stays as it was"),
    "suppress": _("goes"),
    "aggregate": _("only how often each value occurs stays"),
    "pseudonymise apart": _("a pseudonym stands for it, whose key is kept apart"),
    "pseudonymise destroyed": _("a pseudonym stands for it, whose key is destroyed"),
    "pseudonymise": _("a pseudonym stands for it"),
}


def method_words(method: str) -> str:
    """What became of a field, from the method as a set says it (``generalise first 2``)."""
    kind, *rest = method.split()
    if kind != "generalise":
        return str(_MADE[method if method in _MADE else kind])
    return str(_COARSER[rest[0]]) % {"size": rest[-1]}


BECAUSE: dict[str, _StrPromise] = {
    "only": _("This is the only rule for the record."),
    "several": _(
        "Several rules are at work. For each purpose the earliest end counts, and the record goes "
        "with the purpose that lasts longest."
    ),
    "precedence": _("The policy puts this rule above the others for the same data."),
    "consent": _("It goes with the consent, which ends on this day by itself."),
    "waits": _("The rule waits for this event; the end gets its date when it happens."),
    "unlimited": _("The policy sets no limit of time to it; it goes when nothing needs it."),
    "none": _("No rule of the policy says when it ends."),
}
"""How the end of a record was found."""


def in_every_language(text: _StrPromise) -> dict[str, str]:
    """The text by language, for a document that must be read without a catalogue. It is one of
    this module's own, which never change, so it is translated once."""
    known = _translated.get(id(text))
    if known is None:
        words = {}
        for language in LANGUAGES:
            with translation.override(language):
                words[language] = str(text)
        known = _translated[id(text)] = text, words
    return dict(known[1])


_translated: dict[int, tuple[_StrPromise, dict[str, str]]] = {}
"""By identity, as two texts that differ may read the same in one language; each is held on to."""
