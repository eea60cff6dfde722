"""The figures that a monitor is given."""

from __future__ import annotations

import urllib.request

import pytest
from django.db import OperationalError
from django.test import Client

from tutela.core import measures
from tutela.core.measures import GAUGES, MEASURES, Gauge
from tutela.telemetry.exporting import Exporter, MetricsPortTaken
from tutela.web.watching import REQUESTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def exporter(operator_id):
    made = Exporter(lambda: {operator_id: "sample"})
    yield made
    made.stop()


@pytest.fixture
def operator_id():
    from tutela.core.ids import new_id  # noqa: PLC0415

    return new_id()


def scraped(exporter: Exporter) -> str:
    from prometheus_client import generate_latest  # noqa: PLC0415

    return generate_latest(exporter.registry).decode()


def test_requests_are_counted_by_page_and_class_of_status(exporter):
    REQUESTS.add(0.02, page="no-such-page", method="GET", status="2xx")
    text = scraped(exporter)
    assert 'tutela_request_seconds_count{method="GET",page="other",status="2xx"} 1.0' in text


def test_requests_of_the_api_are_counted_by_their_declared_path(exporter):
    Client(raise_request_exception=False).get("/api/v1/subjects/maria@mail.example/limits")
    text = scraped(exporter)
    assert 'page="/subjects/{subject}/limits"' in text
    assert "maria" not in text


def test_every_measure_and_gauge_is_in_the_answer(exporter):
    text = scraped(exporter)
    for name in (*MEASURES, *GAUGES):
        assert f"# HELP tutela_{name}" in text
    for name in GAUGES:
        assert f'tutela_{name}{{operator="sample"}} 0.0' in text
    assert 'tutela_ready{check="database"} 1.0' in text


def test_figures_of_the_process_are_told_while_the_database_is_away(exporter, monkeypatch):
    def away(_operator: object) -> float:
        raise OperationalError

    monkeypatch.setitem(GAUGES._things, "journal_size_entries", Gauge("x", "x", away))
    text = scraped(exporter)
    assert "tutela_ready" in text
    assert "tutela_journal_size_entries" not in text


def test_it_answers_over_http_and_stops(exporter):
    port = exporter.serve("127.0.0.1", 0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert b"tutela_ready" in answer.read()


def test_a_port_in_use_is_refused_in_a_sentence(exporter, operator_id):
    port = exporter.serve("127.0.0.1", 0)
    second = Exporter(dict)
    try:
        with pytest.raises(MetricsPortTaken, match=f"{port}"):
            second.serve("127.0.0.1", port)
    finally:
        second.stop()


def test_nothing_is_heard_once_it_has_stopped(operator_id):
    made = Exporter(dict)
    made.stop()
    assert measures._listeners == []
