"""A folder that a test spoils in one place and checks."""

from __future__ import annotations

from pathlib import Path

from tutela.policy.findings import Finding
from tutela.policy.folders import Report, check_folder


class Copy:
    """A copy of the tiny example that a test changes and checks."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def change(self, old: str, new: str, file: str = "policy.yaml") -> Copy:
        target = self.path / file
        content = target.read_text(encoding="utf-8")
        assert content.count(old) >= 1, f"{old!r} is not in {file}"
        target.write_text(content.replace(old, new, 1), encoding="utf-8")
        return self

    def check(self) -> Report:
        return check_folder(self.path)

    def only(self, code: str) -> Finding:
        """The one finding of this code; other findings may stand beside it."""
        (found,) = [each for each in self.check().findings if each.code == code]
        return found
