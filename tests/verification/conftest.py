"""The services marketplace, whose specialists send copies of their papers."""

from __future__ import annotations

from tests.conversations.conftest import market

__all__ = ["market"]
