"""What the gate writes into the journal: every permit and every refusal, never a value."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.core.vocabulary import Action
from tutela.gate.wording import SHORT
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import called, counted

ACTIONS = {
    Action.COLLECTION: _("collection"),
    Action.RECORDING: _("recording"),
    Action.SYSTEMATIZATION: _("systematisation"),
    Action.ACCUMULATION: _("accumulation"),
    Action.STORAGE: _("storage"),
    Action.CLARIFICATION: _("correction"),
    Action.EXTRACTION: _("extraction"),
    Action.USE: _("use"),
    Action.DISSEMINATION: _("publication"),
    Action.PROVISION: _("transfer"),
    Action.ACCESS: _("access"),
    Action.DEPERSONALIZATION: _("depersonalisation"),
    Action.BLOCKING: _("blocking"),
    Action.DELETION: _("deletion"),
    Action.DESTRUCTION: _("destruction"),
}
"""The actions on personal data as a reader calls them."""


@dataclass(frozen=True, kw_only=True)
class _Asked(Entry):
    rule: str
    count: int
    fields: tuple[str, ...]
    recipient: str = ""
    point: str = ""


@entry("gate.permitted")
@dataclass(frozen=True, kw_only=True)
class Permitted(_Asked):
    """``because`` is the reason code that staff gave for looking, if they had to."""

    because: str = ""
    wording = _("Permitted: %(action)s of %(count)s for “%(purpose)s”; legal basis: %(basis)s")


@entry("gate.refused")
@dataclass(frozen=True, kw_only=True)
class Refused(_Asked):
    reason: str
    wording = _("Refused: %(action)s of %(count)s for “%(purpose)s”; the reason: %(reason)s")


called("action", ACTIONS)
for _kind in (Permitted.kind, Refused.kind):
    called("count", counted(n_("%(count)d field", "%(count)d fields", "count")), kind=_kind)
called("reason", SHORT, kind=Refused.kind)
