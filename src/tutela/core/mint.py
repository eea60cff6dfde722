"""Makes permits. An import contract lets only the gate import this module."""

from __future__ import annotations

from dataclasses import replace

from tutela.core.permits import Permit, digest


def mint(permit: Permit) -> Permit:
    """The same permit with the seal that makes it open the vault."""
    return replace(permit, seal=digest(permit))
