"""What the tests of the documentation share: where it lies, and the registers filled."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(ROOT / "changelog.d").glob("*.md"),
        *(ROOT / "operators").glob("*.md"),
    ]
)
"""Every page that people read in the repository."""


@pytest.fixture(scope="session", autouse=True)
def _wired() -> None:
    from tutela import app  # noqa: PLC0415 - the settings are ready once tests run

    app.wire()
