"""What stands for the name an operator's own site has for a person: a keyed digest.

The key is of this use alone and stays when the index key is changed, because nothing that could
be digested anew is kept. Without it a digest cannot be tried against a list of customer numbers.
"""

from __future__ import annotations

import hmac
from uuid import UUID

from tutela.core.canonical import canonical_bytes
from tutela.vault import keyfiles

_USE = "reference"


def digest(operator: UUID, reference: str) -> str:
    """64 hexadecimal digits for ``reference``; the same at every call, other at every operator."""
    key = keyfiles.key(operator, _USE, keyfiles.fresh(operator, _USE, ()))
    content = canonical_bytes({"operator": operator, "reference": reference})
    return hmac.digest(key, content, "sha256").hex()
