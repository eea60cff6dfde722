"""Reads declarations key by key: wrong, missing and unknown keys all become findings.

A reader never stops: what cannot be read is reported and replaced by an empty value, so that
one check shows everything there is to correct. A policy with an error is never compiled.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import LANGUAGES
from tutela.policy.findings import Findings, Sentence
from tutela.policy.model import FrozenDict
from tutela.policy.source import Node
from tutela.policy.terms import Term, TermError

T = TypeVar("T")

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_KINDS: Mapping[type, Sentence] = {
    str: _("a text"),
    int: _("a whole number"),
    bool: _("true or false"),
    date: _("a date such as 2024-05-01"),
    dict: _("a block of keys"),
    list: _("a list"),
    type(None): _("no value"),
}


def closest(word: str, words: Iterable[str]) -> str:
    """The word that was probably meant, or an empty string."""
    return next(iter(difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)), "")


class Block:
    """One mapping of the file under reading. ``languages`` are those every wording must have."""

    def __init__(
        self,
        node: Node,
        key: str,
        findings: Findings,
        languages: tuple[str, ...],
        section: str = "",
    ) -> None:
        self.key = key
        self.line = node.line
        self.findings = findings
        self.languages = languages
        self.section = section or key
        self._values: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        self._seen: set[str] = set()
        if not isinstance(node.value, dict):
            self._wrong_type(node, key, dict)

    def path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name

    def line_of(self, name: str) -> int:
        return self._values[name].line if name in self._values else self.line

    def has(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def node(self, name: str) -> Node | None:
        self._seen.add(name)
        return self._values.get(name)

    def close(self) -> None:
        """Report the keys nobody asked for, each with the one that was probably meant."""
        for name in self._values:
            if name in self._seen:
                continue
            meant = closest(name, self._seen - self._values.keys())
            self.findings.add(
                "unknown-key",
                self.line_of(name),
                self.path(name),
                _("There is no key “%(name)s” here."),
                _("Did you mean “%(meant)s”?") if meant else _("Possible keys: %(known)s."),
                name=name,
                meant=meant,
                known=", ".join(sorted(self._seen)),
            )

    def missing(self, name: str) -> None:
        self.findings.add(
            "missing-key",
            self.line,
            self.path(name),
            _("The key “%(name)s” is missing."),
            _("Add it; the reference of the format says what it holds."),
            name=name,
        )

    def _wrong_type(self, node: Node, path: str, expected: type) -> None:
        is_flag = expected is bool and str(node.value).lower() in {"yes", "no", "on", "off"}
        self.findings.add(
            "wrong-type",
            node.line,
            path,
            _("Here should stand %(expected)s, and there stands %(found)s."),
            _("Write true or false.") if is_flag else "",
            expected=_KINDS[expected],
            found=_KINDS.get(type(node.value), ""),
        )

    def _value(self, name: str, expected: type[T], default: T, *, required: bool) -> T:
        node = self.node(name)
        if node is None:
            if required:
                self.missing(name)
            return default
        if isinstance(node.value, expected) and type(node.value) is expected:
            return node.value
        self._wrong_type(node, self.path(name), expected)
        return default

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        node = self.node(name)
        if node and isinstance(node.value, int | date) and not isinstance(node.value, bool):
            return str(node.value)
        value = self._value(name, str, default, required=required)
        if required and node and isinstance(node.value, str) and not value.strip():
            self.missing(name)
        return value.strip()

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self._value(name, bool, default, required=False)

    def number(self, name: str, *, required: bool = False, least: int = 0) -> int | None:
        node = self.node(name)
        if node is None or node.value is None:
            if required:
                self.missing(name)
            return None
        value = self._value(name, int, least, required=required)
        if value < least:
            self.findings.add(
                "too-small",
                node.line,
                self.path(name),
                _("The number is less than %(least)d."),
                _("Write %(least)d or more."),
                least=least,
            )
        return value

    def day(self, name: str) -> date:
        """A date; a date in quotation marks is one too."""
        node = self.node(name)
        if node and isinstance(node.value, str):
            with contextlib.suppress(ValueError):
                return date.fromisoformat(node.value)
        return self._value(name, date, date.min, required=True)

    def choice(self, name: str, allowed: Iterable[str], default: str = "") -> str:
        """A word of a closed list; required unless there is a default."""
        value = self.text(name, default, required=not default)
        return value if not value or self.allowed(name, value, allowed) else default

    def allowed(self, name: str, value: str, allowed: Iterable[str]) -> bool:
        known = tuple(allowed)
        if value in known:
            return True
        meant = closest(value, known)
        self.findings.add(
            "unknown-word",
            self.line_of(name),
            self.path(name),
            _("“%(value)s” is not a word that may stand here."),
            _("Did you mean “%(meant)s”?") if meant else _("Possible words: %(known)s."),
            value=value,
            meant=meant,
            known=", ".join(known),
        )
        return False

    def words(self, name: str, *, required: bool = True) -> FrozenDict[str]:
        """A wording in every language of the policy; the first of ``languages`` is original."""
        node = self.node(name)
        if node is None:
            if required:
                self.missing(name)
            return FrozenDict()
        block = Block(node, self.path(name), self.findings, self.languages, self.section)
        found = {code: block.text(code) for code in self.languages}
        if isinstance(node.value, dict):
            for code, text in found.items():
                if not text:
                    self._missing_language(node.line, self.path(name), code)
        block.close()
        return self._in_every_language({code: text for code, text in found.items() if text})

    def _in_every_language(self, found: dict[str, str]) -> FrozenDict[str]:
        """Fill the interface's languages from the original, which every policy has."""
        original = next((found[code] for code in self.languages if code in found), "")
        spoken = {code: found.get(code, original) for code in (*LANGUAGES, *self.languages)}
        return FrozenDict(spoken) if original else FrozenDict()

    def _missing_language(self, line: int, path: str, code: str) -> None:
        self.findings.add(
            "missing-language",
            line,
            path,
            _("The wording in the language “%(language)s” is missing."),
            _("The policy is published in %(languages)s: say it in each of them."),
            language=code,
            languages=", ".join(self.languages),
        )

    def strings(self, name: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; repeats are reported and dropped."""
        return tuple(dict.fromkeys(each for each, _line in self.lined(name, required=required)))

    def lined(self, name: str, *, required: bool = False) -> list[tuple[str, int]]:
        """A list of texts, each with its line."""
        nodes = self._value(name, list, [], required=required)
        found: list[tuple[str, int]] = []
        for place, node in enumerate(nodes):
            if isinstance(node.value, str | int) and not isinstance(node.value, bool):
                found.append((str(node.value), node.line))
            else:
                self._wrong_type(node, f"{self.path(name)}[{place}]", str)
        if required and self.has(name) and not nodes:
            self.findings.add(
                "empty-list",
                self.line_of(name),
                self.path(name),
                _("The list is empty."),
                _("Name at least one."),
            )
        return found

    def dated(self, name: str) -> list[tuple[str, int]]:
        """A list of dates, each as text with its line."""
        return [
            (str(node.value), node.line) for node in self._value(name, list, [], required=False)
        ]

    def term(self, name: str, *, required: bool = False) -> Term | None:
        text = self.text(name, required=required)
        if not text:
            return None
        try:
            return Term.parse(text)
        except TermError:
            self.findings.add(
                "term",
                self.line_of(name),
                self.path(name),
                _("The term “%(term)s” cannot be understood."),
                _(
                    "Write a number and a unit: 24 hours, 30 days, 10 working days, 6 months, "
                    "5 years; or immediately, unlimited, until: purpose.reached."
                ),
                term=text,
            )
            return None

    def mapping(self, name: str) -> FrozenDict[Any]:
        """A block whose keys are not checked, as plain values."""
        node = self.node(name)
        if node is None or node.value is None:
            return FrozenDict()
        if not isinstance(node.value, dict):
            self._wrong_type(node, self.path(name), dict)
            return FrozenDict()
        return FrozenDict({key: plain(value) for key, value in node.value.items()})

    def block(self, name: str, *, required: bool = False) -> Block | None:
        node = self.node(name)
        if node is None:
            if required:
                self.missing(name)
            return None
        return Block(node, self.path(name), self.findings, self.languages, self.section)

    def named(self, name: str, *, slugs: bool = True) -> Iterator[tuple[str, Block]]:
        """The blocks of a section, by slug; ``slugs`` is false where the names are others'."""
        node = self.node(name)
        if node is None or node.value is None:
            return
        if not isinstance(node.value, dict):
            self._wrong_type(node, self.path(name), dict)
            return
        for slug, value in node.value.items():
            path = f"{self.path(name)}.{slug}"
            if slugs and not SLUG.fullmatch(slug):
                self.findings.add(
                    "slug",
                    value.line,
                    path,
                    _("“%(slug)s” is not a name that can stand in addresses."),
                    _("Use small Latin letters, digits and hyphens."),
                    slug=slug,
                )
            yield slug, Block(value, path, self.findings, self.languages, name)

    def listed(self, name: str, *, required: bool = False) -> Iterator[Block]:
        """The blocks of a list."""
        for place, node in enumerate(self._value(name, list, [], required=required)):
            path = f"{self.path(name)}[{place}]"
            yield Block(node, path, self.findings, self.languages, name)


def plain(node: Node) -> Any:
    """The value without its lines."""
    if isinstance(node.value, dict):
        return {key: plain(value) for key, value in node.value.items()}
    if isinstance(node.value, list):
        return [plain(each) for each in node.value]
    return node.value.isoformat() if isinstance(node.value, date) else node.value
