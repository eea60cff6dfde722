"""What this room offers: the register of media and paper copies (001 5.5.5; 004 5.2, 7.5.5).

Functions run inside ``operator_scope``. A medium is changed under the lock of its row; what is
written down is the row, the entry of the journal and, of a destruction, a signed act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor
from tutela.identity.staff import actions as staff
from tutela.journal import actions as journal
from tutela.journal.entries import Entry
from tutela.media.entries import (
    MediaChecked,
    MediumAdded,
    MediumDestroyed,
    MediumIssued,
    MediumReturned,
)
from tutela.media.errors import NotSo, UnfitMedium, UnknownMedium
from tutela.media.models import Check, Medium
from tutela.media.wording import KINDS, WAYS
from tutela.policy import actions as policies
from tutela.policy.model import Policy, Store
from tutela.vault.backups import register as backups
from tutela.vault.backups.register import BackupRow

CONTROL = "media.register"
FORMAT = "tutela/act-of-medium/1"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
PLACES = ("media", "vault", "backup")
"""The kinds of stores in which media lie; “media” is one for them alone."""


@dataclass(frozen=True, slots=True)
class MediumRow:
    id: UUID
    number: int
    kind: str
    store: str
    spot: str
    added_at: datetime
    holder: str
    issued_at: datetime | None
    seen_at: datetime | None
    missing_since: datetime | None
    destroyed_at: datetime | None
    way: str
    envelope: Mapping[str, Any] | None

    @property
    def state(self) -> str:
        if self.destroyed_at is not None:
            return "destroyed"
        if self.missing_since is not None:
            return "missing"
        return "issued" if self.holder else "here"


@dataclass(frozen=True, slots=True)
class CheckRow:
    id: UUID
    at: datetime
    by: str
    found: tuple[str, ...]
    missing: tuple[str, ...]


def places(policy: Policy) -> list[Store]:
    """The places of the policy where a medium may lie."""
    own = [each for each in policy.stores.values() if each.kind == "media"]
    return own or [each for each in policy.stores.values() if each.kind in PLACES]


def media(operator_id: UUID) -> list[MediumRow]:
    """Every medium there is or was, those that are missing first, the destroyed last."""
    order = {"missing": 0, "issued": 1, "here": 2, "destroyed": 3}
    rows = [_row(each) for each in _of(operator_id).order_by("number")]
    return sorted(rows, key=lambda each: order[each.state])


def medium(operator_id: UUID, medium_id: UUID) -> MediumRow:
    """One medium. Raises ``UnknownMedium``."""
    return _row(_found(operator_id, medium_id))


def copies() -> list[BackupRow]:
    """The backups that are still there; they are media too, and hold every operator's data."""
    return [each for each in backups.backups() if each.gone_at is None]


def add(operator_id: UUID, kind: str, store: str, spot: str, *, by: Actor) -> MediumRow:
    """Enter a medium in the register, under the next number. Raises ``UnfitMedium``."""
    policy = policies.in_force(operator_id)
    if kind not in KINDS or store not in {each.slug for each in places(policy)}:
        raise UnfitMedium(_("Choose the kind and the place from the lists."))
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"tutela.media.{operator_id}"])
    last = _of(operator_id).aggregate(last=Max("number"))["last"] or 0
    row = Medium.objects.create(
        operator_id=operator_id,
        id=new_id(),
        number=last + 1,
        kind=kind,
        store=store,
        spot=" ".join(spot.split())[:80],
        added_at=clock.now(),
        seen_at=clock.now(),
    )
    said = MediumAdded(
        **_by(policy, by), medium=row.id, number=row.number, medium_kind=kind, store=store
    )
    journal.append(operator_id, said)
    return _row(row)


def issue(operator_id: UUID, medium_id: UUID, holder: str, *, by: Actor) -> MediumRow:
    """Hand a medium to a member of staff. Raises ``UnfitMedium``, ``NotSo``."""
    known = {str(each.id) for each in staff.members(operator_id)}
    if holder not in known:
        raise UnfitMedium(_("Choose who takes it from the list of staff."))
    row = _free(operator_id, medium_id)
    if row.holder:
        raise NotSo(_("Somebody has it already. Record first that it came back."))
    row.holder, row.issued_at = holder, clock.now()
    row.save(update_fields=["holder", "issued_at"])
    return _write(row, MediumIssued, by, holder=holder)


def take_back(operator_id: UUID, medium_id: UUID, *, by: Actor) -> MediumRow:
    """It lies in its place again: it came back, or what was missing was found. Raises ``NotSo``."""
    row = _free(operator_id, medium_id)
    if not row.holder and row.missing_since is None:
        raise NotSo(_("It is in its place already."))
    row.holder, row.issued_at, row.missing_since, row.seen_at = "", None, None, clock.now()
    row.save(update_fields=["holder", "issued_at", "missing_since", "seen_at"])
    return _write(row, MediumReturned, by)


