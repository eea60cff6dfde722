"""Builds the tree of a text from its lines; ``naming`` then gives every piece its reference."""

from __future__ import annotations

from dataclasses import dataclass, field

from tutela.policy.lines import Line, ends_a_sentence, header_length

_FORWARD = 5
"""How far a section number may run ahead of the last one before it is taken for plain text."""


@dataclass(slots=True, eq=False)
class Draft:
    """A clause while the tree grows. ``series`` numbers the lists inside its parent from 0;
    ``place`` counts bullets within one list from 1."""

    kind: str
    line: int
    marker: str = ""
    number: str = ""
    pieces: list[str] = field(default_factory=list)
    parent: Draft | None = None
    children: list[Draft] = field(default_factory=list)
    series: int = 0
    place: int = 0
    heading: bool = False
    ref: str = ""
    aliases: list[str] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        return " ".join(piece for piece in self.pieces if piece)

    @property
    def introduces(self) -> bool:
        return self.text.endswith(":")

    @property
    def next_series(self) -> int:
        return (
            max((child.series for child in self.children if child.kind == "bullet"), default=-1) + 1
        )


@dataclass(slots=True)
class _List:
    """An open list of bullets: where it hangs, how its bullets look, and the last of them."""

    holder: Draft
    series: int
    marker: str
    indent: int
    last: Draft
    first: Draft


def build(lines: tuple[Line, ...]) -> list[Draft]:
    """The pieces of the text in its order, not yet named."""
    return _Builder(lines).build()


