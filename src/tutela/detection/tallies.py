"""What was counted, held for the length of one batch: a row is read once and written once,
however many entries of the batch add to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models

from tutela.detection.models import Tally
from tutela.detection.rules import Rule


@dataclass(frozen=True, slots=True)
class Key:
    """Whose doings of which kind within half a window."""

    rule: Rule
    who_kind: str
    who: str
    bucket: datetime

    def before(self, window: timedelta) -> Key:
        """The half window before this one."""
        return Key(self.rule, self.who_kind, self.who, self.bucket - window / 2)


@dataclass(slots=True)
class Tallies:
    """The tallies of one operator; ``save`` writes those that were added to."""

    operator_id: UUID
    _held: dict[Key, dict[str, str]] = field(default_factory=dict)
    _changed: set[Key] = field(default_factory=set)

    def add(self, key: Key, thing: str, entry: UUID, most: int) -> None:
        """Count ``thing`` once, with the entry that told of it; at most ``most`` things."""
        things = self.things(key)
        if thing not in things and len(things) < most:
            things[thing] = str(entry)
            self._changed.add(key)

    def things(self, key: Key) -> dict[str, str]:
        if key not in self._held:
            row = self._rows().filter(**self._columns(key)).first()
            self._held[key] = dict(row.things) if row else {}
        return self._held[key]

    def save(self) -> None:
        Tally.objects.bulk_create(
            [
                Tally(operator_id=self.operator_id, things=self._held[key], **self._columns(key))
                for key in self._changed
            ],
            update_conflicts=True,
            unique_fields=["operator_id", "rule", "who_kind", "who", "bucket"],
            update_fields=["things"],
        )
        self._changed.clear()

    def forget_before(self, moment: datetime) -> None:
        self._rows().filter(bucket__lt=moment).delete()

    def _rows(self) -> models.QuerySet[Tally]:
        return Tally.objects.filter(operator_id=self.operator_id)

    @staticmethod
    def _columns(key: Key) -> dict[str, object]:
        return {
            "rule": str(key.rule),
            "who_kind": key.who_kind,
            "who": key.who,
            "bucket": key.bucket,
        }
