"""The demonstration's own pages."""

from __future__ import annotations

from tutela.demo import style

__all__ = ["style"]
