"""The few shapes of Markdown that the reference pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "This page is made from the code (`make reference`); a test fails when it is out of date."


def cell(text: object) -> str:
    """One line that a table can hold."""
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def codes(words: Iterable[object]) -> str:
    return ", ".join(code(each) for each in words)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with its last line ended."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(each) for each in line)} |\n" for line in lines)


def page(title: str, *parts: str) -> str:
    """A whole page: title, the note that it is made, and the parts with a line between them."""
    return "\n\n".join([f"# {title}", MADE, *(part.strip() for part in parts)]) + "\n"


def sentence(docstring: str | None) -> str:
    """The first sentence of a docstring, with the double backquotes of reST made single."""
    first = " ".join((docstring or "").split("\n\n")[0].split())
    return first.replace("``", "`")
