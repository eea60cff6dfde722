"""What a policy may say at the binding of a clause to a control: ``with: {name: value}``.

A control lists the parameters it knows where it is registered. The check of a policy finds every
other name, and every value that its parameter cannot read: a slip of the pen must not leave an
operator with a default that it believes to have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import CONTROLS
from tutela.core.errors import TutelaError
from tutela.policy.declarations import Bound, Reading
from tutela.policy.reading import closest


@dataclass(frozen=True, slots=True)
class Parameter:
    """``reads`` says whether a value can be read; ``takes`` tells a person what is expected."""

    reads: Callable[[Any], bool]
    takes: Any


NOTE = Parameter(lambda _value: True, _("anything; it is a note for the reader"))
"""Words of the text that are kept beside the binding, and that nothing depends on."""

SWITCH = Parameter(lambda value: isinstance(value, bool), _("true or false"))

NAMES = Parameter(lambda value: isinstance(value, list | tuple), _("a list of names"))

HOUR = Parameter(lambda value: isinstance(value, str) and is_hour(value), _('an hour, as "08:00"'))


def is_hour(value: str) -> bool:
    try:
        time.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


@dataclass(frozen=True, slots=True)
class _Words:
    """A lazily translated sentence with its values."""

    sentence: Any
    values: dict[str, Any]

    def __str__(self) -> str:
        return str(self.sentence % self.values)


def whole(most: int) -> Parameter:
    """A whole number from 0 to ``most``."""
    words = _Words(_("a whole number from 0 to %(most)d"), {"most": most})
    return Parameter(lambda value: is_whole(value, most), words)


def one_of(words: Iterable[str]) -> Parameter:
    """One of the ``words``."""
    known = tuple(words)
    told = _Words(_("one of %(words)s"), {"words": ", ".join(known)})
    return Parameter(lambda value: value in known, told)


def readable_by(read: Callable[[str], Any], takes: Any) -> Parameter:
    """Whatever ``read`` takes without an error."""

    def reads(value: Any) -> bool:
        try:
            read(str(value))
        except (ValueError, TutelaError):
            return False
        return True

    return Parameter(reads, takes)


def check(reading: Reading) -> None:
    """Every parameter that a control does not know or cannot read is a warning: a version that
    was published with one stays readable. A control that is not built yet says nothing."""
    for bound in {each.key: each for each in reading.bound if each.parameters}.values():
        control = CONTROLS.get(bound.control)
        if control is None:
            continue
        for name, value in bound.parameters.items():
            parameter = control.parameters.get(name)
            if parameter is None:
                _unknown(reading, bound, name, control.parameters)
            elif not parameter.reads(value):
                _unreadable(reading, bound, name, parameter)


def _unknown(reading: Reading, bound: Bound, name: str, known: Iterable[str]) -> None:
    meant = closest(name, known)
    listed = ", ".join(sorted(known))
    advice = _("It takes none: remove it.")
    if listed:
        advice = _("It knows: %(known)s.")
    if meant:
        advice = _("Did you mean “%(meant)s”?")
    reading.findings.warn(
        "unknown-parameter",
        reading.lines.get(f"{bound.key}.with", bound.line),
        f"{bound.key}.with.{name}",
        _("The control %(control)s knows no parameter “%(name)s”; it changes nothing."),
        advice,
        control=bound.control,
        name=name,
        known=listed,
        meant=meant,
    )


def _unreadable(reading: Reading, bound: Bound, name: str, parameter: Parameter) -> None:
    reading.findings.warn(
        "parameter-value",
        reading.lines.get(f"{bound.key}.with", bound.line),
        f"{bound.key}.with.{name}",
        _("The control %(control)s cannot read what “%(name)s” says."),
        _("Write %(takes)s."),
        control=bound.control,
        name=name,
        takes=parameter.takes,
    )
