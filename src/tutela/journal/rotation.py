"""A new signing key, with the old one vouching for it.

The new key's public half enters the log while the old key still signs: whoever trusts the old key
finds the new one under its signature (``offline_log`` follows that), and the new key cannot be
smuggled in by who has it alone. The steps can be cut off anywhere; a second call goes on.
"""

from __future__ import annotations

from uuid import UUID

from tutela.db.scope import operator_scope
from tutela.journal import keys, signing, store
from tutela.journal.entries import KeyReplaced
from tutela.journal.models import EntryRow
from tutela.journal.sequencer import sequence


def rotate(operator_id: UUID) -> tuple[str, str]:
    """Replace the journal's signing key; the verifier keys before and after.

    Opens its own transactions. The old private key is gone afterwards.
    """
    coming = keys.coming_signer(operator_id)
    with operator_scope(operator_id):
        present = signing.recorded_signer(operator_id)
        announced = EntryRow.objects.filter(
            operator_id=operator_id,
            kind=KeyReplaced.kind,
            data__key=coming.verifier.public.hex(),
        )
        if not announced.exists():
            entry = KeyReplaced(key=coming.verifier.public.hex(), old=present.verifier.public.hex())
            store.insert(operator_id, entry)
    sequence(operator_id)
    keys.take_over(operator_id)
    with operator_scope(operator_id):
        signing.recorded_signer(operator_id)
    sequence(operator_id)
    return str(present.verifier), str(coming.verifier)
