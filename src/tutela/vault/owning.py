"""What tells a person's own address or number from somebody else's, by the blind index: nothing is
opened, and an address that is held a thousand times is known once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from tutela.policy import actions as policies
from tutela.vault import custody, index
from tutela.vault.errors import KeyLost, Unindexable
from tutela.vault.models import Identifier


@dataclass(frozen=True, slots=True)
class Owned:
    """The digests under which a person is found, by the field and the key they were made with."""

    operator: UUID
    digests: Mapping[tuple[str, str], frozenset[bytes]]

    @classmethod
    def of(cls, operator: UUID, subject: UUID) -> Owned:
        rows = Identifier.objects.filter(operator_id=operator, subject_id=subject)
        found: dict[tuple[str, str], set[bytes]] = {}
        for field, key, digest in rows.values_list("field", "key", "digest").distinct():
            found.setdefault((field, key), set()).add(bytes(digest))
        return cls(operator, {place: frozenset(each) for place, each in found.items()})

    def holds(self, text: str) -> bool:
        """Whether the person is known by ``text``, however it is written."""
        policy = policies.in_force(self.operator)
        for (field, key), known in self.digests.items():
            declared = policy.fields.get(field)
            if declared is None:
                continue
            try:
                normal = index.normalise(declared.type, text, policy.operator.territory)
                if custody.digest(self.operator, field, normal, key) in known:
                    return True
            except (Unindexable, KeyLost):
                continue
        return False


def held_by_others_too(operator: UUID, subject: UUID) -> frozenset[tuple[UUID, str]]:
    """The places (record, field) whose value is also that of somebody else: one telephone of a
    family, one address of two owners. Whose it is as well is not told."""
    others = Identifier.objects.filter(
        operator_id=operator, field=OuterRef("field"), digest=OuterRef("digest")
    ).exclude(subject_id=subject)
    rows = Identifier.objects.filter(Exists(others), operator_id=operator, subject_id=subject)
    return frozenset(rows.values_list("record_id", "field"))
