from __future__ import annotations

from tests.proof.conftest import at, bakery, officer

__all__ = ["at", "bakery", "officer"]
