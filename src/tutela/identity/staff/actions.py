"""Accounts of staff: who may sign in, in which roles, and what ends their sessions.

An account is one person's for the whole installation; roles are an operator's. Therefore an officer
manages an account only as long as it works for no other operator, and roles always. Functions
that take an ``operator_id`` run inside its ``operator_scope``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id, new_token
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.identity import rules
from tutela.identity.models import StaffRole
from tutela.identity.staff import approval, attempts, factors, limits, sessions, telling
from tutela.identity.staff.entries import (
    StaffFactorsReset,
    StaffLinkIssued,
    StaffPasswordSet,
    StaffSwitchedOff,
    StaffUnlocked,
)
from tutela.identity.staff.errors import (
    BadName,
    LastOfficer,
    SpentLink,
    UnknownStaff,
    WorksElsewhere,
)
from tutela.identity.staff.models import StaffInvitation, StaffSession
from tutela.identity.staff.parameters import second_factor_required
from tutela.journal import actions as journal
from tutela.policy import actions as policies

session_of = sessions.of
is_recent = sessions.is_recent

ACCOUNT_PAGE = "desk-account"
"""Where a second factor is added."""


def lacking(session: StaffSession, operator_id: UUID) -> str:
    """The page on which something is to be done before this operator's pages open, or nothing."""
    return "" if session.second or not second_factor_required(operator_id) else ACCOUNT_PAGE


@dataclass(frozen=True, slots=True)
class Member:
    """One person of an operator's staff, as whoever manages them sees them."""

    id: int
    name: str
    roles: tuple[str, ...]
    signed_in_at: datetime | None
    invited: bool
    locked: bool
    factors: frozenset[str]
    elsewhere: bool


def members(operator_id: UUID) -> list[Member]:
    """Everybody who has a role at the operator, by name."""
    held: dict[int, list[str]] = {}
    rows = StaffRole.objects.filter(operator_id=operator_id).order_by("role")
    for user_id, role in rows.values_list("user_id", "role"):
        held.setdefault(user_id, []).append(role)
    users = User.objects.filter(pk__in=held).order_by("username")
    return [_member(operator_id, user, tuple(held[user.pk])) for user in users]


def member(operator_id: UUID, user_id: int) -> Member:
    """Raises ``UnknownStaff`` if the account has no role at this operator."""
    user = account(operator_id, user_id)
    rows = StaffRole.objects.filter(operator_id=operator_id, user_id=user_id)
    return _member(operator_id, user, tuple(sorted(rows.values_list("role", flat=True))))


def _member(operator_id: UUID, user: User, held: tuple[str, ...]) -> Member:
    return Member(
        id=user.pk,
        name=user.get_username(),
        roles=held,
        signed_in_at=user.last_login,
        invited=not user.has_usable_password() and user.last_login is None,
        locked=attempts.locked(user.get_username()),
        factors=factors.kinds(user.pk),
        elsewhere=_works_elsewhere(operator_id, user.pk),
    )


def roles(operator_id: UUID, user_id: int) -> frozenset[str]:
    """The roles of a known account at the operator."""
    return identity.staff_roles(account(operator_id, user_id), operator_id)


def account(operator_id: UUID, user_id: int) -> User:
    """The account of somebody with a role at this operator; raises ``UnknownStaff``."""
    known = StaffRole.objects.filter(operator_id=operator_id, user_id=user_id).exists()
    user = User.objects.filter(pk=user_id).first() if known else None
    if user is None:
        raise UnknownStaff(_("Nobody of this operator’s staff has this number."))
    return user


def _works_elsewhere(operator_id: UUID, user_id: int) -> bool:
    for each in policies.operators():
        if each.id == operator_id:
            continue
        with operator_scope(each.id):
            if StaffRole.objects.filter(operator_id=each.id, user_id=user_id).exists():
                return True
    return False


def _own(operator_id: UUID, user_id: int, by: Actor) -> User:
    """The account, if this operator alone may manage it; raises ``WorksElsewhere``. Whoever runs
    the installation (``SYSTEM``, from a shell) manages every account."""
    user = account(operator_id, user_id)
    if by != SYSTEM and _works_elsewhere(operator_id, user_id):
        raise WorksElsewhere(
            _(
                "This account also works for another operator, so it is managed by whoever runs "
                "the installation. You can take back its roles here."
            )
        )
    return user


def invite(operator_id: UUID, name: str, role: str, *, by: Actor, email: str = "") -> str:
    """Let ``name`` work here: the secret of a link to choose a password, or an empty string if
    the account is there already and gained the role only."""
    name, email = name.strip(), email.strip()
    users = get_user_model()
    user = users.objects.filter(username__iexact=name).first()
    if user is None:
        approval.demand(operator_id, approval.INVITE, by, name.casefold(), role)
    else:
        approval.demand(operator_id, approval.GIVE_ROLE, by, user.pk, role)
    with transaction.atomic():
        if user is not None and user.is_active:
            identity.grant_role(operator_id, user.pk, role, by=by)
            return ""
        if user is None:
            user = users(username=name, email=email)
            user.set_unusable_password()
            _check(user)
            user.save()
        else:
            user.is_active = True
            user.set_unusable_password()
            user.save(update_fields=["is_active", "password"])
        identity.grant_role(operator_id, user.pk, role, by=by)
        return issue_link(operator_id, user.pk, by=by)


def _check(user: User) -> None:
    try:
        user.clean_fields(exclude=["password", "email"])
        if user.email:
            validate_email(user.email)
    except ValidationError:
        raise BadName(
            _(
                "Choose a name of letters, digits and @ . + - _ without spaces, and write the "
                "address as name@example.org or leave it out."
            )
        ) from None


