"""The home-exchange agency, whose payments a platform takes."""

from __future__ import annotations

from tests.requests.conftest import house

__all__ = ["house"]
