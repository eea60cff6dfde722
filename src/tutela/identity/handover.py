"""Handing people over from the operator's own site: its keys, tokens used up, whose they are.

The caller has opened ``operator_scope``. A person's identifier at the site is kept as a keyed
digest that the vault makes; this room sees the digest only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import connection
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.errors import Conflict, NotAllowed, NotFound, TutelaError
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, VISITOR, Actor
from tutela.identity import tokens
from tutela.identity.entries import HandoverFailed, HandoverKeyEnded, HandoverKeyRegistered
from tutela.identity.models import HandoverKey, HandoverToken, Reference
from tutela.identity.tokens import Claims
from tutela.journal import actions as journal

_USE_UP = """
INSERT INTO identity_handover_token (operator_id, digest, ends_at) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class NotHandedOver(NotAllowed):
    """The token is not taken; go back to the site and follow its link anew."""

    keeps = True
    """The entry about the attempt stays."""


class BadKey(TutelaError):
    """What was given is no Ed25519 public key in PEM."""


class BadOrigin(BadKey):
    """What was given is no origin of a site."""


class KeyTaken(Conflict):
    """A key of this name is registered; choose another name."""


class UnknownKey(NotFound):
    """No key of this name is registered here."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    kid: str
    issuer: str
    since: datetime
    until: datetime | None


def register_key(
    operator_id: UUID,
    kid: str,
    issuer: str,
    pem: str,
    *,
    until: datetime | None = None,
    by: Actor = SYSTEM,
) -> None:
    """Believe tokens signed with this key, from now until ``until``. ``issuer`` is the site's
    origin, such as ``https://shop.example``. Several keys may stand at once, so that one can
    follow another without a gap. Raises ``BadOrigin``, ``BadKey`` and ``KeyTaken``."""
    parts = _parts(issuer)
    if parts.scheme not in {"https", "http"} or issuer != f"{parts.scheme}://{parts.netloc}":
        raise BadOrigin(_("Write the origin of the site alone, for example https://shop.example."))
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(_("This is no Ed25519 public key in PEM form."))
    if HandoverKey.objects.filter(operator_id=operator_id, kid=kid).exists():
        raise KeyTaken(
            _("A key “%(kid)s” is registered already. Choose another name.") % {"kid": kid}
        )
    now = clock.now()
    HandoverKey.objects.create(
        operator_id=operator_id, kid=kid, issuer=issuer, public_key=pem, since=now, until=until
    )
    made = HandoverKeyRegistered(key=sha256_hex(pem.encode()), actor=by, automated=by == SYSTEM)
    journal.append(operator_id, made)


def _parts(issuer: str) -> SplitResult:
    try:
        return urlsplit(issuer)
    except ValueError:
        return urlsplit("")


def end_key(operator_id: UUID, kid: str, *, by: Actor = SYSTEM) -> bool:
    """Believe the key no more, from now on; False if it had ended. Raises ``UnknownKey``."""
    row = HandoverKey.objects.filter(operator_id=operator_id, kid=kid).first()
    if row is None:
        raise UnknownKey(
            _("There is no key “%(kid)s” here. Look at the list of keys.") % {"kid": kid}
        )
    now = clock.now()
    if row.until is not None and row.until <= now:
        return False
    HandoverKey.objects.filter(pk=row.pk).update(until=now)
    key = sha256_hex(row.public_key.encode())
    journal.append(operator_id, HandoverKeyEnded(key=key, actor=by, automated=by == SYSTEM))
    return True


def keys(operator_id: UUID) -> list[KeyRow]:
    rows = HandoverKey.objects.filter(operator_id=operator_id).order_by("since", "kid")
    return [KeyRow(row.kid, row.issuer, row.since, row.until) for row in rows]


def accept(operator_id: UUID, token: str, *, audience: str, origin: str) -> Claims:
    """Use a token up: once, in its time, from the registered site. ``origin`` is what the browser
    says the form was sent from, so that a token somebody carried away opens nothing elsewhere,
    and nobody is signed in as somebody else by a third site. Raises ``NotHandedOver``.
    """
    try:
        return _accept(operator_id, token, audience=audience, origin=origin)
    except tokens.Wrong as wrong:
        entry = HandoverFailed(actor=VISITOR, automated=False, why=str(wrong))
        journal.append(operator_id, entry)
        raise NotHandedOver(
            _("This way in has ended or was not made for here. Go back to the site and try again.")
        ) from None


def _accept(operator_id: UUID, token: str, *, audience: str, origin: str) -> Claims:
    now = clock.now()
    kid = tokens.key_of(token)
    row = HandoverKey.objects.filter(operator_id=operator_id, kid=kid).first()
    if row is None or row.since > now or (row.until is not None and row.until <= now):
        raise tokens.Wrong("unknown-key")
    claims = tokens.read(token, row.public_key, issuer=row.issuer, audience=audience, now=now)
    if origin != row.issuer:
        raise tokens.Wrong("wrong-origin")
    digest = sha256_hex(f"{row.issuer}\n{claims.name}".encode())
    with connection.cursor() as cursor:
        cursor.execute(_USE_UP, [operator_id, digest, claims.expires_at + tokens.SKEW * 2])
        if not cursor.rowcount:
            raise tokens.Wrong("replayed")
    return claims


def known_as(operator_id: UUID, digest: str) -> UUID | None:
    """The person the site knows by the reference of this digest; until the transaction ends nobody
    else decides about the same reference."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [f"{operator_id}{digest}"])
    rows = Reference.objects.filter(operator_id=operator_id, digest=digest)
    return rows.values_list("subject_id", flat=True).first()


def remember(operator_id: UUID, subject: UUID, digest: str) -> None:
    """From now on the reference of this digest is this person's, until the person is destroyed."""
    Reference.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        digest=digest,
        since=clock.now(),
    )


def forget(operator_id: UUID, now: datetime) -> int:
    """Remove tokens that would no longer be taken anyway; how many."""
    gone, _rows = HandoverToken.objects.filter(operator_id=operator_id, ends_at__lte=now).delete()
    return gone
