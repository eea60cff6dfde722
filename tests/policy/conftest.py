"""Folders to check: the tiny example, a copy of it to spoil, and the seeds where they are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.operators.sources import SEEDS
from tests.policy.spoiling import Copy

ROOT = Path(__file__).parents[2]
MINIMAL = ROOT / "tests" / "data" / "policies" / "minimal"


@pytest.fixture
def minimal() -> Path:
    return MINIMAL


@pytest.fixture
def shared() -> Path:
    """The seeds and the list of their clauses, which are not part of the repository."""
    if not SEEDS.is_dir():
        assert not os.environ.get("CI"), "The seeds must lie in ../shared where CI runs."
        pytest.skip(f"The seeds are not here: {SEEDS} is missing.")
    return SEEDS.parent


@pytest.fixture
def copy_of_minimal(tmp_path: Path) -> Callable[[str], Copy]:
    def make(name: str = "copy") -> Copy:
        return Copy(Path(shutil.copytree(MINIMAL, tmp_path / name)))

    return make


@pytest.fixture
def spoilt(copy_of_minimal: Callable[[str], Copy]) -> Copy:
    return copy_of_minimal("spoilt")
