"""Work of the vault that comes due by itself."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import UUID

from tutela.core import closed
from tutela.core.readiness import readiness
from tutela.db.scope import operator_scope
from tutela.jobs.sweeps import sweep
from tutela.vault import actions, damages, passphrase, restoring, rotation
from tutela.vault.errors import KeysSealed, Restoring


def _sealed() -> KeysSealed | None:
    return KeysSealed() if passphrase.is_sealed() else None


closed.REASONS.register("vault.sealed", _sealed)


@readiness("keys-unsealed")
def keys_are_open() -> bool:
    return not passphrase.is_sealed()


def _restored() -> Restoring | None:
    return None if restoring.is_done() else Restoring()


closed.REASONS.register("vault.restored", _restored)


@readiness("restored")
def every_ending_is_known() -> bool:
    """False while the database is older than what its home knows to be over."""
    return restoring.is_done()


_UNSHRED = """
EXISTS (SELECT FROM vault_shred WHERE operator_id = %(operator)s)
OR EXISTS (SELECT FROM vault_ending WHERE operator_id = %(operator)s AND number IS NULL)
"""
_ROTATING = """
EXISTS (SELECT FROM vault_rotation WHERE operator_id = %(operator)s AND ended_at IS NULL)
OR EXISTS (SELECT FROM vault_operator_key WHERE operator_id = %(operator)s AND state = 'ending')
"""
_SCOPES_OVER = """
EXISTS (SELECT FROM vault_pseudonym_scope WHERE operator_id = %(operator)s
        AND destroyed_at IS NOT NULL AND key_destroyed_at IS NULL)
"""


@sweep("vault.shred", waiting=_UNSHRED)
def shred(operator_id: UUID, _now: datetime) -> int:
    """What a crash left between a destruction and the overwriting of its shares."""
    with operator_scope(operator_id):
        return actions.shred_pending(operator_id)


_AT_A_TIME = 0.5  # seconds of a look that changing keys may take from other work


@sweep("vault.rotate", waiting=_ROTATING)
def rotate(operator_id: UUID, _now: datetime) -> int:
    """Goes on with changes of keys that were begun, and destroys keys whose end was decided; the
    number of pages and keys. The command does the same, faster."""
    until = time.monotonic() + _AT_A_TIME
    with operator_scope(operator_id):
        begun = [each.id for each in rotation.open_ones(operator_id)]
    pages = 0
    for each in begun:
        while time.monotonic() < until:
            outcome = rotation.step(operator_id, each)
            pages += outcome is not rotation.Outcome.BUSY
            if outcome is not rotation.Outcome.MORE:
                break
    return pages + rotation.end_keys(operator_id)


@sweep("vault.pseudonyms", waiting=_SCOPES_OVER)
def pseudonyms(operator_id: UUID, _now: datetime) -> int:
    """Keys of pseudonyms whose destruction has committed and whose files are still there."""
    with operator_scope(operator_id):
        return actions.destroy_pseudonym_keys(operator_id)


_BETWEEN_LOOKS = 5.0  # seconds, so that looking costs little
_looked: dict[UUID, float] = {}


def _rested(operator_id: UUID, _now: datetime) -> bool:
    return time.monotonic() >= _looked.get(operator_id, 0.0)


@sweep("vault.look", waiting=_rested)
def look(operator_id: UUID, now: datetime) -> int:
    """Goes round over everybody and looks whether all is as it was left; how many people. It never
    becomes due by itself: time that is moved is not slowed down by it."""
    if not _rested(operator_id, now):
        return 0
    _looked[operator_id] = time.monotonic() + _BETWEEN_LOOKS
    damages.go_round(operator_id, now)
    return 0
