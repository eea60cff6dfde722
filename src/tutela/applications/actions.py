"""What this room offers: adding applications, giving and taking their keys.

Everything here runs inside ``operator_scope(operator_id)``. ``calls`` is what the API kit asks.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tutela.applications import rules
from tutela.applications.entries import (
    ApplicationAdded,
    KeyIssued,
    KeyRevoked,
    ScopeChanged,
)
from tutela.applications.errors import (
    ApplicationExists,
    UnknownApplication,
    UnknownKey,
    WrongScope,
)
from tutela.applications.models import Application, Key, Reply
from tutela.applications.wording import ACTIONS, FUNCTIONS, LAW_PURPOSES
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key without its secret. ``works`` is true for one that can be used now."""

    prefix: str
    made_at: datetime
    ends_at: datetime | None
    used_at: datetime | None
    works: bool


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application with its keys, the newest first."""

    id: UUID
    slug: str
    purposes: tuple[str, ...]
    actions: tuple[str, ...]
    functions: tuple[str, ...]
    per_minute: int
    made_at: datetime
    keys: tuple[KeyRow, ...] = ()

    @property
    def used_at(self) -> datetime | None:
        return max((each.used_at for each in self.keys if each.used_at), default=None)

    @property
    def works(self) -> bool:
        return any(each.works for each in self.keys)


@dataclass(frozen=True, slots=True)
class Rights:
    """What an application is to be let do: ``purposes`` and ``actions`` at the gate, and the
    groups of endpoints (``functions``)."""

    purposes: Collection[str]
    actions: Collection[str]
    functions: Collection[str]
    per_minute: int = rules.PER_MINUTE


def purposes_for(policy: Policy) -> list[str]:
    """The purposes that a scope may list."""
    return [*policy.purposes, *sorted(LAW_PURPOSES)]


def _checked(operator_id: UUID, rights: Rights) -> dict[str, object]:
    """The columns of ``rights``; raises ``WrongScope`` with what there is to choose from."""
    known = purposes_for(policies.in_force(operator_id))
    for asked, there_are in (
        (rights.purposes, known),
        (rights.actions, ACTIONS),
        (rights.functions, FUNCTIONS),
    ):
        if rules.unknown(asked, there_are):
            raise WrongScope(
                _("Something listed there does not exist; choose from: %(known)s.")
                % {"known": ", ".join(sorted(there_are))}
            )
    if not rights.functions:
        raise WrongScope(_("Choose at least one thing that the application is for."))
    if not 1 <= rights.per_minute <= rules.MOST_PER_MINUTE:
        raise WrongScope(
            _("Allow between 1 and %(most)d requests a minute.") % {"most": rules.MOST_PER_MINUTE}
        )
    return {
        "purposes": sorted(set(rights.purposes)),
        "actions": sorted(set(rights.actions)),
        "functions": sorted(set(rights.functions)),
        "per_minute": rights.per_minute,
    }


def add(operator_id: UUID, slug: str, rights: Rights, *, by: Actor = SYSTEM) -> ApplicationRow:
    """Make an application known, without a key. Raises ``ApplicationExists``, ``WrongScope``."""
    if not rules.well_named(slug):
        raise WrongScope(
            _("Name the application with small letters, digits and hyphens, such as web-shop.")
        )
    columns = _checked(operator_id, rights)
    row = Application(
        operator_id=operator_id, id=new_id(), slug=slug, made_at=clock.now(), **columns
    )
    if Application.objects.filter(operator_id=operator_id, slug=slug).exists():
        raise ApplicationExists(
            _("There is an application of this name already. Choose another name.")
        )
    row.save(force_insert=True)
    _journal(ApplicationAdded, row, by)
    return _row(row)


def change(
    operator_id: UUID, application_id: UUID, rights: Rights, *, by: Actor = SYSTEM
) -> ApplicationRow:
    """Widen or narrow what an application may do; its keys stay and follow at once."""
    columns = _checked(operator_id, rights)
    row = _locked(operator_id, application_id)
    if any(getattr(row, name) != value for name, value in columns.items()):
        for name, value in columns.items():
            setattr(row, name, value)
        row.save(update_fields=list(columns))
        _journal(ScopeChanged, row, by)
    return application(operator_id, application_id)


def _journal(kind: type[ApplicationAdded | ScopeChanged], row: Application, by: Actor) -> None:
    journal.append(
        row.operator_id,
        kind(
            application=row.slug,
            purposes=tuple(row.purposes),
            actions=tuple(row.actions),
            functions=tuple(row.functions),
            actor=by,
            automated=by == SYSTEM,
        ),
    )


def issue(
    operator_id: UUID,
    application_id: UUID,
    *,
    overlap: timedelta = rules.OVERLAP,
    submission: UUID | None = None,
    by: Actor = SYSTEM,
) -> str | None:
    """A new key, told this once; the keys there are end after ``overlap``.

    ``submission`` is the form that asked for it: the same one again makes no key and gives None.
    """
    row = _locked(operator_id, application_id)
    keys = Key.objects.filter(operator_id=operator_id)
    if submission is not None and keys.filter(submission=submission).exists():
        return None
    now = clock.now()
    _working(operator_id, application_id).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now + overlap)
    ).update(ends_at=now + overlap)
    made = rules.new_key(_slug(operator_id))
    Key.objects.create(
        operator_id=operator_id,
        prefix=made.prefix,
        application_id=application_id,
        digest=rules.digest(made.secret),
        submission=submission,
        made_at=now,
    )
    entry = KeyIssued(application=row.slug, key=made.prefix, actor=by, automated=by == SYSTEM)
    journal.append(operator_id, entry)
    return made.key


def revoke(operator_id: UUID, application_id: UUID, prefix: str = "", *, by: Actor = SYSTEM) -> int:
    """End one key, or all keys, now: the next request is refused. How many keys ended.

    Raises ``UnknownKey`` for a prefix that is not a working key of this application.
    """
    row = _locked(operator_id, application_id)
    working = _working(operator_id, application_id)
    chosen = list((working.filter(prefix=prefix) if prefix else working).order_by("made_at"))
    if prefix and not chosen:
        raise UnknownKey(_("This application has no such key that still works; look at the list."))
    for each in chosen:
        Key.objects.filter(pk=each.pk).update(ends_at=clock.now())
        gone = KeyRevoked(application=row.slug, key=each.prefix, actor=by, automated=by == SYSTEM)
        journal.append(operator_id, gone)
    return len(chosen)


def application(operator_id: UUID, application_id: UUID) -> ApplicationRow:
    """Raises ``UnknownApplication``."""
    row = Application.objects.filter(operator_id=operator_id, id=application_id).first()
    if row is None:
        raise _nobody()
    return _row(row)


def application_by_slug(operator_id: UUID, slug: str) -> ApplicationRow:
    """Raises ``UnknownApplication``."""
    row = Application.objects.filter(operator_id=operator_id, slug=slug).first()
    if row is None:
        raise _nobody()
    return _row(row)


def applications(operator_id: UUID) -> list[ApplicationRow]:
    """Every application of the operator, by name."""
    rows = Application.objects.filter(operator_id=operator_id)
    return [_row(each) for each in rows.order_by("slug")]


def forget_replies(operator_id: UUID, now: datetime) -> int:
    """Remove what can no longer be repeated; how many answers went."""
    old = Reply.objects.filter(operator_id=operator_id, at__lte=now - rules.REPLIES_KEPT)
    return old.delete()[0]


def _locked(operator_id: UUID, application_id: UUID) -> Application:
    """One change at a time of one application and its keys."""
    rows = Application.objects.select_for_update()
    row = rows.filter(operator_id=operator_id, id=application_id).first()
    if row is None:
        raise _nobody()
    return row


def _nobody() -> UnknownApplication:
    return UnknownApplication(_("This operator has no such application; look at the list."))


def _slug(operator_id: UUID) -> str:
    return policies.in_force(operator_id).operator.slug


def _working(operator_id: UUID, application_id: UUID) -> QuerySet[Key]:
    works = Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())
    return Key.objects.filter(works, operator_id=operator_id, application_id=application_id)


def _row(row: Application) -> ApplicationRow:
    now = clock.now()
    keys = Key.objects.filter(operator_id=row.operator_id, application_id=row.id)
    return ApplicationRow(
        id=row.id,
        slug=row.slug,
        purposes=tuple(row.purposes),
        actions=tuple(row.actions),
        functions=tuple(row.functions),
        per_minute=row.per_minute,
        made_at=row.made_at,
        keys=tuple(
            KeyRow(
                each.prefix,
                each.made_at,
                each.ends_at,
                each.used_at,
                rules.works(each.ends_at, now),
            )
            for each in keys.order_by("-made_at", "prefix")
        ),
    )
