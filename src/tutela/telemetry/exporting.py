"""Serves what ``core.measures`` counts in the Prometheus text format, on a port of its own.

The port is meant for the loopback or a private network and has no password: it tells how the
program is doing and nothing about anybody. The library is loaded only where a port is named.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import DatabaseError, connections

from tutela.core.errors import Conflict
from tutela.core.measures import GAUGES, MEASURES, Gauge, Measure, listen
from tutela.core.readiness import CHECKS, lacking
from tutela.db.scope import operator_scope

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import GaugeMetricFamily

log = logging.getLogger(__name__)

PREFIX = "tutela_"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds

Operators = Callable[[], Mapping[UUID, str]]
"""The operators of this installation: id and slug."""


class MetricsPortTaken(Conflict):
    """Nobody can listen where the metrics should be served."""


class Exporter:
    """Counts from now on; ``registry`` gives the figures, ``serve`` answers a monitor."""

    def __init__(self, operators: Operators) -> None:
        from prometheus_client import CollectorRegistry  # noqa: PLC0415 - loaded where it is used

        self.registry: CollectorRegistry = CollectorRegistry()
        self._counted: dict[str, Any] = {
            name: _family(each, self.registry) for name, each in sorted(MEASURES.items())
        }
        self.registry.register(_Now(operators))
        self._end = listen(self._hear)
        self._server: WSGIServer | None = None

    def _hear(self, measure: Measure, values: tuple[str, ...], amount: float) -> None:
        family = self._counted[measure.name]
        child = family.labels(*values) if values else family
        if measure.unit:
            child.observe(amount)
        else:
            child.inc(amount)

    def serve(self, address: str, port: int) -> int:
        """Answer at ``http://address:port/metrics`` from a thread; the port that was taken."""
        from prometheus_client import make_wsgi_app  # noqa: PLC0415

        figures = make_wsgi_app(self.registry)

        def answer(environ: Any, start: Any) -> Any:
            try:
                return figures(environ, start)
            finally:
                connections.close_all()  # each question has a thread of its own

        try:
            self._server = make_server(
                address.strip("[]"), port, answer, _server_for(address), _Quiet
            )
        except OSError:
            raise MetricsPortTaken(
                f"Metrics cannot be served at {address}:{port}; choose another TUTELA_METRICS."
            ) from None
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()
        return self._server.server_port

    def stop(self) -> None:
        self._end()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _ThreadedSix(_Threaded):
    address_family = socket.AF_INET6


def _server_for(address: str) -> type[WSGIServer]:
    return _ThreadedSix if ":" in address else _Threaded


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """A scrape every few seconds is nothing to write down."""


def _family(measure: Measure, registry: CollectorRegistry) -> Any:
    from prometheus_client import Counter, Histogram  # noqa: PLC0415

    name, labels = PREFIX + measure.name, tuple(measure.labels)
    if measure.unit:
        return Histogram(
            name, measure.help, labels, unit=measure.unit, registry=registry, buckets=_BUCKETS
        )
    return Counter(name, measure.help, labels, registry=registry)


class _Now:
    """The gauges and readiness checks, asked anew for every scrape."""

    def __init__(self, operators: Operators) -> None:
        self._operators = operators

    def collect(self) -> Iterable[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        missing = set(lacking())
        ready = GaugeMetricFamily(
            f"{PREFIX}ready", "1 where a readiness check holds.", labels=("check",)
        )
        for slug in sorted(CHECKS):
            ready.add_metric([slug], float(slug not in missing))
        yield ready
        try:
            yield from self._of_operators()
        except DatabaseError:
            log.warning("The database does not answer; its figures are left out this time.")

    def _of_operators(self) -> Iterator[GaugeMetricFamily]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        families = {
            name: GaugeMetricFamily(PREFIX + name, each.help, labels=("operator",))
            for name, each in sorted(GAUGES.items())
        }
        for operator, slug in self._operators().items():
            with operator_scope(operator):
                for name, family in families.items():
                    family.add_metric([slug], _asked(GAUGES[name], operator))
        yield from families.values()


def _asked(gauge: Gauge, operator: UUID) -> float:
    return float(gauge.ask(operator))
