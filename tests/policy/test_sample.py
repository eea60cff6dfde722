"""The sample operator's declarations bind its own texts and the text they were made after."""

from __future__ import annotations

from pathlib import Path

from tutela.policy import actions
from tutela.policy.compiling import compile_sources
from tutela.policy.source import DECLARATIONS, Sources

FOLDER = Path(__file__).parents[2] / "operators" / "prohomeexchange"


def test_every_sample_operator_is_without_errors_and_wholly_bound() -> None:
    reports = actions.check(actions.samples())
    assert "prohomeexchange" in {report.name for report in reports}
    for report in reports:
        assert report.errors == ()
        assert report.coverage is not None
        assert report.coverage.unbound == ()


def test_the_same_declarations_bind_the_real_text_to_its_last_clause(shared: Path) -> None:
    (seed,) = shared.glob("seeds/004_*.txt")
    real = seed.read_bytes().decode("utf-8-sig")
    ours = (FOLDER / "policy.en.txt").read_text(encoding="utf-8")
    declarations = (FOLDER / DECLARATIONS).read_text(encoding="utf-8")
    assert real != ours
    compiled = compile_sources(
        Sources(
            {
                DECLARATIONS: declarations,
                "policy.en.txt": real,
                "policy.ru.txt": (FOLDER / "policy.ru.txt").read_text(encoding="utf-8"),
            }
        )
    )
    assert [str(each) for each in compiled.findings if each.severity == "error"] == []
    assert compiled.coverage is not None
    assert compiled.coverage.unbound == ()
    assert compiled.coverage.total == 202
    assert compiled.policy is not None
    assert compiled.policy.texts["en"] == real
