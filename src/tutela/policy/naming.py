"""Gives every piece of a cut text its reference, in the notation that ``clauses`` describes."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from tutela.policy.cutting import Draft
from tutela.policy.lines import Line, looks_like_title

_SHORT_TITLE = 120
"""Longest words, in characters, after a number such as ``2.1`` that may still be a heading."""


def name(drafts: list[Draft]) -> None:
    """Decide what is a heading and set every ``ref``, its aliases and its level."""
    for draft in drafts:
        draft.heading = draft.heading or _is_heading(draft)
    counters: dict[int, _Counter] = {}
    taken: set[str] = set()
    for draft in drafts:
        _name_one(draft, counters, taken)
        draft.ref = _unique(draft.ref, taken)
        if draft.kind in {"item", "bullet"} or (draft.kind == "clause" and not draft.heading):
            _alias_lead(draft)
        if draft.heading and draft.kind == "clause":
            draft.kind = "heading"
    _name_tails(drafts)


def _is_heading(draft: Draft) -> bool:
    if draft.kind == "header":
        return not any(map(str.isdigit, draft.text)) and draft.text[:1] not in "(«"
    if draft.kind != "clause" or not draft.children or not looks_like_title(draft.text):
        return False
    return "." not in draft.number or len(draft.text) <= _SHORT_TITLE


@dataclass(slots=True)
class _Counter:
    """How many paragraphs a container has so far, and whether a list came after the last."""

    paragraphs: int
    after_list: bool = False


def _unique(ref: str, taken: set[str]) -> str:
    """A number printed twice names two clauses; the later one says so."""
    candidate, repeat = ref, 1
    while candidate in taken:
        repeat += 1
        candidate = f"{ref}/x{repeat}"
    taken.add(candidate)
    return candidate


def _name_one(draft: Draft, counters: dict[int, _Counter], taken: set[str]) -> None:
    parent = draft.parent
    base = parent.ref if parent else ""
    draft.level = parent.level + 1 if parent else 1
    if parent:
        counter = counters.setdefault(id(parent), _Counter(_spoken_by(parent)))
    if draft.kind == "heading":
        draft.ref = _title(draft.text, taken) or f"Section {draft.line}"
    elif draft.kind == "clause":
        draft.ref = draft.number
        draft.level = draft.number.count(".") + 1
    elif draft.kind == "item":
        draft.ref = f"{base}({draft.number})"
        counter.after_list = True
    elif draft.kind == "bullet":
        draft.ref = f"{base}/{_letter(draft.series)}{draft.place}"
        if draft.series < len(string.ascii_uppercase):
            draft.aliases.append(f"{base}/{string.ascii_uppercase[draft.series]}{draft.place}")
        counter.after_list = True
    else:
        _name_paragraph(draft, base, counter)


def _spoken_by(container: Draft) -> int:
    """The words after a number are the first paragraph; a heading or a bare number is none."""
    if container.kind == "header":
        first = container.children[0] if container.children else None
        return -1 if first and not Line(0, 0, first.text).speaks_of_a_date else 0
    if container.heading or container.kind in {"heading", "preamble"}:
        return 0
    return 1 if container.text else 0


def _name_paragraph(draft: Draft, base: str, counter: _Counter) -> None:
    following = _list_after(draft)
    lead = f"{base}/{_letter(following.series)}0" if following else ""
    repeats = counter.paragraphs > 0 and not counter.after_list
    if lead and repeats and following and following.parent is draft.parent:
        draft.ref, draft.kind = lead, "lead"
        draft.aliases.append(f"{base}/p{counter.paragraphs + 1}")
    else:
        counter.paragraphs += 1
        draft.ref = f"{base}/p{counter.paragraphs}"
        if lead:
            draft.aliases.append(lead)
    counter.after_list = False


def _list_after(draft: Draft) -> Draft | None:
    """The first bullet of the list that ``draft`` introduces."""
    if draft.parent is None or not draft.introduces:
        return None
    siblings = draft.parent.children
    position = next(index for index, each in enumerate(siblings) if each is draft) + 1
    following = siblings[position] if position < len(siblings) else None
    return following if following and following.kind == "bullet" else None


def _alias_lead(draft: Draft) -> None:
    if draft.children and draft.children[0].kind == "bullet":
        draft.aliases.append(f"{draft.ref}/b0")


def _name_tails(drafts: list[Draft]) -> None:
    """``10/tail``: the unnumbered paragraph that closes a section or a clause."""
    last_of: dict[int, tuple[Draft, Draft]] = {}
    for draft in drafts:
        ancestor = draft.parent
        while ancestor:
            last_of[id(ancestor)] = (ancestor, draft)
            ancestor = ancestor.parent
    for ancestor, last in last_of.values():
        if last.kind == "paragraph" and ancestor.kind in {"heading", "clause"}:
            last.aliases.append(f"{ancestor.ref}/tail")


def _letter(series: int) -> str:
    letters = string.ascii_lowercase[1:]
    return letters[series] if series < len(letters) else f"list{series + 1}_"


def _title(text: str, taken: set[str]) -> str:
    """The first two words, or as many as it takes to tell a section from those before it."""
    words = re.findall(r"\w+", text)
    titles = [" ".join(words[:count]) for count in range(min(2, len(words)), len(words) + 1)]
    return next((title for title in titles if title not in taken), titles[0])
