"""What one line of a published text looks like, before anybody asks where it belongs.

Published policies reach us through word processors, browsers and exporters: with byte-order
marks, non-breaking spaces, soft hyphens, ``[bookmark: ...]`` marks, a number alone on its line
or an address torn off by a line wrap. This module removes what nobody can see and names what
remains; ``clauses`` builds the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\x00"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\u3000"), " ")
_BREAKS = re.compile(r"\r\n|[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
_BOOKMARK = re.compile(r"\[bookmark:[^\]\n]*\]", re.IGNORECASE)
_TAB = 4

_NUMBER = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,3})*)(?P<dot>\.?)(?P<gap>\s*)(?P<rest>.*)")
_ITEM = re.compile(r"(?P<marker>\(?(?P<number>[0-9]{1,3}|[a-zа-яё])\))\s*(?P<rest>.*)")
_BULLET = re.compile(
    r"(?P<marker>[-–—−](?=[\s\w«“\"(])|[•·●○▪▫◦‣⁃∙◾■□➢✓✔\uf0b7\uf0a7\uf0d8]|\*(?=\s))\s*(?P<rest>.*)"
)
_MARKDOWN = re.compile(r"(?P<marker>#{1,6})\s+(?P<rest>\S.*)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://\S|www\.\S")
_DATED = re.compile(
    r"(last\s+)?(updated?|revised|version|effective|dated?\b|date of|in force)"
    r"|(последн\w+\s+)?(обновлен|редакци|верси|дата\b|действует|от\s+[0-9])",
    re.IGNORECASE,
)

WRAP_LIMIT = 130
"""Longest line, in characters, of a text that may have been wrapped by hand or by a mailer."""
_WRAP_LINES = 6
_WRAP_SHARE = 0.3
_WRAP_FULL = 0.6
_HEADING_LIMIT = 80
_HEADER_LIMIT = 150
TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line. ``kind`` is number, item, bullet, heading or text.

    ``marker`` is what was taken off the front of ``text``; ``indent`` counts columns;
    ``blank_before`` tells that an empty line stands above; ``full`` that the line reaches the
    margin of a wrapped text, so that the next one may continue it.
    """

    line: int
    indent: int
    text: str
    kind: str = "text"
    marker: str = ""
    number: str = ""
    dotted: bool = False
    bookmark: bool = False
    blank_before: bool = False
    full: bool = False

    @property
    def parts(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.number.split("."))

    @property
    def starts_with_email(self) -> bool:
        return bool(_EMAIL.match(self.text))

    @property
    def starts_with_url(self) -> bool:
        return bool(_URL.match(self.text))

    @property
    def starts_low(self) -> bool:
        return self.text[:1].islower()

    @property
    def speaks_of_a_date(self) -> bool:
        return bool(_DATED.match(self.text))


def visible(text: str) -> str:
    """The text as a reader sees it: no marks of an exporter, one kind of space and line end."""
    plain = text.translate(_INVISIBLE).translate(_SPACES)
    return _BOOKMARK.sub("", _BREAKS.sub("\n", plain))


def ends_a_sentence(text: str) -> bool:
    return text.rstrip(" \"'»”)")[-1:] in set(".;:!?…")


def looks_like_title(text: str, limit: int = TITLE_LIMIT) -> bool:
    """Short, begins with a capital or a quotation mark, and does not end as a sentence does."""
    return (
        0 < len(text) <= limit
        and not text[0].islower()
        and text[-1] not in ".,;:!?…"
        and any(character.isalpha() for character in text)
    )