def issue_link(operator_id: UUID, user_id: int, *, by: Actor) -> str:
    """The secret of a link with which the person chooses a password; former links die."""
    user = _own(operator_id, user_id, by)
    token, now = new_token(), clock.machine()
    StaffInvitation.objects.filter(operator_id=operator_id, user_id=user.pk).delete()
    StaffInvitation.objects.create(
        operator_id=operator_id,
        id=new_id(),
        user_id=user.pk,
        digest=rules.digest(token),
        issued_at=now,
        expires_at=now + limits.INVITATION_LASTS,
    )
    journal.append(operator_id, StaffLinkIssued(user=user.pk, actor=by, automated=by == SYSTEM))
    return token


def invited(operator_id: UUID, token: str) -> User:
    """Whom a link is for; raises ``SpentLink`` if it is used, replaced or too old."""
    rows = StaffInvitation.objects.filter(operator_id=operator_id, digest=rules.digest(token))
    row = rows.filter(used_at__isnull=True, expires_at__gt=clock.machine()).first()
    user = User.objects.filter(pk=row.user_id, is_active=True).first() if row else None
    if user is None:
        raise SpentLink(
            _("This link was used, replaced or is too old. Ask an officer for another.")
        )
    return user


def accept(operator_id: UUID, token: str, password: str) -> User:
    """Choose a password by a link, once. The single UPDATE decides between two browsers."""
    user = invited(operator_id, token)
    now = clock.machine()
    rows = StaffInvitation.objects.filter(operator_id=operator_id, digest=rules.digest(token))
    if not rows.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        raise SpentLink(
            _("This link was used, replaced or is too old. Ask an officer for another.")
        )
    attempts.unlock(user.get_username())
    set_password(user, password, by=telling.themselves(user.pk))
    return user


def set_password(user: User, password: str, *, by: Actor, keep: UUID | None = None) -> None:
    """Change a password and end every session but ``keep``. The password has been validated."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all(user.pk, but=keep)
        automated = by == SYSTEM
        telling.tell(user.pk, lambda: StaffPasswordSet(user=user.pk, actor=by, automated=automated))


def give_role(operator_id: UUID, user_id: int, role: str, *, by: Actor) -> None:
    """Give somebody who works here one more role; nobody to themselves (``OwnRole``)."""
    account(operator_id, user_id)
    approval.demand(operator_id, approval.GIVE_ROLE, by, user_id, role)
    identity.grant_role(operator_id, user_id, role, by=by)


def take_role(operator_id: UUID, user_id: int, role: str, *, by: Actor) -> None:
    """Take a role back; raises ``LastOfficer`` if nobody would be left to manage the operator."""
    account(operator_id, user_id)
    approval.demand(operator_id, approval.TAKE_ROLE, by, user_id, role)
    with transaction.atomic():
        if role == rules.Role.OFFICER:
            _keep_an_officer(operator_id, user_id)
        identity.revoke_role(operator_id, user_id, role, by=by)


def _keep_an_officer(operator_id: UUID, without: int) -> None:
    rows = StaffRole.objects.select_for_update().filter(
        operator_id=operator_id, role=rules.Role.OFFICER
    )
    officers = {row.user_id for row in rows}
    others = officers - {without}
    if without in officers and not User.objects.filter(pk__in=others, is_active=True).exists():
        raise LastOfficer(
            _("Nobody would be left to manage this operator. Give somebody else the role first.")
        )


def switch_off(operator_id: UUID, user_id: int, *, by: Actor) -> None:
    """Take every role here; where the account works for nobody else, it cannot sign in at all."""
    user = account(operator_id, user_id)
    approval.demand(operator_id, approval.SWITCH_OFF, by, user_id)
    with transaction.atomic():
        _keep_an_officer(operator_id, user_id)
        elsewhere = _works_elsewhere(operator_id, user_id)
        for role in sorted(identity.staff_roles(user, operator_id)):
            identity.revoke_role(operator_id, user_id, role, by=by)
        if not elsewhere:
            user.is_active = False
            user.save(update_fields=["is_active"])
        sessions.end_all(user_id)
        StaffInvitation.objects.filter(operator_id=operator_id, user_id=user_id).delete()
        automated = by == SYSTEM
        journal.append(operator_id, StaffSwitchedOff(user=user_id, actor=by, automated=automated))


def reset_factors(operator_id: UUID, user_id: int, *, by: Actor) -> None:
    """Take somebody's second factors away who lost them, and end their sessions."""
    _own(operator_id, user_id, by)
    approval.demand(operator_id, approval.RESET_FACTORS, by, user_id)
    with transaction.atomic():
        factors.remove_all(user_id)
        sessions.end_all(user_id)
        automated = by == SYSTEM
        journal.append(operator_id, StaffFactorsReset(user=user_id, actor=by, automated=automated))


def unlock(operator_id: UUID, user_id: int, *, by: Actor) -> None:
    """Forget wrong attempts at an account, so that it opens before its time."""
    user = account(operator_id, user_id)
    if attempts.unlock(user.get_username()):
        automated = by == SYSTEM
        journal.append(operator_id, StaffUnlocked(user=user_id, actor=by, automated=automated))


def forget_dead(operator_id: UUID) -> int:
    """Remove links, sessions and attempts that nobody can use any more; how many."""
    now = clock.machine()
    rows = StaffInvitation.objects.filter(operator_id=operator_id)
    links, _counts = rows.filter(expires_at__lte=now).delete()
    return links + sessions.forget(now) + attempts.forget(now)
