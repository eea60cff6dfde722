"""What this room does when a package is made."""

from __future__ import annotations

from tutela.accounts.telling import ACCOUNT
from tutela.requests.parts import PARTS

PARTS.register("account", ACCOUNT)
