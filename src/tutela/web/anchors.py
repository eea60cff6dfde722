"""Where a clause stands on the published page: its anchor, from its reference."""

from __future__ import annotations

import re

_PART = re.compile(r"\([a-z]+\)$")


def anchor(ref: str) -> str:
    """``9.4(b)`` → ``c-9.4``, ``2.10/b7`` → ``c-2.10-b7``: the clause that holds the part."""
    return "c-" + _PART.sub("", ref).replace("/", "-").replace(" ", "-")
