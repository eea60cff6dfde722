"""The sources of a policy and the YAML tree with line numbers, read defensively.

A policy file comes from people and sometimes from strangers. It is refused when it is huge,
deeply nested, uses aliases (a few lines of which can unfold into gigabytes) or asks YAML to
build objects. Scalars become text, whole numbers, truth values and dates; nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.policy.findings import Findings

DECLARATIONS = "policy.yaml"
LARGEST_FILE = 1024 * 1024
"""Bytes; the longest policy we know, declarations and text together, is a tenth of it."""
_DEEPEST = 20
_TAGS = "tag:yaml.org,2002:"
_KNOWN = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp"}
_FOLD = "\a"
"""Where ruamel.yaml folded a ``>`` scalar: its mark to write the file back, not text."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one policy, by name: ``policy.yaml`` and the texts it names."""

    files: Mapping[str, str]

    @property
    def declarations(self) -> str:
        return self.files[DECLARATIONS]

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of all files, in hexadecimal."""
        return sha256_hex(canonical_bytes(dict(self.files)))

    def only(self, names: frozenset[str]) -> Sources:
        return Sources({name: self.files[name] for name in sorted(names) if name in self.files})


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the YAML file with its line. ``value`` is a dict of nodes, a list of nodes,
    or a scalar: str, int, bool, date or None."""

    line: int
    value: Any


def read_folder(path: Path, findings: Findings) -> Sources | None:
    """The declarations and every ``*.txt`` of the folder; problems become findings."""
    if not path.is_dir():
        findings.add(
            "missing-folder",
            0,
            "",
            _("There is no folder %(path)s."),
            _("Give the folder of one operator, or a folder of such folders."),
            path=str(path),
        )
        return None
    if not (path / DECLARATIONS).is_file():
        findings.add(
            "missing-file",
            0,
            "",
            _("The folder %(folder)s has no file %(name)s."),
            _("Every operator's folder holds %(name)s and the text of the policy."),
            folder=path.name,
            name=DECLARATIONS,
        )
        return None
    files = {}
    for file in [path / DECLARATIONS, *sorted(path.glob("*.txt"))]:
        content = _read(file, findings)
        if content is not None:
            files[file.name] = content
    return Sources(files) if DECLARATIONS in files else None


def _read(file: Path, findings: Findings) -> str | None:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        findings.add(
            "unreadable-file",
            0,
            "",
            _("The file cannot be read: %(reason)s."),
            _("Check that it is a file and that you may read it."),
            file=file.name,
            reason=error.strerror or type(error).__name__,
        )
        return None
    if len(data) > LARGEST_FILE:
        findings.add(
            "huge-file",
            0,
            "",
            _("The file is larger than %(limit)d bytes."),
            _("A policy is text that people read; keep pictures and data out of it."),
            file=file.name,
            limit=LARGEST_FILE,
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    else:
        line = text.count("\n", 0, text.index("\0")) + 1 if "\0" in text else 0
    if line:
        findings.add(
            "encoding",
            line,
            "",
            _("The file is not in UTF-8."),
            _("Save it again and choose the encoding UTF-8."),
            file=file.name,
        )
        return None
    return text


def parse(content: str, findings: Findings) -> Node | None:
    """The tree of a YAML file, or ``None`` with findings; duplicate keys are all reported."""
    try:
        if not _is_harmless(content, findings):
            return None
        root = YAML(typ="rt", pure=True).compose(content)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        findings.add(
            "yaml",
            mark.line + 1 if mark else 0,
            "",
            _("This is not valid YAML: %(problem)s."),
            _("Look at the indents, the quotation marks and the brackets here and just above."),
            problem=error.problem or error.context or "",
        )
        return None
    except (YAMLError, ValueError) as error:
        findings.add(
            "yaml",
            0,
            "",
            _("This is not valid YAML: %(problem)s."),
            _("The file may hold characters that no editor shows; save it as plain UTF-8 text."),
            problem=type(error).__name__,
        )
        return None
    if not isinstance(root, MappingNode):
        findings.add(
            "wrong-type",
            1,
            "",
            _("The file does not hold declarations."),
            _("Begin it with “format: 1” and go on with “operator:”."),
        )
        return None
    return _node(root, "", findings)


def _is_harmless(content: str, findings: Findings) -> bool:
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(content):
        if isinstance(event, AliasEvent):
            findings.add(
                "alias",
                event.start_mark.line + 1,
                "",
                _("Aliases (*%(name)s) are refused: they can make a small file unfold endlessly."),
                _("Write the value out."),
                name=event.anchor,
            )
            return False
        if isinstance(event, CollectionStartEvent):
            depth += 1
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            findings.add(
                "too-deep",
                event.start_mark.line + 1,
                "",
                _("Values are nested more than %(limit)d levels deep."),
                _("No declaration needs that; remove the extra brackets or indents."),
                limit=_DEEPEST,
            )
            return False
    return True


def _node(node: Any, key: str, findings: Findings) -> Node:
    line = node.start_mark.line + 1
    if str(node.tag).removeprefix(_TAGS) not in _KNOWN:
        findings.add(
            "yaml-tag",
            line,
            key,
            _("The tag %(tag)s is refused: declarations are plain values."),
            _("Remove the word that begins with an exclamation mark."),
            tag=str(node.tag),
        )
    if isinstance(node, MappingNode):
        return Node(line, dict(_pairs(node, key, findings)))
    if isinstance(node, SequenceNode):
        return Node(
            line,
            [_node(each, f"{key}[{place}]", findings) for place, each in enumerate(node.value)],
        )
    return Node(line, _scalar(node))


def _pairs(node: MappingNode, key: str, findings: Findings) -> Iterator[tuple[str, Node]]:
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        name = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
        path = f"{key}.{name}".lstrip(".")
        if not name:
            findings.add(
                "wrong-type",
                line,
                key,
                _("A key here is not a word."),
                _("Write “word: value”."),
            )
            continue
        if name in lines:
            findings.add(
                "duplicate-key",
                line,
                path,
                _("The key “%(name)s” stands here twice; the first is in line %(first)d."),
                _("Keep one of them, or rename one."),
                name=name,
                first=lines[name],
            )
            continue
        lines[name] = line
        value = _node(value_node, path, findings)
        yield name, Node(line, value.value)


def _scalar(node: ScalarNode) -> Any:
    tag, text = str(node.tag).removeprefix(_TAGS), str(node.value)
    if node.style == ">":
        text = text.replace(_FOLD, "")
    try:
        if tag == "int":
            return int(text.replace("_", ""), 0 if text.lower().startswith(("0x", "0o")) else 10)
        if tag == "timestamp":
            return date.fromisoformat(text)
    except ValueError:
        return text
    if tag == "bool":
        return text.lower() == "true"
    return None if tag == "null" else text