class _Builder:
    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.lines = lines
        self.header = Draft("header", 0, ref="Header")
        self.preamble = Draft("preamble", 0, ref="Preamble")
        self.drafts: list[Draft] = []
        self.holder = self.preamble
        self.section: Draft | None = None
        self.lists: list[_List] = []
        self.by_number: dict[str, Draft] = {}
        self.top = 0
        self.previous: Line | None = None

    def build(self) -> list[Draft]:
        header = header_length(self.lines)
        for line in self.lines[:header]:
            self._add(Draft("header", line.line, line.marker, parent=self.header), line.text)
        for position, line in enumerate(self.lines[header:], start=header):
            self._take(line, position)
            self.previous = line
        return self.drafts

    @property
    def last(self) -> Draft | None:
        return self.drafts[-1] if self.drafts else None

    def _add(self, draft: Draft, text: str) -> Draft:
        if text:
            draft.pieces.append(text)
        if draft.parent:
            draft.parent.children.append(draft)
        self.drafts.append(draft)
        return draft

    def _take(self, line: Line, position: int) -> None:
        if line.kind == "heading":
            self._heading(line)
        elif line.kind == "number":
            self._number(line, position)
        elif line.kind == "item":
            self._item(line)
        elif line.kind == "bullet":
            self._bullet(line)
        else:
            self._text(line)

    def _heading(self, line: Line) -> None:
        self.section = self._add(Draft("heading", line.line, line.marker, heading=True), line.text)
        self.holder, self.lists = self.section, []

    def _number(self, line: Line, position: int) -> None:
        if len(line.parts) == 1 and self._is_list_number(line, position):
            self._item(line)
        elif self._is_plausible(line):
            parent = self._ancestor(line.number)
            draft = Draft("clause", line.line, line.marker, line.number, parent=parent)
            self.by_number[line.number] = self._add(draft, line.text)
            self.holder, self.lists, self.top = draft, [], line.parts[0]
            if len(line.parts) == 1:
                self.section = None
        else:
            self._text(line)

    def _ancestor(self, number: str) -> Draft | None:
        while "." in number:
            number = number.rpartition(".")[0]
            if number in self.by_number:
                return self.by_number[number]
        return self.section

    def _is_plausible(self, line: Line) -> bool:
        """A number continues the numbering; ``278.`` in an address does not."""
        if not self.top or self.section:
            return True
        return (
            self.top <= line.parts[0] <= self.top + _FORWARD
            or line.number.rpartition(".")[0] in self.by_number
        )

    def _is_list_number(self, line: Line, position: int) -> bool:
        """Whether ``3.`` continues a list ``1.``, ``2.`` inside a clause, not the sections."""
        items = [child for child in self._item_holder().children if child.kind == "item"]
        expected = int(items[-1].number) + 1 if items and items[-1].number.isdigit() else 1
        if not self.top or line.parts[0] != expected or self._subdivided_later(line, position):
            return False
        if line.parts[0] <= self.top and not self.section:
            return True
        return bool(items)

    def _subdivided_later(self, line: Line, position: int) -> bool:
        for later in self.lines[position + 1 :]:
            if later.kind == "number":
                return len(later.parts) > 1 and later.parts[0] == line.parts[0]
        return False

    def _item_holder(self) -> Draft:
        holder = self.holder
        if self.lists and self.lists[-1].last.introduces:
            return self.lists[-1].last
        if self.lists and any(child.kind == "item" for child in self.lists[-1].last.children):
            return self.lists[-1].last
        return holder.parent if holder.kind == "item" and holder.parent else holder

    def _item(self, line: Line) -> None:
        holder = self._item_holder()
        if any(child.kind == "item" and child.number == line.number for child in holder.children):
            later = [child for child in holder.children if child.kind == "paragraph"]
            holder = later[-1] if later else holder
        draft = Draft("item", line.line, line.marker, line.number, parent=holder)
        self._add(draft, line.text)
        if holder not in {each.last for each in self.lists}:
            self.holder, self.lists = draft, []

    def _bullet(self, line: Line) -> None:
        open_list = self._list_of(line)
        if open_list is None:
            parent, series = self._list_holder()
        else:
            parent, series = open_list.holder, open_list.series
        place = open_list.last.place + 1 if open_list else 1
        draft = Draft("bullet", line.line, line.marker, parent=parent, series=series, place=place)
        self._add(draft, line.text)
        if open_list:
            open_list.last = draft
        else:
            self.lists.append(_List(parent, series, line.marker, line.indent, draft, draft))

    def _list_of(self, line: Line) -> _List | None:
        """The open list this bullet continues; ``None`` where a list begins, perhaps inside."""
        for depth in range(len(self.lists) - 1, -1, -1):
            each = self.lists[depth]
            if each.marker == line.marker and abs(each.indent - line.indent) <= 1:
                del self.lists[depth + 1 :]
                return each
        if not self.lists or self.lists[-1].last.introduces:
            return None
        if line.indent > self.lists[-1].indent + 1 and self.lists[-1].marker:
            return None
        return self.lists[-1]

    def _list_holder(self) -> tuple[Draft, int]:
        holder = self.lists[-1].last if self.lists else self.holder
        return holder, holder.next_series

    def _text(self, line: Line) -> None:
        text = f"{line.marker} {line.text}" if line.marker else line.text
        if self._continues_last(line):
            self.drafts[-1].pieces.append(text)
        elif self._is_unmarked_item(line):
            self._unmarked(line, text)
        else:
            self._paragraph(line, text)

    def _paragraph(self, line: Line, text: str) -> None:
        if self.holder.kind == "item" and self.holder.parent:
            self.holder = self.holder.parent
        self.lists = []
        self._add(Draft("paragraph", line.line, parent=self.holder), text)

    def _continues_last(self, line: Line) -> bool:
        last = self.last
        if last is None or last.kind in {"header", "heading"}:
            return False
        if not last.pieces:
            return True
        if line.blank_before or self.previous is None:
            return self._explains_its_bullet(line)
        if line.starts_with_url:
            return last.kind in {"clause", "item", "bullet"} and not last.text.endswith(".")
        return (
            line.starts_with_email
            or self.previous.full
            or (line.starts_low and not ends_a_sentence(last.text))
            or (bool(self.lists) and line.indent > self.lists[-1].indent > 0)
        )

    def _explains_its_bullet(self, line: Line) -> bool:
        """A capitalised sentence inside a list of uncapitalised items belongs to the item above."""
        if not self.lists or line.indent <= self.lists[-1].indent:
            return False
        item = self.lists[-1]
        return (
            item.first.text[:1].islower() and not line.starts_low and item.last.text.endswith(".")
        )

    def _is_unmarked_item(self, line: Line) -> bool:
        """Items without a bullet: indented deeper than the list, or lines ended by semicolons."""
        if self.lists:
            current = self.lists[-1]
            if current.marker:
                return line.blank_before and line.indent > current.indent
            if current.indent:
                return line.indent >= current.indent
            return current.last.text.endswith((";", ","))
        if self.last is None or not self.last.introduces or self.last.kind == "header":
            return False
        return line.indent > 1 or line.text.endswith(";")

    def _unmarked(self, line: Line, text: str) -> None:
        if self.lists:
            current = self.lists[-1]
            draft = Draft(
                "bullet",
                line.line,
                parent=current.holder,
                series=current.series,
                place=current.last.place + 1,
            )
            current.last = self._add(draft, text)
            return
        holder, series = self._list_holder()
        draft = Draft("bullet", line.line, parent=holder, series=series, place=1)
        self._add(draft, text)
        self.lists.append(_List(holder, series, "", line.indent, draft, draft))