def destroy(operator_id: UUID, medium_id: UUID, way: str, *, by: Actor) -> MediumRow:
    """State that a medium was destroyed, with a signed act. Raises ``UnfitMedium``, ``NotSo``."""
    if way not in WAYS:
        raise UnfitMedium(_("Choose how it was destroyed from the list."))
    row = _free(operator_id, medium_id)
    if row.missing_since is not None:
        raise NotSo(_("It is missing. Nobody can destroy what is not there; find it first."))
    row.destroyed_at, row.way, row.holder, row.issued_at = clock.now(), way, "", None
    written = _append(row, MediumDestroyed, by, way=way)
    row.envelope = journal.sign_document(operator_id, _act(row, by, written))
    row.save(update_fields=["destroyed_at", "way", "holder", "issued_at", "envelope"])
    return _row(row)


def _act(row: Medium, by: Actor, written: UUID) -> dict[str, Any]:
    policy = policies.in_force(row.operator_id)
    store = policy.stores.get(row.store)
    return {
        "format": FORMAT,
        "operator": {"slug": policy.operator.slug, "legal_name": policy.operator.legal_name},
        "medium": row.id,
        "number": row.number,
        "kind": row.kind,
        "place": dict(store.title) if store else {},
        "added_at": row.added_at,
        "destroyed_at": row.destroyed_at,
        "method": row.way,
        "decided_by": {"kind": by.kind, "id": by.id, "role": by.role},
        "clause": policy.clause_of(CONTROL),
        "policy": {"version": policy.number, "digest": policy.digest},
        "journal_entry": written,
    }


def check(operator_id: UUID, found: Collection[str], *, by: Actor) -> CheckRow:
    """Write down which media and backups were found where they should be; all others that should
    be there are missing since now. What somebody holds was shown by its holder or is missing."""
    now, policy = clock.now(), policies.in_force(operator_id)
    rows = list(_of(operator_id).filter(destroyed_at=None).select_for_update().order_by("number"))
    there = [str(each.id) for each in rows] + [str(each.id) for each in copies()]
    seen = [each for each in there if each in set(found)]
    gone = [each for each in there if each not in set(found)]
    for row in rows:
        if str(row.id) in found:
            row.seen_at, row.missing_since = now, None
        else:
            row.missing_since = row.missing_since or now
        row.save(update_fields=["seen_at", "missing_since"])
    made = Check.objects.create(
        operator_id=operator_id, id=new_id(), at=now, by=str(by), found=seen, missing=gone
    )
    said = MediaChecked(**_by(policy, by), check=made.id, found=len(seen), missing=len(gone))
    journal.append(operator_id, said)
    return _checked(made)


def last_check(operator_id: UUID) -> CheckRow | None:
    row = Check.objects.filter(operator_id=operator_id).order_by("-at", "-id").first()
    return _checked(row) if row else None


def _checked(row: Check) -> CheckRow:
    return CheckRow(row.id, row.at, row.by, tuple(row.found), tuple(row.missing))


def _of(operator_id: UUID) -> Any:
    return Medium.objects.filter(operator_id=operator_id)


def _found(operator_id: UUID, medium_id: UUID, *, locked: bool = False) -> Medium:
    rows = _of(operator_id).select_for_update() if locked else _of(operator_id)
    row: Medium | None = rows.filter(id=medium_id).first()
    if row is None:
        raise UnknownMedium(_("There is no such medium. Open it from the register."))
    return row


def _free(operator_id: UUID, medium_id: UUID) -> Medium:
    row = _found(operator_id, medium_id, locked=True)
    if row.destroyed_at is not None:
        raise NotSo(_("It was destroyed; its act is in the register."))
    return row


def _by(policy: Policy, by: Actor) -> dict[str, Any]:
    return {
        "actor": by,
        "automated": False,
        "clause": policy.clause_of(CONTROL),
        "policy_version": policy.number,
    }


def _row(row: Medium) -> MediumRow:
    return MediumRow(**{name: getattr(row, name) for name in MediumRow.__dataclass_fields__})


def _write(row: Medium, kind: type[Entry], by: Actor, **more: Any) -> MediumRow:
    _append(row, kind, by, **more)
    return _row(row)


def _append(row: Medium, kind: type[Entry], by: Actor, **more: Any) -> UUID:
    policy = policies.in_force(row.operator_id)
    said = kind(**_by(policy, by), medium=row.id, number=row.number, **more)  # type: ignore[call-arg]
    return journal.append(row.operator_id, said)
