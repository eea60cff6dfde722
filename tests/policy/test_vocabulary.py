"""The closed lists are whole and named in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from tutela.policy.vocabulary import capabilities


def test_there_are_ninety_capabilities_with_titles_in_both_languages() -> None:
    known = capabilities()
    assert len(known) == 90
    for slug, capability in known.items():
        assert re.fullmatch(r"[a-z]+(\.[a-z]+)?", slug)
        assert capability.room
        assert re.search("[A-Za-z]", capability.title["en"])
        assert re.search("[а-я]", capability.title["ru"])
    assert len({capability.title["en"] for capability in known.values()}) == 90
    assert len({capability.title["ru"] for capability in known.values()}) == 90


def test_the_capabilities_are_those_of_the_requirements(shared: Path) -> None:
    wanted = (shared / "requirements" / "capabilities.md").read_text(encoding="utf-8")
    assert list(capabilities()) == re.findall(r"^### (\S+)$", wanted, re.MULTILINE)
