"""Folders to check: the tiny example, a copy of it to spoil, and the seeds where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tutela.policy.findings import Finding
from tutela.policy.folders import Report, check_folder

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "tests" / "data" / "policies" / "minimal"
SHARED = ROOT.parent / "shared"


@pytest.fixture
def minimal() -> Path:
    return MINIMAL


@pytest.fixture
def shared() -> Path:
    """The seeds and the list of their clauses, which are not part of the repository."""
    if not SHARED.is_dir():
        assert not os.environ.get("CI"), "The seeds must lie in ../shared where CI runs."
        pytest.skip("The seeds are not here: ../shared is missing.")
    return SHARED


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


@pytest.fixture
def copy_of_minimal(tmp_path: Path) -> Callable[[str], Copy]:
    def make(name: str = "copy") -> Copy:
        return Copy(Path(shutil.copytree(MINIMAL, tmp_path / name)))

    return make


@pytest.fixture
def spoilt(copy_of_minimal: Callable[[str], Copy]) -> Copy:
    return copy_of_minimal("spoilt")
