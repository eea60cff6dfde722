"""The demonstration's own pages, each kind in a module of its own."""

from __future__ import annotations

from tutela.demo import living, post, start, style

__all__ = ["living", "post", "start", "style"]
