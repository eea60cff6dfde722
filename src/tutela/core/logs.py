"""Logs that cannot give a person away.

An exception's text may quote what somebody typed, and a library's message may carry an address
or a link. So a log line holds: what Tutela's own code says (ids and slugs only, by house rule),
the template of a library's message without its values, and for an exception its class and where
it was raised. The text of a ``TutelaError`` is ours and is kept.

``TUTELA_LOG=json`` writes one JSON object a line with the same contents, for a collector.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

from tutela.core.errors import TutelaError

_OWN = "tutela"
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FIELDS = ("page", "method", "status", "milliseconds")
"""What our own code may add to a line as values of their own; slugs and numbers."""
_request: ContextVar[str] = ContextVar("request", default="")


@contextlib.contextmanager
def during(request: str) -> Iterator[None]:
    """Lines written in this context carry the number of the request they were written for."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def describe(error: BaseException) -> list[str]:
    """The exception and its causes, each as class and places, outermost first. No values."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        text = f": {current}" if isinstance(current, TutelaError) else ""
        kind = type(current)
        lines.append(f"{kind.__module__}.{kind.__qualname__}{text}")
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return lines


class DiscreetFormatter(logging.Formatter):
    """Formats a record without any value that a library or an exception put into it."""

    def __init__(self) -> None:
        super().__init__(_LINE)

    def format(self, record: logging.LogRecord) -> str:
        shown = logging.makeLogRecord(
            {
                **record.__dict__,
                "msg": _message(record),
                "args": None,
                "exc_info": None,
                "exc_text": None,
                "stack_info": None,
            }
        )
        number = _request.get()
        lines = [super().format(shown) + (f" [{number}]" if number else "")]
        if record.exc_info and record.exc_info[1] is not None:
            lines += [f"  {line}" for line in describe(record.exc_info[1])]
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """The same as one JSON object: at, level, logger, message, request, places of an exception,
    and of a request its page, method, status and milliseconds."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if number := _request.get():
            line["request"] = number
        if _is_own(record):
            line |= {name: record.__dict__[name] for name in _FIELDS if name in record.__dict__}
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _is_own(record: logging.LogRecord) -> bool:
    return record.name == _OWN or record.name.startswith(f"{_OWN}.")


def _message(record: logging.LogRecord) -> str:
    return record.getMessage() if _is_own(record) else _template(record)


def _template(record: logging.LogRecord) -> str:
    status = getattr(record, "status_code", None)
    if isinstance(status, int):
        return f"an answer with status {status}"
    text = str(record.msg)
    return text if not record.args else text.replace("%s", "…").replace("%r", "…")


def configure(level: int = logging.WARNING) -> None:
    """Send every log of the process to standard error through the discreet formatter.

    Uncaught exceptions, of threads too, take the same way.
    """
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("TUTELA_LOG") == "json"  # read here: it must work before the settings
    handler.setFormatter(JsonFormatter() if as_json else DiscreetFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger(_OWN).setLevel(min(level, logging.INFO))
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(
    kind: type[BaseException], error: BaseException, _places: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(_OWN).critical("An unexpected error ended the program.", exc_info=error)


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
        logging.getLogger(_OWN).critical(
            "An unexpected error ended a thread.", exc_info=arguments.exc_value
        )