def shouts(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 2 and all(not character.islower() for character in letters)  # noqa: PLR2004


def read_lines(text: str) -> tuple[Line, ...]:
    """Every non-blank line of ``text`` with its kind; never raises."""
    raw = list(_raw(text))
    widest = max((len(line.text) for line in raw), default=0)
    wrapped = _is_wrapped(raw, widest)
    classified = [
        _classify(replace(line, full=wrapped and len(line.text) >= _WRAP_FULL * widest))
        for line in raw
    ]
    numbered = sum(line.kind == "number" and line.dotted for line in classified) > 1
    return tuple(
        _as_heading(line, following, numbered=numbered)
        for line, following in zip_longest(classified, classified[1:])
    )


def _raw(text: str) -> Iterator[Line]:
    plain = _BREAKS.sub("\n", text.translate(_INVISIBLE).translate(_SPACES))
    blank_before = False
    for position, source in enumerate(plain.split("\n"), start=1):
        marked = _BOOKMARK.sub("", source).expandtabs(_TAB)
        stripped = marked.strip()
        if not stripped:
            blank_before = True
            continue
        yield Line(
            position,
            len(marked) - len(marked.lstrip()),
            stripped,
            bookmark=bool(_BOOKMARK.match(source.strip())),
            blank_before=blank_before,
        )
        blank_before = False


def _is_wrapped(lines: list[Line], widest: int) -> bool:
    """Whether sentences run over line ends: short lines, many of which begin in lower case."""
    low = sum(line.starts_low for line in lines)
    return len(lines) >= _WRAP_LINES and widest <= WRAP_LIMIT and low >= _WRAP_SHARE * len(lines)


def _classify(line: Line) -> Line:
    if match := _MARKDOWN.fullmatch(line.text):
        return replace(line, kind="heading", marker=match["marker"], text=match["rest"])
    if match := _BULLET.fullmatch(line.text):
        return replace(line, kind="bullet", marker=match["marker"], text=match["rest"])
    if match := _ITEM.fullmatch(line.text):
        return replace(
            line,
            kind="item",
            marker=match["marker"],
            number=match["number"],
            text=match["rest"],
        )
    match = _NUMBER.fullmatch(line.text)
    if match and _is_number(match):
        return replace(
            line,
            kind="number",
            marker=match["number"] + match["dot"],
            number=match["number"],
            dotted=bool(match["dot"]) or "." in match["number"],
            text=match["rest"],
        )
    return line


def _is_number(match: re.Match[str]) -> bool:
    """Tell ``9.4. Withdrawal`` and ``1 BASIC TERMS`` from ``5 years`` and ``01.05.2024``."""
    rest = match["rest"]
    if any(int(part) == 0 for part in match["number"].split(".")):
        return False
    if match["dot"]:
        return not rest or bool(match["gap"]) or rest[0].isalpha()
    if not rest:
        return "." in match["number"]
    if "." in match["number"]:
        return bool(match["gap"]) and not rest[0].islower()
    return bool(match["gap"]) and looks_like_title(rest, _HEADING_LIMIT) and rest[0].isupper()


def _as_heading(line: Line, following: Line | None, *, numbered: bool) -> Line:
    """Headings without a number: marked by the exporter, in capitals, or short and alone."""
    if line.kind != "text" or not looks_like_title(line.text, _HEADING_LIMIT):
        return line
    if line.text[0].isdigit() or line.indent >= _TAB or following is None:
        return line
    if following.kind == "text" and (following.starts_low or following.starts_with_email):
        return line
    if line.bookmark or (shouts(line.text) and line.text[0].isalpha()):
        return replace(line, kind="heading")
    return line if numbered or line.full else replace(line, kind="heading")


def header_length(lines: tuple[Line, ...]) -> int:
    """How many lines at the top name the document rather than say something."""
    numbered = sum(line.kind == "number" for line in lines) > 1
    for index, line in enumerate(lines):
        if line.kind not in {"text", "heading"} or len(line.text) > _HEADER_LIMIT:
            return index
        first = index == 0
        if not first and (ends_a_sentence(line.text) or line.indent >= _TAB):
            return index
        names_nothing = not first and not (
            line.text[0] in "(«" or line.speaks_of_a_date or any(map(str.isdigit, line.text))
        )
        follows_a_date = index == 1 and lines[0].speaks_of_a_date
        if names_nothing and not numbered and not follows_a_date:
            return index
        if first and line.text.endswith(":"):
            return index
    return len(lines)
