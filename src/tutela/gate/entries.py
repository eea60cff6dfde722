"""What the gate writes into the journal: every permit and every refusal, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as n_

from tutela.core.vocabulary import Action
from tutela.gate.wording import ACTS, DECISION_GROUNDS, GROUNDS, INTERESTS, RESULTS, SHORT
from tutela.journal.entries import Entry, Row, entry
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


def _operations(_row: Row, value: Any) -> Any:
    """Each operation in words, or the four-eyes act."""
    return ACTIONS.get(value) or ACTS.get(value)


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
    """``because`` is the reason code that staff gave for looking, if they had to; ``approval``
    the decision of an authorised representative, if the policy asks for one, and ``approved`` says
    that there is one, for those who count."""

    because: str = ""
    approval: UUID | None = None
    approved: bool | None = None
    wording = _("Permitted: %(action)s of %(count)s for “%(purpose)s”; legal basis: %(basis)s")


@entry("gate.refused")
@dataclass(frozen=True, kw_only=True)
class Refused(_Asked):
    reason: str
    wording = _("Refused: %(action)s of %(count)s for “%(purpose)s”; the reason: %(reason)s")


@entry("block.set")
@dataclass(frozen=True, kw_only=True)
class BlockSet(Entry):
    """Neither ``record`` nor ``fields`` means that everything about the person is blocked."""

    block: UUID | None
    ground: str
    record: UUID | None = None
    fields: tuple[str, ...] = ()
    until: datetime | None = None
    wording = _("The data was blocked: %(ground)s")


@entry("block.lifted")
@dataclass(frozen=True, kw_only=True)
class BlockLifted(Entry):
    block: UUID
    result: str
    wording = _("The block was lifted: %(result)s")


@entry("store.refused")
@dataclass(frozen=True, kw_only=True)
class StoreRefused(Entry):
    """A write to a whole store, such as a backup, that the policy does not allow there."""

    store: str
    reason: str
    wording = _("Refused: writing to the store “%(store)s”; the reason: %(reason)s")


@entry("gate.explained")
@dataclass(frozen=True, kw_only=True)
class Explained(Entry):
    """Somebody asked why ``action`` is allowed or refused at ``moment``; nothing was permitted."""

    rule: str
    answer: str
    moment: datetime
    wording = _("It was explained why %(action)s for “%(purpose)s” is allowed or refused")


@dataclass(frozen=True, kw_only=True)
class _Decision(Entry):
    """``operations`` are actions on personal data, or the one four-eyes act."""

    approval: UUID
    operations: tuple[str, ...] = ()


@entry("decision.proposed")
@dataclass(frozen=True, kw_only=True)
class DecisionProposed(_Decision):
    ground: str
    interest: str
    wording = _("A decision was proposed: %(operations)s; ground: %(ground)s")


@entry("decision.taken")
@dataclass(frozen=True, kw_only=True)
class DecisionTaken(_Decision):
    wording = _("An authorised representative agreed: %(operations)s")


@entry("decision.declined")
@dataclass(frozen=True, kw_only=True)
class DecisionDeclined(_Decision):
    wording = _("An authorised representative declined: %(operations)s")


@entry("decision.ended")
@dataclass(frozen=True, kw_only=True)
class DecisionEnded(_Decision):
    wording = _("A decision was ended: %(operations)s")


@entry("access.acknowledged")
@dataclass(frozen=True, kw_only=True)
class Acknowledged(Entry):
    """``number`` is the version of the policy."""

    user: int
    number: int
    wording = _("Member of staff %(user)s acknowledged version %(number)s of the policy")


@entry("access.confirmed")
@dataclass(frozen=True, kw_only=True)
class AccessConfirmed(Entry):
    user: int
    role: str
    wording = _("The role “%(role)s” of member of staff %(user)s was looked over and confirmed")


called("action", ACTIONS)
for _each in (DecisionProposed, DecisionTaken, DecisionDeclined, DecisionEnded):
    called("operations", _operations, kind=_each.kind)
called("ground", DECISION_GROUNDS, kind=DecisionProposed.kind)
called("interest", INTERESTS, kind=DecisionProposed.kind)
called("ground", GROUNDS, kind=BlockSet.kind)
called("result", RESULTS, kind=BlockLifted.kind)
called("reason", SHORT, kind=StoreRefused.kind)
for _kind in (Permitted.kind, Refused.kind):
    called("count", counted(n_("%(count)d field", "%(count)d fields", "count")), kind=_kind)
called("reason", SHORT, kind=Refused.kind)
