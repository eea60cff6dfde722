"""Serves the program's figures while it runs, where ``TUTELA_METRICS`` names an address."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.conf import settings

from tutela.telemetry.exporting import Exporter, Operators

_operators: list[Operators] = []


def install(operators: Operators) -> None:
    """Tell how to find the operators whose figures are served; ``tutela.app`` does this once."""
    _operators[:] = [operators]


@contextlib.contextmanager
def served() -> Iterator[int | None]:
    """Answer monitors during the block; the port, or None where nobody asked for metrics.

    Raises ``MetricsPortTaken``.
    """
    if not settings.TUTELA_METRICS:
        yield None
        return
    address, _, port = settings.TUTELA_METRICS.rpartition(":")
    exporter = Exporter(*_operators)
    try:
        yield exporter.serve(address, int(port))
    finally:
        exporter.stop()
