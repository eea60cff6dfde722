"""What is counted, for what, and which figures are too small to be told: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutela.policy.model import Policy

STATS = "stats"
OTHER = "other"
PAGES = ("home", "search", "item", "account", "help", "policy", "form", OTHER)
DEVICES = ("phone", "tablet", "desktop", OTHER)
LANGUAGES = ("en", "ru", OTHER)
FEWEST = 5
"""A figure under this is not told, unless the policy says otherwise (``small_cells``)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``purpose`` is the only one that statistics serve; figures under ``fewest`` are not told."""

    purpose: str
    fewest: int


def terms_of(policy: Policy) -> Terms | None:
    """None where the policy names no purpose for statistics."""
    bound = [each for each in policy.bindings if each.control == STATS]
    said: dict[str, Any] = {}
    for each in bound:
        said |= each.parameters
    named = [each.declaration.partition(".")[::2] for each in bound]
    purposes = [slug for section, slug in named if section == "purposes"]
    purpose = str(said.get("purpose") or next(iter(purposes), ""))
    if purpose not in policy.purposes:
        return None
    fewest = said.get("small_cells")
    whole = isinstance(fewest, int) and not isinstance(fewest, bool) and fewest > 1
    return Terms(purpose, fewest if whole and isinstance(fewest, int) else FEWEST)


def known(value: str, words: Sequence[str]) -> str:
    """The word itself if it is of the list, else “other”: no other text is ever kept."""
    return value if value in words else OTHER


def told(counts: Mapping[str, int], fewest: int) -> dict[str, int | None]:
    """The figures of one series, None where a figure is too small. One figure alone is not hidden:
    the total would give it away, so the next smallest is hidden with it."""
    hidden = {name for name, count in counts.items() if 0 < count < fewest}
    if len(hidden) == 1:
        others = {name: n for name, n in counts.items() if name not in hidden and n}
        if others:
            hidden.add(min(others, key=lambda name: (others[name], name)))
    return {name: None if name in hidden else count for name, count in counts.items()}


def total(figures: Mapping[str, int | None], counts: Mapping[str, int], fewest: int) -> int | None:
    """All visits of a series, or None where even that, or what it would give away, is too
    small."""
    hidden = sum(counts[name] for name, figure in figures.items() if figure is None)
    whole = sum(counts.values())
    return None if 0 < hidden < fewest or 0 < whole < fewest else whole
