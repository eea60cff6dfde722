"""What the journal says about unusual access."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.detection.wording import MEASURES, RULES, SEVERITIES
from tutela.journal.entries import Entry, entry
from tutela.journal.naming import ACTORS, called


@entry("detection.raised")
@dataclass(frozen=True, kw_only=True)
class EventRaised(Entry):
    """``who`` is the actor's opaque id, empty for visitors, who have none."""

    event: UUID
    rule: str
    severity: str
    who_kind: str
    who: str
    wording = _("Unusual access was noticed (%(severity)s): %(rule)s, by %(who_kind)s")


@entry("detection.settled")
@dataclass(frozen=True, kw_only=True)
class EventSettled(Entry):
    event: UUID
    rule: str
    measure: str
    wording = _("Unusual access was dealt with (%(rule)s): %(measure)s")


for _kind in (EventRaised.kind, EventSettled.kind):
    called("rule", RULES, kind=_kind)
called("severity", SEVERITIES, kind=EventRaised.kind)
called("who_kind", ACTORS, kind=EventRaised.kind)
called("measure", MEASURES, kind=EventSettled.kind)
