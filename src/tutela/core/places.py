"""Coordinates as people and devices tell them, and how rough they are kept: pure."""

from __future__ import annotations

import math
import re

_METRES = 111_320
"""Metres in a degree of latitude."""
_FARTHEST = 89.0
_NORTHMOST, _EASTMOST = 90.0, 180.0
_TYPED = re.compile(r"(-?\d{1,2}(?:\.\d{1,12})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,12})?)", re.ASCII)


def read(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, from “43.24, 76.89”; None for anything else."""
    told = _TYPED.fullmatch(text)
    if told is None:
        return None
    north, east = float(told[1]), float(told[2])
    return (north, east) if abs(north) <= _NORTHMOST and abs(east) <= _EASTMOST else None


def rounded(latitude: float, longitude: float, metres: int) -> str:
    """The middle of the square of ``metres`` that the place lies in; everybody in it is told as
    being there (002 “Сбор” B4(d))."""
    step = metres / _METRES
    north = (math.floor(latitude / step) + 0.5) * step
    north = max(-_FARTHEST, min(_FARTHEST, north))
    around = max(1, int(360 / step * math.cos(math.radians(north))))  # whole squares, also at 180°
    column = int((longitude + 180) % 360 / 360 * around)
    east = (column + 0.5) / around * 360 - 180
    digits = max(0, math.ceil(-math.log10(step)) + 1)
    return f"{north:.{digits}f}, {east:.{digits}f}"
