"""Which sample operators a demonstration opens with."""

from __future__ import annotations

from pathlib import Path

from tutela.demo.commands import shown
from tutela.policy import actions as policies


def folders(samples: Path, *names: str) -> None:
    for name in names:
        (samples / name).mkdir()
        (samples / name / "policy.yaml").touch()


def test_a_demonstration_opens_with_the_samples_that_are_listed(tmp_path: Path) -> None:
    folders(tmp_path, "bakery", "library", "garage")
    (tmp_path / "demo.txt").write_text("library\nbakery\n", encoding="utf-8")
    assert [each.name for each in shown(tmp_path, everything=False)] == ["bakery", "library"]
    assert len(shown(tmp_path, everything=True)) == 3


def test_without_a_list_every_sample_is_shown(tmp_path: Path) -> None:
    folders(tmp_path, "bakery", "library")
    assert len(shown(tmp_path, everything=False)) == 2


def test_every_listed_sample_is_there() -> None:
    listed = (policies.samples() / "demo.txt").read_text(encoding="utf-8").split()
    assert listed
    names = [each.name for each in shown(policies.samples(), everything=False)]
    assert names == sorted(listed)
