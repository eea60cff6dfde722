"""Pseudonyms: a name for a person that means nothing to whoever receives it.

    scope      a purpose and, where data leaves, a recipient; each has a key of its own
    pseudonym  24 letters and digits: HMAC-SHA256 (RFC 2104) of the person and a salt, with the key
    back       HMAC-SHA256 of the pseudonym with the same key, beside the person and the salt

The same person has the same pseudonym within a scope and unconnected ones in two scopes. What
leads back, the *additional information* (GDPR article 4(5); 152-FZ article 3(9); 004 1.5), is the
key of the scope, a file among the keys, together with the rows of ``vault_pseudonym``, in the
database. Neither half leads back alone. Destroying the key (``destroy_scope``) cuts a whole scope
off from its people for good; destroying a person takes their salt, and nothing connects them to
their pseudonyms any more, not even the key.
"""

from __future__ import annotations

import base64
import hmac
import os
from uuid import UUID

from django.db.models import Count, F

from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.permits import Permit
from tutela.core.vocabulary import Actor
from tutela.journal import actions as journal
from tutela.vault import keyfiles
from tutela.vault.entries import PseudonymLedBack, PseudonymsDestroyed
from tutela.vault.models import Pseudonym, PseudonymScope

_SALT = 16
_LENGTH = 15  # bytes, which make 24 letters and digits
_LONGEST = 64


def scope_of(purpose: str, recipient: str = "") -> str:
    """The name of a scope; without a recipient the pseudonym stays with the operator."""
    return f"{purpose}/{recipient}" if recipient else purpose


def pseudonym(permit: Permit, subject: UUID) -> str:
    """The person's pseudonym in the scope of the permit's purpose and recipient. The permit was
    checked."""
    scope = _current(permit.operator, scope_of(permit.purpose, permit.recipient))
    key = keyfiles.key(permit.operator, _use(scope.scope), scope.key)
    about = {
        "operator_id": permit.operator,
        "subject_id": subject,
        "scope": scope.scope,
        "generation": scope.generation,
    }
    if not Pseudonym.objects.filter(**about).exists():
        salt = os.urandom(_SALT)
        back = _back(key, _name(key, subject, salt))
        row = Pseudonym(**about, salt=salt, back=back, made_at=clock.now())
        Pseudonym.objects.bulk_create([row], ignore_conflicts=True)
    return _name(key, subject, bytes(Pseudonym.objects.get(**about).salt))


def name_of_value(operator: UUID, scope: str, text: str) -> str:
    """A name for a value with the key of a scope alone, so that the same value has the same name
    and whoever holds the key can only try values. No row leads back."""
    current = _current(operator, scope)
    key = keyfiles.key(operator, _use(scope), current.key)
    made = hmac.digest(key, b"value" + text.encode(), "sha256")[:_LENGTH]
    return base64.b32encode(made).decode().lower()


def lead_back(permit: Permit, name: str) -> UUID | None:
    """The person behind a pseudonym, or None if nothing leads back to anybody; journalled as a
    success or a failure, without the pseudonym. The permit was checked."""
    found: UUID | None = None
    live = PseudonymScope.objects.filter(operator_id=permit.operator, destroyed_at=None)
    for scope in live if len(name) <= _LONGEST else ():
        key = keyfiles.key(permit.operator, _use(scope.scope), scope.key)
        asked = Pseudonym.objects.filter(
            operator_id=permit.operator,
            scope=scope.scope,
            generation=scope.generation,
            back=_back(key, name.strip().lower()),
        )
        found = found or asked.values_list("subject_id", flat=True).first()
    said = PseudonymLedBack(
        subject=found,
        actor=permit.actor,
        action=permit.action,
        purpose=permit.purpose,
        clause=permit.clause,
        automated=False,
        found=found is not None,
    )
    journal.append(permit.operator, said)
    return found


def scopes(operator: UUID) -> list[tuple[str, int]]:
    """The scopes from whose pseudonyms something leads back, and how many people have one."""
    live = PseudonymScope.objects.filter(operator_id=operator, destroyed_at=None)
    rows = Pseudonym.objects.filter(operator_id=operator).values_list("scope")
    people = dict(rows.annotate(count=Count("subject_id")).order_by("scope"))
    names = live.order_by("scope").values_list("scope", flat=True)
    return [(scope, people.get(scope, 0)) for scope in names]


def destroy_scope(operator: UUID, scope: str, actor: Actor) -> bool:
    """Destroy what leads back from every pseudonym of a scope; False if it was destroyed before.

    The row goes first and is the decision: from its commit on no process uses the key, though it
    may remember it. The file is overwritten after the commit by ``destroy_keys``, right away or
    by the sweep.
    """
    live = PseudonymScope.objects.filter(operator_id=operator, scope=scope, destroyed_at=None)
    if not live.update(destroyed_at=clock.now()):
        return False
    count, _ = Pseudonym.objects.filter(operator_id=operator, scope=scope).delete()
    said = PseudonymsDestroyed(actor=actor, automated=False, scope=scope, count=count)
    journal.append(operator, said)
    return True


def destroy_keys(operator: UUID) -> int:
    """Overwrite the key files of scopes whose destruction has committed; safe to repeat."""
    gone = PseudonymScope.objects.filter(
        operator_id=operator, destroyed_at__isnull=False, key_destroyed_at=None
    )
    names = list(gone.values_list("key", flat=True))
    for name in names:
        keyfiles.destroy(operator, name)
    gone.filter(key__in=names).update(key_destroyed_at=clock.now())
    return len(names)


def erase(operator: UUID, subject: UUID) -> int:
    """Forget every pseudonym of a person; how many there were."""
    return Pseudonym.objects.filter(operator_id=operator, subject_id=subject).delete()[0]


def _current(operator: UUID, scope: str) -> PseudonymScope:
    """The scope as it is now; a destroyed one begins anew with another key."""
    every = PseudonymScope.objects.filter(operator_id=operator, scope=scope)
    last = every.order_by(F("generation").desc()).first()
    if last is not None and last.destroyed_at is None:
        return last
    known = list(every.values_list("key", flat=True))
    row = PseudonymScope(
        operator_id=operator,
        scope=scope,
        generation=last.generation + 1 if last else 1,
        key=keyfiles.fresh(operator, _use(scope), known),
        made_at=clock.now(),
    )
    PseudonymScope.objects.bulk_create([row], ignore_conflicts=True)
    return every.get(generation=row.generation)


def _use(scope: str) -> str:
    """The name of the key's file, which must not tell what recipients there are."""
    return f"pseudonyms-{sha256_hex(scope.encode())[:16]}"


def _name(key: bytes, subject: UUID, salt: bytes) -> str:
    made = hmac.digest(key, b"name" + subject.bytes + salt, "sha256")[:_LENGTH]
    return base64.b32encode(made).decode().lower()


def _back(key: bytes, name: str) -> bytes:
    return hmac.digest(key, b"back" + name.encode(), "sha256")
