"""What a check of a policy finds: each finding says where, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import pgettext

ERROR = "error"
WARNING = "warning"

Sentence = str | Promise


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a folder. ``message`` and ``hint`` read in the active language.

    ``line`` counts from 1 and is 0 where the whole file is meant; ``key`` is the way to the
    declaration, such as ``purposes.orders.bases``. ``code`` is a slug that never changes.
    """

    severity: str
    code: str
    file: str
    line: int
    key: str
    sentence: Sentence
    advice: Sentence = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(self.sentence) % self.values

    @property
    def hint(self) -> str:
        return str(self.advice) % self.values

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        key = f" [{self.key}]" if self.key else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}: {_severity(self.severity)}:{key} {self.message}{hint}"

    def to_json(self) -> dict[str, Any]:
        return {
            "severity": self.severity,
            "code": self.code,
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "message": self.message,
            "hint": self.hint,
        }


def _severity(severity: str) -> str:
    return pgettext("finding", "error") if severity == ERROR else pgettext("finding", "warning")


class Findings:
    """Collects findings of one file; readers add to it and go on, so that all come at once."""

    def __init__(self, file: str = "policy.yaml") -> None:
        self.file = file
        self._found: list[Finding] = []

    def add(
        self,
        code: str,
        line: int,
        key: str,
        sentence: Sentence,
        advice: Sentence = "",
        *,
        severity: str = ERROR,
        file: str = "",
        **values: Any,
    ) -> None:
        self._found.append(
            Finding(severity, code, file or self.file, line, key, sentence, advice, values)
        )

    def warn(
        self,
        code: str,
        line: int,
        key: str,
        sentence: Sentence,
        advice: Sentence = "",
        *,
        file: str = "",
        **values: Any,
    ) -> None:
        self.add(code, line, key, sentence, advice, severity=WARNING, file=file, **values)

    @property
    def all(self) -> tuple[Finding, ...]:
        return tuple(
            sorted(self._found, key=lambda each: (each.file, each.line, each.key, each.code))
        )

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.all if each.severity == ERROR)
