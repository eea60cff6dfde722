from __future__ import annotations

from tests.proof.conftest import at, bakery

__all__ = ["at", "bakery"]
