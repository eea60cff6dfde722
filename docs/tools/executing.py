"""Reads a page whose commands are executed by a test.

The info string of a fence says what is done with it; readers see none of it:

- ```` ```sh run ````         is run to its end and must succeed;
- ```` ```sh background ````  is started and goes on running;
- ```` ```text shown ````     is what the commands above it print; ``…`` stands for anything;
- ```` ```yaml save=FILE ```` is written to that file;
- ``<!-- by hand: NAME -->``  is what the reader does in the browser; the test does it by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
_HAND = re.compile(r"^ *<!-- by hand: (?P<name>[a-z-]+) -->$")
KINDS = ("run", "background", "shown", "save", "by hand", "prose")


@dataclass(frozen=True, slots=True)
class Block:
    """``kind`` is one of ``KINDS``; ``name`` is the file of ``save`` or the deed by hand."""

    kind: str
    text: str
    line: int
    language: str = ""
    name: str = ""


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks and deeds of a page in their order. Raises ``ValueError`` at a fence that
    is never closed."""
    lines = enumerate(text.splitlines(), start=1)
    for number, line in lines:
        if found := _HAND.match(line):
            yield Block("by hand", "", number, name=found["name"])
        elif found := _FENCE.match(line):
            inside = []
            for _, each in lines:
                if each.strip() == "```":
                    break
                inside.append(each.removeprefix(found["indent"]))
            else:
                raise ValueError(f"The fence in line {number} is never closed.")
            yield _block(found["info"].split(), "\n".join(inside) + "\n", number)


def _block(info: list[str], text: str, line: int) -> Block:
    language, *rest = info or [""]
    mark = rest[0] if rest else "prose"
    kind, _, name = mark.partition("=")
    if kind not in KINDS:
        raise ValueError(f"The fence in line {line} has an unknown mark, {kind}.")
    return Block(kind, text, line, language, name)


def fits(shown: str, printed: str) -> bool:
    """Whether the lines of ``shown`` stand in ``printed`` in their order, ``…`` for anything."""
    parts = [re.escape(part) for part in shown.strip().split("…")]
    pattern = ".*?".join(re.sub(r"(\\\n|\\ )+", r"\\s+", part) for part in parts)
    return re.search(pattern, printed, re.DOTALL) is not None
