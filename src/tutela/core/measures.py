"""What the running program counts, and how it is doing now, for a monitor that asks.

A measure is declared once, with the closed set of values each label may take, so that no
identifier, address or name can become a label: a value that is not in the set is counted as
``other``. Counting costs nothing until somebody listens; the listener is installed by whoever
serves the figures.

    ENTRIES = counter("journal_entries", "Entries taken into the log.", kind=lambda: KINDS)
    ENTRIES.add(kind="gate.permitted")

A gauge is a function that is asked when the monitor asks, once an operator, in its scope.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from tutela.core.registry import Registry

OTHER = "other"
"""Stands for a label's value that was not declared."""

Values = Callable[[], Container[str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """``name`` without a unit's suffix; ``unit`` is ``seconds`` for a duration, else empty."""

    name: str
    help: str
    labels: Mapping[str, Values]
    unit: str = ""

    def add(self, amount: float = 1, **labels: str) -> None:
        """Count ``amount`` more, or observe a duration in seconds."""
        if _listeners:
            values = tuple(
                value if (value := labels.get(name, "")) in allowed() else OTHER
                for name, allowed in self.labels.items()
            )
            for each in _listeners:
                each(self, values, amount)


@dataclass(frozen=True, slots=True)
class Gauge:
    """``ask`` answers for one operator, inside its scope."""

    name: str
    help: str
    ask: Callable[[UUID], float]


class Listener(Protocol):
    def __call__(self, measure: Measure, values: tuple[str, ...], amount: float) -> None: ...


MEASURES: Registry[Measure] = Registry("measure")
GAUGES: Registry[Gauge] = Registry("gauge")
_listeners: list[Listener] = []


def counter(name: str, help: str, **labels: Values) -> Measure:  # noqa: A002 - the field's word
    """Declare something that is counted."""
    return MEASURES.register(name, Measure(name, help, labels))


ADDRESSES: set[str] = set()
"""The paths of the API as they are declared, ``/subjects/{subject}``: requests are counted by
them as they are by the names of pages."""
ADDRESS = "TUTELA_ADDRESS"
"""Where a request keeps the path it was found under (``request.META``); no header can set it."""


def duration(name: str, help: str, **labels: Values) -> Measure:  # noqa: A002
    """Declare something whose length in seconds is observed."""
    return MEASURES.register(name, Measure(name, help, labels, "seconds"))


def gauge(name: str, help: str) -> Callable[[Callable[[UUID], float]], Callable[[UUID], float]]:  # noqa: A002
    """Register the decorated function as a figure that is asked for when somebody looks."""

    def register(ask: Callable[[UUID], float]) -> Callable[[UUID], float]:
        GAUGES.register(name, Gauge(name, help, ask))
        return ask

    return register


def listen(listener: Listener) -> Callable[[], None]:
    """Let ``listener`` hear what is counted from now on; call the result to end it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)
