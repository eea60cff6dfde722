"""Gathers the fragments beside this file into CHANGELOG.md under the present version."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from tutela import __version__

HERE = Path(__file__).parent
KINDS = {"added": "Added", "changed": "Changed", "fixed": "Fixed", "security": "Security"}
HEAD = "# Changelog\n\nWhat is not released yet stands in `changelog.d`, a sentence a file.\n"


def gathered(fragments: list[Path]) -> str:
    """The section of this version; a fragment of an unknown kind is refused by name."""
    day = datetime.now(UTC).date().isoformat()
    lines = [f"## {__version__} ({day})", ""]
    for kind, title in KINDS.items():
        chosen = [path for path in fragments if path.name.endswith(f".{kind}.md")]
        if chosen:
            lines += [f"### {title}", ""]
            lines += [f"- {path.read_text(encoding='utf-8').strip()}" for path in chosen]
            lines.append("")
    return "\n".join(lines)


def main() -> int:
    fragments = sorted(path for path in HERE.glob("*.md") if path.name != "README.md")
    strange = [path.name for path in fragments if path.suffixes[-2:-1] != [f".{_kind(path)}"]]
    if strange:
        sys.stderr.write(f"Name these SLUG.{'|'.join(KINDS)}.md: {', '.join(strange)}\n")
        return 2
    if not fragments:
        sys.stdout.write("There is nothing to gather.\n")
        return 0
    target = HERE.parent / "CHANGELOG.md"
    former = target.read_text(encoding="utf-8") if target.exists() else HEAD
    rest = former.removeprefix(HEAD).lstrip("\n")
    target.write_text(f"{HEAD}\n{gathered(fragments)}\n{rest}".rstrip() + "\n", encoding="utf-8")
    for path in fragments:
        path.unlink()
    sys.stdout.write(f"Gathered {len(fragments)} fragments into {target.name}.\n")
    return 0


def _kind(path: Path) -> str:
    return next((kind for kind in KINDS if path.name.endswith(f".{kind}.md")), "?")


if __name__ == "__main__":
    sys.exit(main())
