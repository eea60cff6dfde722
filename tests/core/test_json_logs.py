"""A line of JSON says what the line of text says, and as little about anybody."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from tests.cli.test_logs import TYPED, raised, record

from tutela.core import logs
from tutela.core.errors import TutelaError
from tutela.core.logs import DiscreetFormatter, JsonFormatter


def parsed(line: logging.LogRecord) -> dict:
    text = JsonFormatter().format(line)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_has_a_moment_with_a_zone_a_level_a_logger_and_a_message():
    line = parsed(record("tutela.jobs", "The sweep %s failed.", "alpha"))
    assert line["message"] == "The sweep alpha failed."
    assert (line["level"], line["logger"]) == ("error", "tutela.jobs")
    assert datetime.fromisoformat(line["at"]).tzinfo is not None


def test_a_library_s_values_and_an_exception_s_text_stay_out():
    line = record("django.request", "Not Found: %s", TYPED, error=raised(ValueError(TYPED)))
    line.page = TYPED
    text = JsonFormatter().format(line)
    assert TYPED not in text
    assert "ValueError" in text


def test_the_text_of_our_own_error_stays():
    line = parsed(record("tutela.web", "It failed.", error=raised(TutelaError("Ask again."))))
    assert any("Ask again." in each for each in line["exception"])


def test_lines_of_one_request_carry_its_number_and_later_lines_do_not():
    with logs.during("abc123"):
        assert parsed(record("tutela.web", "x"))["request"] == "abc123"
        assert "[abc123]" in DiscreetFormatter().format(record("tutela.web", "x"))
    assert "request" not in parsed(record("tutela.web", "x"))
