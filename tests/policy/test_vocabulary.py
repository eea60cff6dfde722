"""The closed lists are whole and named in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from tutela.policy import vocabulary
from tutela.policy.contradictions import RULES
from tutela.policy.vocabulary import capabilities

ROOT = Path(__file__).parents[2]


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


def test_the_reference_page_names_every_word_of_the_format() -> None:
    page = (ROOT / "docs" / "reference" / "policy-format.md").read_text(encoding="utf-8")
    words = {
        *vocabulary.EVENTS,
        *vocabulary.OUTCOMES,
        *vocabulary.FIELD_TYPES,
        *vocabulary.SENSITIVITIES,
        *vocabulary.BASIS_KINDS,
        *vocabulary.POINT_KINDS,
        *vocabulary.RECIPIENT_ROLES,
        *vocabulary.CHANNEL_KINDS,
        *vocabulary.COOKIE_CLASSES,
        *vocabulary.ENDINGS,
        *vocabulary.COUNTED_FROM,
        *vocabulary.AWAITED,
        *vocabulary.UNLESS,
        *vocabulary.EFFECTIVE,
        *vocabulary.INSTRUCTION_PARTS,
        *vocabulary.NARROWED,
        *vocabulary.ACKNOWLEDGEMENTS,
        *vocabulary.NINE_OPERATIONS,
        *vocabulary.FOUR_EYES,
    }
    assert sorted(word for word in words if word not in page) == []


def test_the_reference_page_names_every_finding_there_is() -> None:
    page = (ROOT / "docs" / "reference" / "policy-format.md").read_text(encoding="utf-8")
    _before, rest = page.split("## What a check finds")
    table = rest.partition("\n## ")[0]
    named = set(re.findall(r"`([a-z-]+)`", table))
    sources = "\n".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "src" / "tutela" / "policy").glob("*.py")
    )
    raised = set(re.findall(r"(?:\.add|\.warn|_finding)\(\s*\"([a-z-]+)\"", sources))
    raised |= {"unneeded-field", "unneeded-category"}
    assert raised == named


def test_the_reference_page_names_every_contradiction_that_is_looked_for() -> None:
    page = (ROOT / "docs" / "reference" / "policy-format.md").read_text(encoding="utf-8")
    _before, rest = page.split("## Contradictions")
    table = rest.partition("\n| code | meaning |")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([a-z-]+)`", table)) == set(RULES)
