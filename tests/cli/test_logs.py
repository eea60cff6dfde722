"""Logs cannot give a person away."""

from __future__ import annotations

import logging

import pytest

from tutela.core.errors import TutelaError
from tutela.core.logs import DiscreetFormatter, describe

TYPED = "mary@example.org"


def record(name: str, message: str, *args: object, error: BaseException | None = None):
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "file.py", 1, message, args, info)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


def test_the_text_of_an_unknown_exception_is_left_out_and_its_class_and_place_are_kept():
    error = raised(ValueError(TYPED), raised(KeyError(TYPED)))
    line = DiscreetFormatter().format(record("tutela.vault", "It failed.", error=error))
    assert TYPED not in line
    assert "builtins.ValueError" in line
    assert "builtins.KeyError" in line
    assert "test_logs.py" in line


def test_the_text_of_our_own_error_is_kept():
    error = raised(TutelaError("Ask the gate again."))
    assert "Ask the gate again." in "\n".join(describe(error))


@pytest.mark.parametrize("name", ["django.request", "psycopg.pool", "procrastinate.worker"])
def test_a_library_s_message_loses_its_values(name):
    line = DiscreetFormatter().format(record(name, "Not Found: %s", f"/sign-in/{TYPED}"))
    assert TYPED not in line
    assert "Not Found" in line


def test_our_own_message_keeps_its_ids():
    line = DiscreetFormatter().format(record("tutela.jobs", "The sweep %s failed.", "alpha"))
    assert "The sweep alpha failed." in line
