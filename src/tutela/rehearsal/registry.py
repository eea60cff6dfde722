"""What a scenario can say: verbs (given, when) and expectations (then), registered by name.

The docstring of each function is its entry in the reference page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tutela.core.registry import Registry

if TYPE_CHECKING:
    from tutela.rehearsal.world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether an expectation holds, what was expected and what was found, as sentences."""

    holds: bool
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Word:
    """One verb or expectation. ``needed`` arguments must be given; ``short`` is the argument
    that a plain value stands for (``clock: 2024-07-03``), empty where a mapping is needed."""

    name: str
    run: Callable[..., Any]
    arguments: tuple[str, ...]
    needed: tuple[str, ...]
    short: str

    @property
    def help(self) -> str:
        return self.run.__doc__ or ""


VERBS: Registry[Word] = Registry("verb")
EXPECTATIONS: Registry[Word] = Registry("expectation")

Verb = Callable[["World", dict[str, Any]], str]
Check = Callable[["World", dict[str, Any]], Answer]


def verb(
    name: str, *, needs: tuple[str, ...] = (), takes: tuple[str, ...] = (), short: str = ""
) -> Callable[[Verb], Verb]:
    """Register a verb; it does something in the world and returns a sentence that says what."""

    def register(run: Verb) -> Verb:
        VERBS.register(name, Word(name, run, needs + takes, needs, short))
        return run

    return register


def expectation(
    name: str, *, needs: tuple[str, ...] = (), takes: tuple[str, ...] = (), short: str = ""
) -> Callable[[Check], Check]:
    """Register an expectation; it looks at the world and answers."""

    def register(run: Check) -> Check:
        EXPECTATIONS.register(name, Word(name, run, needs + takes, needs, short))
        return run

    return register
