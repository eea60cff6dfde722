"""The worlds of ``tests.retention``: operators whose policies speak of a buyer."""

from tests.retention.conftest import committed, marketplace, world

__all__ = ["committed", "marketplace", "world"]
